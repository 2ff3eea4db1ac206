"""Code and workspace laid together: edges, tables, names that are gone, and columns that lost their tag."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from orchestrator.workflows.audit.enforce_data_lineage.code import Code, Gone
from orchestrator.workspace.catalog.flows import ColumnFlow, Flow, Flows
from orchestrator.workspace.governance.lexicon import name_words
from orchestrator.workspace.records import Record

PERSONAL = frozenset({"pii", "personal", "phi", "sensitive", "gdpr", "class"})
Tags = Mapping[str, Mapping[str, str]]


class TracedEdge(Record):
    """Data that goes from one table to another, and who says so."""

    source: str
    target: str
    code: str | None
    """the file and line that writes it; null where no code of the project does"""
    live: tuple[str, ...]
    """what moved it by the workspace's lineage"""
    last: dt.date | None
    is_view: bool
    """the code makes a view, which has lineage only when it is read"""


class TracedTable(Record):
    """One table and what is known around it."""

    table: str
    in_code: bool
    upstream: int
    downstream: int
    readers: tuple[str, ...]
    """principals of the audit log, at most 10"""


class GoneName(Record):
    """A name that the change takes away, and what recorded lineage still reads by it."""

    table: str
    column: str | None
    how: str
    code: str
    readers: tuple[str, ...]
    """as `main.gold.kpis by job 1003`, without the targets that this project writes itself"""


class LostTag(Record):
    """A column that was written from a tagged one and carries no tag."""

    source: str
    tags: tuple[str, ...]
    target: str
    by: str
    last: dt.date | None


@dataclass(frozen=True, kw_only=True)
class Named:
    """The code with the live tables that its names stand for."""

    code: Code
    names: Mapping[str, str]

    def full(self, name: str) -> str:
        """The live table, or the name as the code has it."""
        return self.names.get(name, name)


def traced_edges(named: Named, flows: Flows, tables: frozenset[str]) -> tuple[TracedEdge, ...]:
    """The edges at these tables that the code or the workspace shows, by name."""
    found: dict[tuple[str, str], TracedEdge] = {}
    for edge in named.code.edges:
        ends = (named.full(edge.source), named.full(edge.target))
        if tables & set(ends):
            place = f"{edge.location.path}:{edge.location.start_line}"
            found[ends] = TracedEdge(
                source=ends[0], target=ends[1], code=place, live=(), last=None, is_view=edge.is_view
            )
    for flow in flows.tables:
        if flow.source and flow.target:
            known = found.get((flow.source, flow.target)) or TracedEdge(
                source=flow.source, target=flow.target, code=None, live=(), last=None, is_view=False
            )
            found[(flow.source, flow.target)] = _with(known, flow)
    return tuple(found[ends] for ends in sorted(found))


def _with(edge: TracedEdge, flow: Flow) -> TracedEdge:
    days = [day for day in (edge.last, flow.last) if day is not None]
    live = tuple(sorted({*edge.live, flow.by}))
    return edge.model_copy(update={"live": live, "last": max(days, default=None)})


def traced_tables(
    tables: Sequence[str], written: frozenset[str], flows: Flows, readers: Mapping[str, Sequence[str]]
) -> tuple[TracedTable, ...]:
    """Each table with the number of its neighbours; a path counts as one."""
    return tuple(
        TracedTable(
            table=table,
            in_code=table in written,
            upstream=len({flow.source or flow.path or flow.by for flow in flows.tables if flow.target == table}),
            downstream=len({flow.target or flow.path or flow.by for flow in flows.tables if flow.source == table}),
            readers=tuple(readers.get(table, ()))[:10],
        )
        for table in tables
    )


def gone_names(named: Named, flows: Flows) -> tuple[GoneName, ...]:
    """What the change takes away, with the readers that no code of the project explains."""
    mine = {named.full(edge.target) for edge in named.code.edges}
    return tuple(
        GoneName(
            table=named.full(each.table),
            column=each.column,
            how=each.how,
            code=f"{each.location.path}:{each.location.start_line}",
            readers=tuple(sorted({reader for reader, target in _readers(each, named, flows) if target not in mine})),
        )
        for each in named.code.gone
    )


def _readers(gone: Gone, named: Named, flows: Flows) -> Iterator[tuple[str, str]]:
    table = named.full(gone.table)
    if gone.column is None:
        for flow in flows.tables:
            if flow.source == table:
                yield f"{flow.target or flow.path or 'no table'} by {flow.by}", flow.target or ""
        return
    for column in flows.columns:
        if column.source == table and column.source_column.lower() == gone.column:
            yield f"{column.target}.{column.target_column} by {column.by}", column.target


def lost_tags(columns: Sequence[ColumnFlow], tags: Tags) -> tuple[LostTag, ...]:
    """The columns without any tag that were written from one with a tag of personal data."""
    found: dict[tuple[str, str], LostTag] = {}
    for flow in columns:
        source, target = f"{flow.source}.{flow.source_column}", f"{flow.target}.{flow.target_column}"
        personal = tuple(
            f"{key}={value}" for key, value in sorted(tags.get(source, {}).items()) if set(name_words(key)) & PERSONAL
        )
        if personal and not tags.get(target):
            found[(source, target)] = LostTag(source=source, tags=personal, target=target, by=flow.by, last=flow.last)
    return tuple(found[ends] for ends in sorted(found))
