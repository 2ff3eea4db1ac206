"""`plan-pipeline NAME`: sources, layers, tables, keys, promises and cost drivers of a pipeline, and open questions."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from orchestrator.errors import UsageError
from orchestrator.types import Table
from orchestrator.workflows.commands.parameters import Parameters
from orchestrator.workflows.commands.result import NewFile
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.generate.pipelines.brief import Brief, read_brief
from orchestrator.workflows.generate.pipelines.facts import Known, known_table
from orchestrator.workflows.generate.pipelines.graph import order_faults, ordered
from orchestrator.workflows.generate.pipelines.model import Source
from orchestrator.workflows.generate.pipelines.plan import Plan, stopped
from orchestrator.workflows.generate.pipelines.plan_file import plan_text
from orchestrator.workflows.generate.pipelines.plan_page import Surroundings, plan_page
from orchestrator.workflows.generate.pipelines.planning import Wish, planned
from orchestrator.workflows.generate.pipelines.repository import repository
from orchestrator.workflows.generate.pipelines.sources import SUFFIX, file_source, is_table, word_of
from orchestrator.workflows.generate.shape import Generate, Generated

_EPILOG = """examples:
  orchestrate plan-pipeline shop-revenue --source retail_prod.silver.orders --workspace sandbox
  orchestrate plan-pipeline shop-revenue --brief wish.md --workspace prod --catalog shop
"""


class PlanPipeline(Parameters):
    """What is asked for."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
    brief: Path | None = None
    source: tuple[str, ...] = Field(default=(), max_length=30)
    catalog: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")] | None = None
    into: Path = Path("plans")


def _generated(asked: PlanPipeline, site: Site) -> Generated:
    brief = Brief() if asked.brief is None else read_brief(site.path(asked.brief))
    names = tuple(dict.fromkeys((*asked.source, *brief.sources)))
    if not names:
        raise UsageError(
            f"{asked.name!r} has no source; name tables or samples by --source or in lines `Source:` of a brief"
        )
    known = tuple(_known(site, name, asked.name) for name in names)
    plan = _plan(Wish(name=asked.name, catalog=asked.catalog, brief=brief, known=known))
    site.progress("reading the project")
    around = Surroundings(brief=brief, known=known, repository=repository(site.root, site.today))
    return Generated(
        into=site.path(asked.into),
        files=(
            NewFile(path=f"{asked.name}.yaml", text=plan_text(plan)),
            NewFile(path=f"{asked.name}.md", text=plan_page(plan, around)),
        ),
        tables=(_tables(plan),),
        gaps=tuple(gap for each in known for gap in each.gaps),
        questions=tuple(each.question for each in plan.questions),
        following=f"answer the open questions in {asked.name}.yaml, then `orchestrate work-pipeline {asked.name}`",
    )


def _known(site: Site, name: str, pipeline: str) -> Known:
    if not is_table(name):
        return Known(source=file_source(name, site, pipeline.replace("-", "_")))
    if site.opened is None:
        return Known(source=Source(name=f"{word_of(name.rpartition('.')[2])}{SUFFIX}", table=name))
    return known_table(site, name)


def _plan(wish: Wish) -> Plan:
    try:
        plan = planned(wish)
    except ValidationError as error:
        first = error.errors()[0]
        said = first["msg"].removeprefix("Value error, ")
        raise UsageError(
            f"the plan of {wish.name!r} cannot be made: {said} (given: {str(first['input'])[:80]!r})"
        ) from None
    found = order_faults(plan.pipeline)
    if found:
        raise UsageError(f"the plan of {wish.name!r} cannot be made: {found[0].reason}")
    return plan


def _tables(plan: Plan) -> Table:
    halted = stopped(plan)
    rows = tuple(
        (each.name, each.layer, each.kind.replace("_", " "), each.reads, ", ".join(each.key) or "none",
         "stopped by a question" if each.name in halted else "can be built")
        for each in ordered(plan.pipeline)
    )  # fmt: skip
    return Table(title="Tables", columns=("table", "layer", "kind", "reads", "key", "standing"), rows=rows)


COMMAND = Generate(parameters=PlanPipeline, generate=_generated, epilog=_EPILOG)
