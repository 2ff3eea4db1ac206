"""DuckDB in memory, with a database for each catalog, filled when the first statement comes."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import duckdb
import sqlglot
from sqlglot import exp

from orchestrator.workspace.sandbox.types import type_name
from orchestrator.workspace.sandbox.warehouse.activity import audit_rows
from orchestrator.workspace.sandbox.warehouse.billing import price_rows, usage_rows
from orchestrator.workspace.sandbox.warehouse.compute_tables import compute_rows
from orchestrator.workspace.sandbox.warehouse.information import information_rows
from orchestrator.workspace.sandbox.warehouse.lineage import column_lineage_rows, table_lineage_rows
from orchestrator.workspace.sandbox.warehouse.query_history import history_rows
from orchestrator.workspace.sandbox.warehouse.system_schema import (
    INFORMATION_SCHEMA,
    INFORMATION_TABLES,
    SYSTEM,
    SYSTEM_TABLES,
    columns_of,
)
from orchestrator.workspace.sandbox.warehouse.values import rows_of

if TYPE_CHECKING:
    from orchestrator.workspace.sandbox.seed.part import Json
    from orchestrator.workspace.sandbox.seed.unity import TableSeed
    from orchestrator.workspace.sandbox.state import State
    from orchestrator.workspace.sandbox.unity import Placed

INFORMATION = "i_information"
_NESTED = frozenset({"MAP", "STRUCT", "ARRAY"})
_MACROS = (
    "CREATE MACRO substring_index(text, mark, many) AS array_to_string(string_split(text, mark)[1:many], mark)",
    "CREATE MACRO mask(text) AS regexp_replace(regexp_replace(regexp_replace(text, '[A-Z]', 'X', 'g'), '[a-z]', 'x', 'g'), "
    "'[0-9]', 'n', 'g')",
    "CREATE MACRO sha1_hex(text) AS sha1(text)",
    "CREATE MACRO sha2(text, bits) AS sha256(text)",
)  # fmt: skip


def database_of(catalog: str) -> str:
    """The name of the DuckDB database that stands for a catalog; some names are reserved there."""
    return f"c_{catalog.lower()}"


def duckdb_type(text: str) -> str:
    """The DuckDB type for a type of Databricks; times are UTC without a zone."""
    made = exp.DataType.build(text, dialect="databricks").sql(dialect="duckdb")
    return made.replace("TIMESTAMPTZ", "TIMESTAMP")


class Engine:
    """The DuckDB database of one sandbox."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._lock = threading.Lock()
        self._informed = -1

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A cursor of its own for one statement; the first call fills the database."""
        with self._lock:
            if self._connection is None:
                self._connection = self._filled()
            if self._informed != self.state.revision:
                self._inform(self._connection)
            return self._connection.cursor()

    def close(self) -> None:
        """Let go of the memory."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _filled(self) -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect(
            ":memory:", config={"threads": 2, "memory_limit": "1GB", "autoinstall_known_extensions": False}
        )
        for macro in _MACROS:
            connection.execute(macro)
        for catalog in self.state.unity.catalogs:
            connection.execute(f"ATTACH ':memory:' AS {_quoted(database_of(catalog.name))}")
        connection.execute(f"ATTACH ':memory:' AS {INFORMATION}")
        for schema in self.state.unity.schemas:
            connection.execute(f"CREATE SCHEMA {_quoted(database_of(schema.catalog))}.{_quoted(schema.name.lower())}")
        for table in self.state.unity.tables:
            if table.catalog != SYSTEM and table.schema != INFORMATION_SCHEMA:
                self._make(connection, table)
        self._fill_system(connection)
        self._make_information(connection)
        # From here on statements of others run: they must not reach files or undo this.
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        return connection

    def _make(self, connection: duckdb.DuckDBPyConnection, table: Placed[TableSeed]) -> None:
        columns = {name: column.type for name, column in table.seed.columns.items()}
        create(connection, place_of(table.full_name), columns)
        insert(connection, place_of(table.full_name), columns, rows_of(table, self.state.seed.now))

    def _fill_system(self, connection: duckdb.DuckDBPyConnection) -> None:
        state = self.state
        rows: dict[str, Iterable[Json]] = {
            "access.audit": audit_rows(state),
            "access.table_lineage": table_lineage_rows(state),
            "access.column_lineage": column_lineage_rows(state),
            "billing.usage": usage_rows(state),
            "billing.list_prices": price_rows(state),
            "query.history": history_rows(state),
            **compute_rows(state),
        }
        for name, text in SYSTEM_TABLES.items():
            columns = columns_of(text)
            place = place_of(f"{SYSTEM}.{name}")
            create(connection, place, columns)
            insert(connection, place, columns, by_column(list(rows.get(name, ())), columns))

    def _make_information(self, connection: duckdb.DuckDBPyConnection) -> None:
        for catalog in self.state.unity.catalogs:
            connection.execute(f"CREATE SCHEMA {INFORMATION}.{_quoted(catalog.name.lower())}")
            for name, text in INFORMATION_TABLES.items():
                create(connection, information_place(catalog.name, name), columns_of(text))

    def _inform(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Write the information schemas again: something changed since."""
        known = {row[0] for row in connection.execute(_SCHEMAS_OF_INFORMATION).fetchall()}
        for catalog in self.state.unity.catalogs:
            if catalog.name.lower() not in known:
                self._add_catalog(connection, catalog.name)
            rows = information_rows(self.state, None if catalog.name == SYSTEM else catalog.name)
            for name, text in INFORMATION_TABLES.items():
                columns = columns_of(text)
                place = information_place(catalog.name, name)
                connection.execute(f"DELETE FROM {place}")
                insert(connection, place, columns, by_column(rows[name], columns))
        self._informed = self.state.revision

    def _add_catalog(self, connection: duckdb.DuckDBPyConnection, name: str) -> None:
        connection.execute(f"CREATE SCHEMA {INFORMATION}.{_quoted(name.lower())}")
        for table, text in INFORMATION_TABLES.items():
            create(connection, information_place(name, table), columns_of(text))


_SCHEMAS_OF_INFORMATION = f"SELECT schema_name FROM duckdb_schemas() WHERE database_name = '{INFORMATION}'"


def _quoted(name: str) -> str:
    return exp.to_identifier(name, quoted=True).sql(dialect="duckdb")


def place_of(full_name: str) -> str:
    """Where a table is in DuckDB, quoted."""
    catalog, schema, table = full_name.lower().split(".")
    return f"{_quoted(database_of(catalog))}.{_quoted(schema)}.{_quoted(table)}"


def information_place(catalog: str, table: str) -> str:
    """Where a table of the information schema of a catalog is in DuckDB, quoted."""
    return f"{INFORMATION}.{_quoted(catalog.lower())}.{_quoted(table)}"


def create(connection: duckdb.DuckDBPyConnection, place: str, columns: Mapping[str, str]) -> None:
    """Make a table with columns of types of Databricks."""
    body = ", ".join(f"{_quoted(name)} {duckdb_type(text)}" for name, text in columns.items())
    connection.execute(f"CREATE TABLE {place} ({body})")


def insert(
    connection: duckdb.DuckDBPyConnection, place: str, columns: Mapping[str, str], values: Sequence[Sequence[object]]
) -> None:
    """Put rows, given column by column, into a table; nested values are JSON text."""
    if not values or not values[0]:
        return
    parts = [_cast(at, text) for at, text in enumerate(columns.values(), start=1)]
    connection.execute(f"INSERT INTO {place} SELECT {', '.join(parts)}", [list(column) for column in values])


def _cast(position: int, text: str) -> str:
    wanted = duckdb_type(text)
    if type_name(text) in _NESTED:
        return f"CAST(CAST(unnest(CAST(${position} AS VARCHAR[])) AS JSON) AS {wanted})"
    if type_name(text) in {"DATE", "TIMESTAMP", "TIMESTAMP_NTZ"}:
        return f"CAST(unnest(${position}) AS {wanted})"
    return f"CAST(unnest(${position}) AS {wanted})"


def by_column(rows: Sequence[Json], columns: Mapping[str, str]) -> list[list[object]]:
    """Rows as columns; what a row does not hold is NULL, nested values become JSON text."""
    return [[_plain(row.get(name)) for row in rows] for name in columns]


def _plain(value: object) -> object:
    if isinstance(value, dict | list):
        return json.dumps(value)
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).replace(tzinfo=None) if value.tzinfo else value
    return value


def parsed(statement: str) -> list[exp.Expression | None]:
    """The statements of a text, by the grammar of Databricks."""
    return sqlglot.parse(statement, read="databricks")
