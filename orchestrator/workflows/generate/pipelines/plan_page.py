"""The plan as a page: thirteen headings in the order in which a second person reads them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from orchestrator.workflows.generate.pipelines.brief import Brief
from orchestrator.workflows.generate.pipelines.facts import UNKNOWN, Known
from orchestrator.workflows.generate.pipelines.graph import ordered
from orchestrator.workflows.generate.pipelines.model import LAYERS, Source, Table
from orchestrator.workflows.generate.pipelines.page import cell
from orchestrator.workflows.generate.pipelines.plan import Plan
from orchestrator.workflows.generate.pipelines.planning import size
from orchestrator.workflows.generate.pipelines.repository import Repository


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What the page tells beside the plan."""

    brief: Brief
    known: tuple[Known, ...]
    repository: Repository


def plan_page(plan: Plan, around: Surroundings) -> str:
    """plan.md."""
    parts = (
        ("Purpose", _purpose(plan, around.brief)),
        ("Sources", _sources(around)),
        ("Tables", _tables(plan)),
        ("Flow", _flow(plan)),
        ("Checks", _checks(plan)),
        ("Personal data and access", _personal(plan)),
        ("Schedule and deadlines", _schedule(plan)),
        ("Compute and cost", _costs(plan)),
        ("Deployment", _deployment(plan, around.repository)),
        ("Tests", _tests(plan)),
        ("Steps", _steps(plan)),
        ("Decisions", (f"- {each.chosen}, against {each.against}: {each.why}." for each in plan.decisions)),
        ("Open questions", _questions(plan)),
    )
    lines = [
        f"# Plan of {plan.pipeline.name}",
        "",
        f"`{plan.pipeline.name}.yaml` beside this page is what is built; edit that.",
    ]
    for number, (heading, body) in enumerate(parts, start=1):
        lines += ["", f"## {number}. {heading}", "", *(tuple(body) or ("None.",))]
    return "\n".join(lines) + "\n"


def _purpose(plan: Plan, brief: Brief) -> Iterator[str]:
    said = (
        ("Readers", plan.purpose.readers),
        ("Question", plan.purpose.question),
        ("How old it may be", plan.purpose.oldest),
        ("If it is wrong", plan.purpose.if_wrong),
    )
    yield from (f"- {what}: {text or 'nobody said; see the open questions'}" for what, text in said)
    if brief.others:
        yield from ("", "The brief also says, and no part of the plan is made of it:", "")
        yield from (f"> {' '.join(line.split())[:300]}" for line in brief.others[:40])


def table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """A table in Markdown."""
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(map(cell, row))} |"


def _sources(around: Surroundings) -> Iterator[str]:
    heads = ("source", "what it is", "columns", "key", "size", "written by", "read by", "used here at", "from")
    yield from table(heads, (_card(each, around.repository) for each in around.known))


def _card(known: Known, repository: Repository) -> tuple[str, ...]:
    source = known.source
    place = source.table or source.path or source.name
    size_of = UNKNOWN if known.bytes is None else size(known.bytes)
    readers = ", ".join(known.read_by[:5]) or (UNKNOWN if not known.live else "nobody known")
    return (
        source.name,
        place,
        str(len(source.columns)),
        ", ".join(known.key) or UNKNOWN,
        size_of,
        ", ".join(known.written_by[:5]) or UNKNOWN,
        readers,
        ", ".join(repository.places(place)[:3]) or "not used",
        "the catalog" if known.live else "a sample",
    )


def _tables(plan: Plan) -> Iterator[str]:
    heads = ("table", "layer", "one row is", "key", "kind", "readers")
    promised = {each.table: each.readers for each in plan.promises}
    rows = (
        (
            f"${{catalog}}.{plan.pipeline.schema_name}.{each.name}",
            each.layer,
            each.grain or "not said",
            ", ".join(each.key) or "none",
            _kind(each),
            promised.get(each.name) or _readers(plan, each) or "nobody",
        )
        for each in ordered(plan.pipeline)
    )
    yield from table(heads, rows)


def _readers(plan: Plan, found: Table) -> str:
    return ", ".join(each.name for each in plan.pipeline.tables if each.reads == found.name)


def _kind(found: Table) -> str:
    changes = f", AUTO CDC type {found.changes.scd}" if found.changes else ""
    return f"{found.kind.replace('_', ' ')}{changes}"


def _flow(plan: Plan) -> Iterator[str]:
    yield from ("```mermaid", "flowchart LR")
    yield from (f'  {each.name}[("{_place(each)}")]' for each in plan.pipeline.sources)
    for layer in LAYERS:
        of_layer = plan.pipeline.of_layer(layer)
        if of_layer:
            yield f"  subgraph {layer}"
            yield from (f"    {each.name}[{each.name}]" for each in of_layer)
            yield "  end"
    for each in ordered(plan.pipeline):
        yield f"  {each.reads} --> {each.name}"
        yield from (f"  {join.table} --> {each.name}" for join in each.joins)
    yield from ("```", "")
    heads = ("table", "write pattern", "run twice", "a row a day late")
    yield from table(heads, (_pattern(each) for each in ordered(plan.pipeline)))


def _place(source: Source) -> str:
    """The place of a source for a label of the diagram, without what mermaid reads as its own."""
    text = source.table or source.path or source.name
    return text.replace("${var.", "").replace("}", "")


def _pattern(found: Table) -> tuple[str, ...]:
    if found.changes is not None:
        late = "the sequence decides: an older change does not win"
        return found.name, f"AUTO CDC by {', '.join(found.key)}", "the same state", late
    if found.kind == "materialized_view":
        return found.name, "the result of its query", "the same rows", "is in the next update"
    return found.name, "appended, each row once", "nothing is read twice", "is appended when it comes"


def _checks(plan: Plan) -> Iterator[str]:
    rows = [
        (each.name, rule.condition, "in the pipeline", rule.action)
        for each in ordered(plan.pipeline)
        for rule in each.expectations
    ]
    if rows:
        yield from table(("table", "must be true", "where", "on failure"), rows)


def _personal(plan: Plan) -> Iterator[str]:
    if plan.personal:
        rows = ((each.source, each.column, each.kind, each.certainty) for each in plan.personal)
        yield from table(("source", "column", "kind", "certainty"), rows)
        yield ""
    yield f"Readers get USE SCHEMA and SELECT on {plan.pipeline.schema_name}; only the identity of the pipeline writes."


def _schedule(plan: Plan) -> Iterator[str]:
    yield f"A job updates the pipeline every {plan.pipeline.every_hours} hours; failures go to the address of `alerts`."
    for each in plan.promises:
        promised = (
            f"its newest row is at most {each.newest_hours} h old" if each.newest_hours else "nothing is promised"
        )
        yield f"- {each.table}: {promised}"
    yield ""
    yield "A failed update is repaired by the next one; landed files that were read are not read again."


def _costs(plan: Plan) -> Iterator[str]:
    yield from table(("what", "quantity", "source"), ((each.what, each.quantity, each.source) for each in plan.costs))
    yield from ("", "No sum of money: no price was given.")


def _deployment(plan: Plan, repository: Repository) -> Iterator[str]:
    if repository.bundles:
        targets = ", ".join(repository.targets) or "none"
        yield f"The bundle {', '.join(repository.bundles)} is here (targets: {targets}) and gets the pipeline."
    else:
        yield "There is no bundle here: databricks.yml with dev, staging and prod is made."
    taken = sorted({each.name for each in plan.pipeline.tables} & {n.rpartition(".")[2] for n in repository.datasets})
    if taken:
        yield f"The code here names tables called {', '.join(taken)} too: two writers of a table are a defect."


def _tests(plan: Plan) -> Iterator[str]:
    if any(each.expectations for each in plan.pipeline.tables):
        yield "- local Spark: a row that breaks a rule is named and the others are not"
    if any(each.columns for each in plan.pipeline.tables):
        yield "- local Spark: a table has the columns that it declares and one row for each key"
    yield "- local Spark: the pipeline passes a dry run"


def _steps(plan: Plan) -> Iterator[str]:
    layers = [layer for layer in LAYERS if plan.pipeline.of_layer(layer)]
    name = plan.pipeline.name
    for number, layer in enumerate(layers, start=1):
        names = ", ".join(each.name for each in plan.pipeline.of_layer(layer))
        again = " --force" if number > 1 else ""
        yield f"{number}. {layer}: {names}. `orchestrate work-pipeline {name} --layer {layer}{again}`"
    yield f"{len(layers) + 1}. All together: `orchestrate work-pipeline {name} --force --check full`"


def _questions(plan: Plan) -> Iterator[str]:
    if plan.questions:
        heads = ("question", "who could answer", "assumed", "otherwise", "stops")
        rows = ((e.question, e.who, e.assumed, e.otherwise, ", ".join(e.stops) or "nothing") for e in plan.questions)
        yield from table(heads, rows)
