"""Which table the code writes from which: one edge where a statement or a frame leaves no doubt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.code.frames import RootKind
from orchestrator.code.tables import Use, normalised

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.frames import Root
    from orchestrator.code.python import PythonFile
    from orchestrator.code.sql import SqlUnit
    from orchestrator.types import Location

_KEPT = frozenset({"table", "materialized_view", "append_flow", "create_table"})
"""Datasets of a pipeline that are stored; the others are names within it."""
_READS = frozenset({Use.READ, Use.STREAM})


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """The code at `location` writes `target` from `source`; names are as in `TableUse`. A view stores nothing."""

    source: str
    target: str
    location: Location
    is_view: bool = False


def edges(facts: Facts) -> tuple[Edge, ...]:
    """The edges of the code that is neither test nor demo, in the order of the files."""
    found: dict[tuple[str, str], Edge] = {}
    for edge in _all(facts):
        if edge.source != edge.target and facts.role(edge.location.path).is_serious:
            found.setdefault((edge.source, edge.target), edge)
    return tuple(sorted(found.values(), key=lambda each: (each.location.path, each.location.start_line, each.source)))


def _all(facts: Facts) -> Iterator[Edge]:
    for unit, _file in facts.project.sql_units():
        yield from _of_sql(unit)
    for file in facts.project.python:
        yield from _of_writes(facts, file)
        yield from _of_merges(facts, file)
        yield from _of_datasets(facts, file)


def _of_sql(unit: SqlUnit) -> Iterator[Edge]:
    for statement in unit.statements:
        for target in statement.writes:
            for source in statement.reads:
                yield Edge(
                    source=normalised(unit.template.source_of(source.start, source.end)),
                    target=normalised(unit.template.source_of(target.start, target.end)),
                    location=statement.location(),
                    is_view=statement.kind.endswith("VIEW"),
                )


def _of_writes(facts: Facts, file: PythonFile) -> Iterator[Edge]:
    for write in facts.writes(file):
        target = file.pattern(write.target) if write.to_table else None
        if target:
            for source in _sources(file, (*write.frame.roots, *write.frame.joined)):
                yield Edge(source=source, target=normalised(target), location=file.call_location(write.call))


def _of_merges(facts: Facts, file: PythonFile) -> Iterator[Edge]:
    targets = {
        (use.location.path, use.location.start_line): use.name for use in facts.tables.uses if use.use is Use.MERGE
    }
    for merge in facts.merges(file):
        location = file.call_location(merge.call)
        target = targets.get((location.path, location.start_line))
        frame = facts.frame(file, merge.source)
        if target:
            for source in _sources(file, (*frame.roots, *frame.joined)):
                yield Edge(source=source, target=target, location=location)


def _of_datasets(facts: Facts, file: PythonFile) -> Iterator[Edge]:
    for dataset in facts.datasets(file):
        if dataset.kind not in _KEPT:
            continue
        first, last = dataset.function.lineno, dataset.function.end_lineno or dataset.function.lineno
        for use in facts.tables.uses:
            inside = use.location.path == file.path and first <= use.location.start_line <= last
            if inside and use.use in _READS:
                yield Edge(source=use.name, target=normalised(dataset.name), location=use.location)


def _sources(file: PythonFile, roots: tuple[Root, ...]) -> Iterator[str]:
    for root in roots:
        if root.kind is RootKind.TABLE and (name := file.pattern(root.target)):
            yield normalised(name)
        elif root.sql is not None:
            yield from _read_by(root.sql)


def _read_by(unit: SqlUnit) -> Iterator[str]:
    for statement in unit.statements:
        for source in statement.reads:
            yield normalised(unit.template.source_of(source.start, source.end))
