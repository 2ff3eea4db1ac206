"""How the tables of a pipeline hang together: their order, their columns, and what cannot be built as it is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orchestrator.workflows.generate.pipelines.expressions import problem
from orchestrator.workflows.generate.pipelines.model import LAYERS, Changes, Pipeline, Source, Table

FILE_COLUMNS = (("source_file", "STRING"), ("ingested_at", "TIMESTAMP"))
"""What a table gets besides the columns of landed files."""
BROKEN = "broken"
HISTORY = ("__START_AT", "__END_AT")
"""What AUTO CDC adds to a table with history; the type is that of the sequence."""


Place = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Why a pipeline cannot be built, and the place in the model."""

    place: Place
    reason: str


Columns = Mapping[str, str | None]
"""The columns of a dataset, in their order, with their types where they are known."""


def faults(pipeline: Pipeline) -> tuple[Fault, ...]:
    """Everything that is wrong between the parts; empty where it can be built."""
    return order_faults(pipeline) or tuple(_columns(pipeline))


def order_faults(pipeline: Pipeline) -> tuple[Fault, ...]:
    """What is wrong whatever the columns are: names, references, cycles, layers, and streams from what changes."""
    named = tuple(_names(pipeline)) or tuple(_references(pipeline)) or tuple(_cycles(pipeline))
    return named or (*_layers(pipeline), *_streams(pipeline))


def ordered(pipeline: Pipeline) -> tuple[Table, ...]:
    """The tables, each after those that it reads; layer by layer, else as they are written."""
    left, done = list(pipeline.tables), []
    known = {source.name for source in pipeline.sources}
    while left:
        table = next((each for each in left if read_by(each) <= known), left[0])
        left.remove(table)
        done.append(table)
        known.add(table.name)
    return tuple(sorted(done, key=lambda table: LAYERS.index(table.layer)))


def read_by(table: Table) -> set[str]:
    """The names of what a table reads."""
    return {table.reads, *(join.table for join in table.joins)}


def source_of(pipeline: Pipeline, name: str) -> Source | None:
    """The source of that name."""
    return next((source for source in pipeline.sources if source.name == name), None)


def columns_of(pipeline: Pipeline, name: str) -> Columns:
    """The columns of a source or table of a pipeline without faults."""
    source = source_of(pipeline, name)
    if source is not None:
        more = FILE_COLUMNS if source.path is not None else ()
        return {**{column.name: column.type for column in source.columns}, **dict(more)}
    table = next(each for each in pipeline.tables if each.name == name)
    kept = shaped_columns(pipeline, table)
    if table.changes is None:
        return kept
    left = {name: kind for name, kind in kept.items() if name not in table.changes.leave_out}
    return left if table.changes.scd == 1 else left | dict.fromkeys(HISTORY, _sequence_type(table.changes, kept))


def _sequence_type(changes: Changes, rows: Columns) -> str | None:
    """The type of what orders the changes: that of the column, or of a structure of the columns."""
    kinds = [rows.get(name) for name in changes.sequence_by]
    if None in kinds or len(kinds) == 1:
        return kinds[0]
    return f"STRUCT<{', '.join(f'{name}: {kind}' for name, kind in zip(changes.sequence_by, kinds, strict=True))}>"


def shaped_columns(pipeline: Pipeline, table: Table) -> dict[str, str | None]:
    """The columns of the rows that a table judges and keeps, before changes are applied."""
    read = dict(columns_of(pipeline, table.reads))
    for join in table.joins:
        read |= {name: kind for name, kind in columns_of(pipeline, join.table).items() if name not in join.using}
    if not table.columns:
        return read
    return {each.name: each.type or read.get(each.expression) for each in table.columns}


def _names(pipeline: Pipeline) -> Iterator[Fault]:
    taken: dict[str, str] = {}
    for number, source in enumerate(pipeline.sources):
        place = ("sources", number, "name")
        for name in (source.name, f"source_{source.name}"):
            yield from _taken(taken, name, f"the source {source.name!r}", place)
    for number, table in enumerate(pipeline.tables):
        place = ("tables", number, "name")
        for name in (table.name, *_helpers(table)):
            yield from _taken(taken, name, f"the table {table.name!r}", place)


def _helpers(table: Table) -> tuple[str, ...]:
    """The names of the datasets that are made beside a table."""
    made = [f"valid_{table.name}"] if table.changes else []
    if any(each.action == "quarantine" for each in table.expectations):
        made += [f"checked_{table.name}", f"{table.name}_quarantine"]
    return tuple(made)


def _taken(taken: dict[str, str], name: str, owner: str, place: tuple[str | int, ...]) -> Iterator[Fault]:
    if name in taken:
        yield Fault(place=place, reason=f"{owner} needs the name {name!r}, which {taken[name]} has already")
    taken[name] = owner


def _references(pipeline: Pipeline) -> Iterator[Fault]:
    known = {source.name for source in pipeline.sources} | {table.name for table in pipeline.tables}
    for number, table in enumerate(pipeline.tables):
        if table.reads not in known:
            yield Fault(place=("tables", number, "reads"), reason=_unknown(table.reads, known))
        for at, join in enumerate(table.joins):
            if join.table not in known:
                yield Fault(place=("tables", number, "joins", at, "table"), reason=_unknown(join.table, known))


def _unknown(name: str, known: set[str]) -> str:
    return f"there is no source or table {name!r}; there are {', '.join(sorted(known)[:12])}"


def _cycles(pipeline: Pipeline) -> Iterator[Fault]:
    """A cycle, told at the first table that is part of one."""
    reads = {table.name: read_by(table) for table in pipeline.tables}
    for number, table in enumerate(pipeline.tables):
        way = _way_back(table.name, reads)
        if way:
            yield Fault(place=("tables", number, "reads"), reason=f"a cycle: {' reads '.join(way)}")
            return


def _way_back(name: str, reads: Mapping[str, set[str]]) -> tuple[str, ...]:
    """The way along which a table reads itself; empty where it does not."""
    ways: list[tuple[str, ...]] = [(name,)]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        for read in sorted(reads.get(way[-1], ())):
            if read == name:
                return (*way, name)
            if read not in seen:
                seen.add(read)
                ways.append((*way, read))
    return ()


def _layers(pipeline: Pipeline) -> Iterator[Fault]:
    layer = {table.name: table.layer for table in pipeline.tables}
    for number, table in enumerate(pipeline.tables):
        for read in sorted(read_by(table) & layer.keys()):
            if LAYERS.index(layer[read]) > LAYERS.index(table.layer):
                reason = f"a table of {table.layer} reads {read!r}, which is of {layer[read]}: layers read downwards"
                yield Fault(place=("tables", number, "reads"), reason=reason)


def _streams(pipeline: Pipeline) -> Iterator[Fault]:
    tables = {table.name: table for table in pipeline.tables}
    for number, table in enumerate(pipeline.tables):
        if table.kind == "streaming_table":
            reason = _no_stream(pipeline, tables.get(table.reads), table.reads)
            if reason:
                yield Fault(place=("tables", number, "kind"), reason=reason)


def _no_stream(pipeline: Pipeline, read: Table | None, name: str) -> str:
    """Why a stream cannot read it; empty where it can."""
    source = source_of(pipeline, name)
    if source is not None and not source.grows:
        return (
            f"a stream from the source {name!r} stops at the first changed row; make it a materialized_view, or say "
            "`grows_only: true` where rows are only added"
        )
    if read is not None and read.changes is not None:
        return f"a stream cannot read {name!r}, whose rows are changed in place; make it a materialized_view"
    if read is not None and read.kind == "materialized_view":
        return f"a stream cannot read the materialized view {name!r}; make it a materialized_view too"
    return ""


def _columns(pipeline: Pipeline) -> Iterator[Fault]:
    for number, source in enumerate(pipeline.sources):
        if not source.columns:
            yield Fault(place=("sources", number), reason=f"the columns of {source.name!r} are not known; write them")
            return
    for number, table in enumerate(pipeline.tables):
        yield from _columns_of(pipeline, number, table)


def _columns_of(pipeline: Pipeline, number: int, table: Table) -> Iterator[Fault]:
    rows = shaped_columns(pipeline, table)
    yield from _joined_on(pipeline, number, table)
    for place, expression, known in _expressions(pipeline, table, rows):
        reason = problem(expression, frozenset(known))
        if reason:
            yield Fault(place=("tables", number, *place), reason=reason)
    kept = columns_of(pipeline, table.name)
    wanted = [("key", table.key, kept), ("cluster_by", table.cluster_by, kept)]
    if table.changes:
        wanted += [
            ("changes.sequence_by", table.changes.sequence_by, rows),
            ("changes.leave_out", table.changes.leave_out, rows),
        ]
    for field, names, columns in wanted:
        for name in names:
            if name not in columns:
                reason = f"{table.name!r} has no column {name!r}; it has {', '.join(list(columns)[:15])}"
                yield Fault(place=("tables", number, *field.split(".")), reason=reason)
    if BROKEN in rows and _helpers(table):
        yield Fault(place=("tables", number), reason=f"a column {BROKEN!r} is in the way of the quarantine's own")


def _joined_on(pipeline: Pipeline, number: int, table: Table) -> Iterator[Fault]:
    read = columns_of(pipeline, table.reads)
    for at, join in enumerate(table.joins):
        other = columns_of(pipeline, join.table)
        for name in join.using:
            if name not in read or name not in other:
                owner = table.reads if name not in read else join.table
                reason = f"{owner!r} has no column {name!r} to join on"
                yield Fault(place=("tables", number, "joins", at, "using"), reason=reason)
        for name in sorted(set(read) & set(other) - set(join.using)):
            reason = f"both {table.reads!r} and {join.table!r} have a column {name!r}; rename one in a table before"
            yield Fault(place=("tables", number, "joins", at), reason=reason)


def _expressions(
    pipeline: Pipeline, table: Table, rows: Columns
) -> Iterator[tuple[tuple[str | int, ...], str, Columns]]:
    """Every expression of a table with its place and the columns that it may name."""
    read = dict(columns_of(pipeline, table.reads))
    for join in table.joins:
        read |= columns_of(pipeline, join.table)
    if table.where is not None:
        yield ("where",), table.where, read
    for at, column in enumerate(table.columns):
        yield ("columns", at, "expression"), column.expression, read
    for at, each in enumerate(table.expectations):
        yield ("expectations", at, "condition"), each.condition, rows
    if table.changes is not None and table.changes.deletes is not None:
        yield ("changes", "deletes"), table.changes.deletes, rows
