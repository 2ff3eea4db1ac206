"""A plan: a pipeline with its purpose, promises, cost drivers and open questions; work-pipeline builds it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from orchestrator.workflows.generate.pipelines.graph import Fault, Place, faults, order_faults, read_by
from orchestrator.workflows.generate.pipelines.model import ColumnWord, Language, Pipeline, Sentence, Strict, TableWord


class Purpose(Strict):
    """Why the pipeline is there; what nobody has said is left out."""

    readers: Sentence | None = None
    question: Sentence | None = None
    oldest: Sentence | None = None
    """how old the result may be"""
    if_wrong: Sentence | None = None


class Promise(Strict):
    """What is promised of a table to its readers."""

    table: TableWord
    readers: Sentence | None = None
    newest_hours: int | None = Field(default=None, ge=1, le=8784)
    """how old its newest row may be at most"""


class CostDriver(Strict):
    """A quantity that decides what the pipeline costs; without a price there is no sum of money."""

    what: Sentence
    quantity: Sentence
    source: Sentence


class Personal(Strict):
    """A column of a source that seems to hold personal data."""

    source: TableWord
    column: ColumnWord
    kind: Sentence
    certainty: Literal["certain", "probable", "possible"]


class Decision(Strict):
    """What was chosen, against what, and why."""

    chosen: Sentence
    against: Sentence
    why: Sentence


class Question(Strict):
    """What nobody has told, and what the plan assumes until somebody does."""

    question: Sentence
    who: Sentence
    assumed: Sentence
    otherwise: Sentence
    """what changes if it is otherwise"""
    stops: tuple[TableWord, ...] = ()
    """tables that are not built before it is answered"""


class Plan(Strict):
    """The plan of a pipeline; delete a question when it is answered."""

    plan: Literal[1]
    language: Language = "python"
    purpose: Purpose = Purpose()
    pipeline: Pipeline
    promises: tuple[Promise, ...] = Field(default=(), max_length=60)
    costs: tuple[CostDriver, ...] = Field(default=(), max_length=60)
    personal: tuple[Personal, ...] = Field(default=(), max_length=500)
    decisions: tuple[Decision, ...] = Field(default=(), max_length=60)
    questions: tuple[Question, ...] = Field(default=(), max_length=100)


def plan_faults(plan: Plan) -> tuple[Fault, ...]:
    """What is wrong in a plan whatever the columns are: names, references, cycles, layers, and streams."""
    found = (Fault(place=("pipeline", *each.place), reason=each.reason) for each in order_faults(plan.pipeline))
    return (*found, *_references(plan))


def part_faults(plan: Plan, part: Pipeline) -> tuple[Fault, ...]:
    """What is wrong in a part of the plan that is built, at the places that it has in the plan."""
    return tuple(Fault(place=_in_plan(each.place, plan, part), reason=each.reason) for each in faults(part))


def _in_plan(place: Place, plan: Plan, part: Pipeline) -> Place:
    kind, number, *more = place
    of_part, of_plan = (
        [each.name for each in (whole.sources if kind == "sources" else whole.tables)]
        for whole in (part, plan.pipeline)
    )
    return ("pipeline", kind, of_plan.index(of_part[int(number)]), *more)


def _references(plan: Plan) -> Iterator[Fault]:
    tables = {table.name for table in plan.pipeline.tables}
    for number, promise in enumerate(plan.promises):
        if promise.table not in tables:
            yield Fault(place=("promises", number, "table"), reason=_absent(promise.table, tables))
    for number, question in enumerate(plan.questions):
        for table in question.stops:
            if table not in tables:
                yield Fault(place=("questions", number, "stops"), reason=_absent(table, tables))


def _absent(name: str, tables: set[str]) -> str:
    return f"the plan has no table {name!r}; it has {', '.join(sorted(tables)[:12])}"


def stopped(plan: Plan) -> dict[str, str]:
    """The tables that an open question stops, and those that read one of them, each with the question."""
    found = {table: each.question for each in plan.questions for table in each.stops}
    for _ in plan.pipeline.tables:
        for table in plan.pipeline.tables:
            reason = next((found[name] for name in sorted(read_by(table)) if name in found), None)
            if reason is not None:
                found.setdefault(table.name, reason)
    return found
