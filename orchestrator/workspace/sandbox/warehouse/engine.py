"""DuckDB in memory, with a database for each catalog, filled when the first statement comes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING

import duckdb
from sqlglot import exp

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
_MACROS = (
    "CREATE MACRO substring_index(text, mark, many) AS array_to_string(string_split(text, mark)[1:many], mark)",
    "CREATE MACRO lower_masked(text) AS regexp_replace(regexp_replace(text, '[A-Z]', 'X', 'g'), '[a-z]', 'x', 'g')",
    "CREATE MACRO mask(text) AS regexp_replace(lower_masked(text), '[0-9]', 'n', 'g')",
    "CREATE MACRO spark_dayofweek(day) AS dayofweek(CAST(day AS DATE)) + 1",
    "CREATE MACRO spark_weekday(day) AS isodow(CAST(day AS DATE)) - 1",
    "CREATE MACRO spark_unix_timestamp(moment) AS CAST(epoch(CAST(moment AS TIMESTAMP)) AS BIGINT)",
)  # fmt: skip


_INSERT = "INSERT INTO {place} SELECT {names} FROM {read}"


def database_of(catalog: str) -> str:
    """The name of the DuckDB database that stands for a catalog; some names are reserved there."""
    return f"c_{catalog.lower()}"


@cache
def duckdb_type(text: str) -> str:
    """The DuckDB type for a type of Databricks; times are UTC without a zone.

    Decimals of 38 digits have 18 here: the product of two would overflow, where Databricks gives up digits instead.
    """
    made = exp.DataType.build(text, dialect="databricks").sql(dialect="duckdb")
    return made.replace("TIMESTAMPTZ", "TIMESTAMP").replace("DECIMAL(38, 18)", "DECIMAL(18, 9)")


class Engine:
    """The DuckDB database of one sandbox."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._informed: dict[str, int] = {}

    def cursor(self, information: Iterable[str] = ()) -> duckdb.DuckDBPyConnection:
        """A cursor of its own for one statement, which may read these tables of information schemas.

        The first call fills the database.
        """
        with self.state.lock:
            if self._connection is None:
                self._connection = self._filled()
            for name in information:
                self._inform(self._connection, name)
            return self._connection.cursor()

    def close(self) -> None:
        """Let go of the memory."""
        with self.state.lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def make(self, table: Placed[TableSeed]) -> None:
        """Make a table that was added, with its rows."""
        with self.state.lock:
            if self._connection is None:
                return
            database = _quoted(database_of(table.catalog))
            self._connection.execute(f"ATTACH IF NOT EXISTS ':memory:' AS {database}")
            self._connection.execute(f"CREATE SCHEMA IF NOT EXISTS {database}.{_quoted(table.schema.lower())}")
            self._connection.execute(f"DROP TABLE IF EXISTS {place_of(table.full_name)}")
            self._make(self._connection, table)

    def _filled(self) -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect(
            ":memory:", config={"threads": 2, "memory_limit": "1GB", "autoinstall_known_extensions": False}
        )
        for macro in _MACROS:
            connection.execute(macro)
        for catalog in self.state.unity.catalogs:
            connection.execute(f"ATTACH ':memory:' AS {_quoted(database_of(catalog.name))}")
        for schema in self.state.unity.schemas:
            # DuckDB has an information schema of its own in every database; ours stand in a database apart.
            if schema.name != INFORMATION_SCHEMA:
                place = f"{_quoted(database_of(schema.catalog))}.{_quoted(schema.name.lower())}"
                connection.execute(f"CREATE SCHEMA {place}")
        for table in self.state.unity.tables:
            if table.catalog != SYSTEM and table.schema != INFORMATION_SCHEMA:
                self._make(connection, table)
        self._fill_system(connection)
        connection.execute(f"ATTACH ':memory:' AS {INFORMATION}")
        for name, text in INFORMATION_TABLES.items():
            create(connection, information_place(name), columns_of(text))
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
            place = place_of(f"{SYSTEM}.{name}")
            create(connection, place, columns_of(text))
            insert(connection, place, columns_of(text), rows[name])

    def _inform(self, connection: duckdb.DuckDBPyConnection, name: str) -> None:
        """Write a table of the information schemas again if something changed since."""
        if self._informed.get(name) == self.state.revision:
            return
        place = information_place(name)
        connection.execute(f"TRUNCATE {place}")
        insert(connection, place, columns_of(INFORMATION_TABLES[name]), information_rows(self.state, name))
        self._informed[name] = self.state.revision


def _quoted(name: str) -> str:
    return exp.to_identifier(name, quoted=True).sql(dialect="duckdb")


def place_of(full_name: str) -> str:
    """Where a table is in DuckDB, quoted."""
    catalog, schema, table = full_name.lower().split(".")
    return f"{_quoted(database_of(catalog))}.{_quoted(schema)}.{_quoted(table)}"


def information_place(table: str) -> str:
    """Where a table of all information schemas is in DuckDB, quoted."""
    return f"{INFORMATION}.main.{_quoted(table)}"


def create(connection: duckdb.DuckDBPyConnection, place: str, columns: Mapping[str, str]) -> None:
    """Make a table with columns of types of Databricks."""
    body = ", ".join(f"{_quoted(name)} {duckdb_type(text)}" for name, text in columns.items())
    connection.execute(f"CREATE TABLE {place} ({body})")


def insert(connection: duckdb.DuckDBPyConnection, place: str, columns: Mapping[str, str], rows: Iterable[Json]) -> None:
    """Put rows into a table; a column that a row does not have is NULL."""
    # One JSON document is read a hundred times faster than lists of Python values are converted.
    document = json.dumps(list(rows), default=str)
    form = json.dumps([{name: duckdb_type(text) for name, text in columns.items()}]).replace("'", "''")
    names = ", ".join(f"row.{_quoted(name)}" for name in columns)
    read = f"(SELECT unnest(from_json($1, '{form}')) AS row)"
    connection.execute(_INSERT.format(place=place, names=names, read=read), [document])
