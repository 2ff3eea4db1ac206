"""DESCRIBE TABLE, DETAIL, HISTORY, CATALOG, SCHEMA and FUNCTION."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.workspace.sandbox.problem import denied
from orchestrator.workspace.sandbox.records import AGE, identity
from orchestrator.workspace.sandbox.seed.moment import moment_of
from orchestrator.workspace.sandbox.unity import Kind
from orchestrator.workspace.sandbox.warehouse.commands import Command, Order
from orchestrator.workspace.sandbox.warehouse.commands.targets import named
from orchestrator.workspace.sandbox.warehouse.history import operations
from orchestrator.workspace.sandbox.warehouse.session import Outcome

if TYPE_CHECKING:
    from orchestrator.workspace.sandbox.seed.unity import TableSeed
    from orchestrator.workspace.sandbox.unity import Placed

_COLUMNS = {"col_name": "STRING", "data_type": "STRING", "comment": "STRING"}
_INFO = {"info_name": "STRING", "info_value": "STRING"}
_DETAIL = {
    "format": "STRING", "id": "STRING", "name": "STRING", "description": "STRING", "location": "STRING",
    "createdAt": "TIMESTAMP", "lastModified": "TIMESTAMP", "partitionColumns": "ARRAY<STRING>",
    "clusteringColumns": "ARRAY<STRING>", "numFiles": "BIGINT", "sizeInBytes": "BIGINT",
    "properties": "MAP<STRING, STRING>", "minReaderVersion": "INT", "minWriterVersion": "INT",
    "tableFeatures": "ARRAY<STRING>",
}  # fmt: skip
_HISTORY = {
    "version": "BIGINT", "timestamp": "TIMESTAMP", "userId": "STRING", "userName": "STRING", "operation": "STRING",
    "operationParameters": "MAP<STRING, STRING>", "job": "STRING", "notebook": "STRING", "clusterId": "STRING",
    "readVersion": "BIGINT", "isolationLevel": "STRING", "isBlindAppend": "BOOLEAN",
    "operationMetrics": "MAP<STRING, STRING>", "userMetadata": "STRING", "engineInfo": "STRING",
}  # fmt: skip
BYTES_PER_ROW = 120
"""Where a seed names no size, a table has so many bytes a row, in one file."""


def _run(order: Order) -> Outcome:
    reader = order.reader
    if reader.accept("DETAIL"):
        return _detail(_table(order))
    if reader.accept("HISTORY"):
        return _history(order)
    for words, kind in (
        ("CATALOG", Kind.CATALOG),
        ("SCHEMA", Kind.SCHEMA),
        ("DATABASE", Kind.SCHEMA),
        ("FUNCTION", Kind.FUNCTION),
    ):
        if reader.accept(words):
            return _info(order, kind)
    reader.accept("TABLE")
    extended = reader.accept("EXTENDED")
    return _columns(_table(order), extended=extended)


def _table(order: Order) -> Placed[TableSeed]:
    reader, session = order.reader, order.session
    reader.accept("TABLE")
    _, name = named(Kind.TABLE, reader.name(), session)
    found = session.state.unity.tables.get(name)
    if not session.state.grants.sees(session.caller, found):
        raise denied(f"User does not have SELECT on Table '{name}'.")
    return found


def _columns(table: Placed[TableSeed], *, extended: bool) -> Outcome:
    rows: list[tuple[object, ...]] = [
        (name, column.type.lower(), column.comment) for name, column in table.seed.columns.items()
    ]
    if extended:
        rows += [
            ("", "", ""),
            ("# Detailed Table Information", "", ""),
            ("Catalog", table.catalog, ""),
            ("Database", table.schema, ""),
            ("Table", table.name, ""),
            ("Type", table.seed.type, ""),
            ("Provider", table.seed.format.lower(), ""),
            ("Owner", table.owner, ""),
            ("Comment", table.seed.comment or "", ""),
        ]
    return Outcome.of(_COLUMNS, rows)


def _detail(table: Placed[TableSeed]) -> Outcome:
    seed = table.seed
    created = moment_of(seed.created or 0)
    size = seed.size_bytes if seed.size_bytes is not None else seed.rows * BYTES_PER_ROW
    location = seed.storage_location
    row: tuple[object, ...] = (
        seed.format.lower(), identity(table), table.full_name, seed.comment, location, created,
        moment_of(seed.updated or seed.created or 0), [], [], seed.files if seed.files is not None else 1, size,
        seed.properties, 3, 7, ["appendOnly", "invariants"],
    )  # fmt: skip
    return Outcome.of(_DETAIL, [row])


def _history(order: Order) -> Outcome:
    table = _table(order)
    limit = int(order.reader.value()) if order.reader.accept("LIMIT") else None
    created = table.seed.created or order.session.state.now - AGE
    rows: list[tuple[object, ...]] = []
    for version, found in enumerate(operations(table, created)):
        metrics = {} if found.rows is None else {"numOutputRows": str(found.rows)}
        rows.append(
            (version, moment_of(found.at), None, found.by, found.operation, {}, None, None, None,
             version - 1 if version else None, "WriteSerializable", found.operation == "WRITE", metrics, None, None)
        )  # fmt: skip
    return Outcome.of(_HISTORY, rows[::-1][:limit])


def _info(order: Order, kind: Kind) -> Outcome:
    session = order.session
    order.reader.accept("EXTENDED")
    found_kind, name = named(kind, order.reader.name(), session)
    found = session.state.unity.find(found_kind, name)
    rows: list[tuple[object, ...]] = [
        (f"{kind.capitalize()} Name", found.full_name),
        ("Comment", found.seed.comment or ""),
        ("Owner", found.owner),
    ]
    return Outcome.of(_INFO, rows)


COMMAND = Command(heads=("DESCRIBE", "DESC"), run=_run)
