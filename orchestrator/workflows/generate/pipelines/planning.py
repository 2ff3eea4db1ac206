"""Makes a plan of a brief and of what is known of the sources; what neither says becomes an open question."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.errors import UsageError
from orchestrator.workflows.generate.pipelines.brief import Brief, Wanted
from orchestrator.workflows.generate.pipelines.draft import Wishes, drafted
from orchestrator.workflows.generate.pipelines.facts import Known
from orchestrator.workflows.generate.pipelines.model import Derived, Pipeline, Table
from orchestrator.workflows.generate.pipelines.plan import (
    CostDriver,
    Decision,
    Personal,
    Plan,
    Promise,
    Purpose,
    Question,
)
from orchestrator.workflows.generate.pipelines.sources import SUFFIX

_AGE = re.compile(r"(\d{1,4}) (hour|day)s?")
_UNITS = ((1 << 40, "TiB"), (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB"))
DAY = 24


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a plan is made of."""

    name: str
    catalog: str | None
    brief: Brief
    known: tuple[Known, ...]

    @property
    def every_hours(self) -> int:
        """How often the pipeline is updated: once a day where nobody says."""
        return self.brief.every_hours or DAY


def planned(wish: Wish) -> Plan:
    """The plan."""
    pipeline = _pipeline(wish)
    said = wish.brief.said
    return Plan(
        plan=1,
        purpose=Purpose(
            readers=said.get("readers"),
            question=said.get("question"),
            oldest=said.get("oldest"),
            if_wrong=said.get("if wrong"),
        ),
        pipeline=pipeline,
        promises=tuple(_promises(pipeline, wish.brief)),
        costs=tuple(_costs(wish)),
        personal=tuple(_personal(wish.known)),
        decisions=tuple(_decisions(pipeline)),
        questions=tuple(_questions(wish, pipeline)),
    )


def _pipeline(wish: Wish) -> Pipeline:
    keys = {each.source.name: each.key for each in wish.known}
    for name, columns in wish.brief.keys.items():
        if f"{name}{SUFFIX}" not in keys:
            things = ", ".join(each.removesuffix(SUFFIX) for each in keys)
            raise UsageError(f"the brief gives a key of {name!r}, which is no source; there are {things}")
        keys[f"{name}{SUFFIX}"] = columns
    base = drafted(wish.name, tuple(each.source for each in wish.known), keys, Wishes())
    return Pipeline.model_validate(
        {
            "name": wish.name,
            "comment": wish.brief.said.get("question"),
            "catalog": wish.catalog,
            "every_hours": wish.every_hours,
            "sources": base.sources,
            "tables": (*base.tables, *(_result(wanted) for wanted in wish.brief.results)),
        }
    )


def _result(wanted: Wanted) -> Table:
    columns = [Derived(name=each.name, expression=each.expression) for each in (*wanted.groups, *wanted.measures)]
    groups = tuple(each.name for each in wanted.groups)
    return Table(
        name=wanted.name,
        layer="gold",
        kind="materialized_view",
        reads=wanted.reads,
        comment=f"{', '.join(each.name for each in wanted.measures)} by {', '.join(groups)}.",
        grain=f"One row for each {', '.join(groups)} that has rows",
        key=groups,
        where=wanted.where,
        columns=tuple(columns),
        group_by=groups,
    )


def _last(pipeline: Pipeline) -> tuple[Table, ...]:
    """The tables that no other one of the pipeline reads."""
    read = {name for table in pipeline.tables for name in (table.reads, *(join.table for join in table.joins))}
    return tuple(table for table in pipeline.tables if table.name not in read)


def _promises(pipeline: Pipeline, brief: Brief) -> Iterator[Promise]:
    found = _AGE.fullmatch(brief.said.get("oldest", ""))
    hours = int(found[1]) * (DAY if found[2] == "day" else 1) if found else None
    for table in _last(pipeline):
        yield Promise(table=table.name, readers=brief.said.get("readers"), newest_hours=hours)


def _costs(wish: Wish) -> Iterator[CostDriver]:
    said = "the brief" if wish.brief.every_hours else "assumed: nobody said"
    updates = f"{DAY / wish.every_hours:g} a day"
    yield CostDriver(what="Updates, on serverless compute of the pipeline", quantity=updates, source=said)
    for each in wish.known:
        name = each.source.table or each.source.path or each.source.name
        if each.bytes is None:
            yield CostDriver(what=f"Bytes of {name}", quantity="unknown", source="nothing that was asked")
            continue
        files = f" in {each.files:,} files" if each.files is not None else ""
        yield CostDriver(
            what=f"Bytes of {name}, read whole where an update is not incremental",
            quantity=f"{size(each.bytes)}{files}",
            source="DESCRIBE DETAIL",
        )


def size(count: int) -> str:
    """A number of bytes for a reader."""
    unit, name = next(((unit, name) for unit, name in _UNITS if count >= unit), (1, "bytes"))
    return f"{count / unit:.1f} {name}" if unit > 1 else f"{count} bytes"


def _personal(known: tuple[Known, ...]) -> Iterator[Personal]:
    for each in known:
        for column in each.personal:
            name = column.column.rpartition(".")[2]
            yield Personal(source=each.source.name, column=name, kind=column.kind, certainty=column.certainty)


def _decisions(pipeline: Pipeline) -> Iterator[Decision]:
    yield Decision(
        chosen="serverless compute for the pipeline",
        against="a cluster of its own",
        why="materialized views are refreshed incrementally only there",
    )
    if any(table.kind == "materialized_view" and table.layer == "silver" for table in pipeline.tables):
        yield Decision(
            chosen="materialized views over tables of the catalog",
            against="streaming tables",
            why="a stream from a table stops at the first changed row, and nobody said that rows are only added",
        )
    if any(each.action == "quarantine" for table in pipeline.tables for each in table.expectations):
        yield Decision(
            chosen="a quarantine table beside each checked one",
            against="dropping rows",
            why="what is dropped is counted and gone; what is kept apart can be repaired at its source",
        )


def _questions(wish: Wish, pipeline: Pipeline) -> Iterator[Question]:
    for each in wish.known:
        yield from _of_source(each, pipeline, wish)
    yield from _of_purpose(wish)
    if not wish.brief.results:
        yield Question(
            question="Which result is wanted, by which groups and with which measures?",
            who="the readers",
            assumed="none: the plan ends with checked rows",
            otherwise="a table of the layer gold is added (a line `Result:` of the brief)",
        )
    if wish.catalog is None:
        yield Question(
            question="Which catalog does it write to?",
            who="the platform team",
            assumed=f"{wish.name.replace('-', '_')}_dev, _staging and _prod",
            otherwise="other names in databricks.yml; no code changes",
        )


def _of_source(known: Known, pipeline: Pipeline, wish: Wish) -> Iterator[Question]:
    thing = known.source.name.removesuffix(SUFFIX)
    name = known.source.table or known.source.path or thing
    table = next(each for each in pipeline.tables if each.name == thing)
    owner = known.owner or "the owner of the source"
    if not table.key:
        yield Question(
            question=f"Which columns identify a row of {name}?",
            who=owner,
            assumed="nothing: without a key duplicates cannot be told from rows",
            otherwise=f"`key` of the table {thing} and an expectation for each part of it",
            stops=(thing,),
        )
    if not known.source.columns:
        yield Question(
            question=f"Which columns has {name}, with which types?",
            who=owner,
            assumed="nothing: no workspace was asked (--workspace) and there is no sample",
            otherwise=f"`columns` of the source {known.source.name}",
            stops=(thing,),
        )
    if known.source.table is not None:
        yield Question(
            question=f"Are rows of {name} only added, or also changed and deleted?",
            who=owner,
            assumed="changed and deleted too: it is read whole, as a materialized view",
            otherwise="`grows_only: true` and a streaming_table, which reads each row once",
        )
    if not known.written_by:
        yield Question(
            question=f"Who writes {name}, and when is a day complete?",
            who=owner,
            assumed=f"it is complete when the pipeline runs, every {wish.every_hours} hours",
            otherwise="another trigger, or a start after the job that writes it",
        )
    if known.protected:
        yield Question(
            question=f"{name} has a row filter or masks: may the identity of the pipeline see all of it?",
            who=owner,
            assumed="yes",
            otherwise="rows are missing or values are masked in every table that is made of it",
        )
    if known.personal:
        columns = ", ".join(each.column.rpartition(".")[2] for each in known.personal[:10])
        yield Question(
            question=f"Are these columns of {name} needed at all: {columns}?",
            who="whoever answers for personal data",
            assumed="yes; only the group of readers may see the tables",
            otherwise="leave them out of `columns` of the source",
        )


_PURPOSE = (
    ("readers", "Who reads the result?", "the group NAME-readers", "other grants"),
    ("question", "Which question does it answer?", "none is known", "other tables of the layer gold"),
    ("oldest", "How old may the result be?", "nothing is promised", "the trigger, and an alert on the newest row"),
    ("if wrong", "What happens if a value is wrong or late?", "rows are kept apart, the update goes on",
     "expectations that fail the update"),
)  # fmt: skip


def _of_purpose(wish: Wish) -> Iterator[Question]:
    for word, question, assumed, otherwise in _PURPOSE:
        if word not in wish.brief.said:
            yield Question(
                question=question,
                who="whoever asked for the pipeline",
                assumed=assumed.replace("NAME", wish.name),
                otherwise=otherwise,
            )
