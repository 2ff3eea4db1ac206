"""CSV, JSON, Parquet and Delta on disk as rows that DuckDB answers; nothing is fetched and nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.quality.check import Dialect
from orchestrator.workspace.quality.rows import Answer, DataColumn

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

RELATION = "data"
_LOAD = Template("CREATE TABLE $name AS SELECT * FROM $reader([$files]$partitions)")
_READERS = {
    ".csv": "read_csv", ".tsv": "read_csv", ".parquet": "read_parquet", ".json": "read_json", ".jsonl": "read_json",
    ".ndjson": "read_json",
}  # fmt: skip
_MEMORY = "2GB"
_UNREAD = frozenset({"deletionVectors", "columnMapping", "variantType"})
"""Features of a Delta table under which its Parquet files do not hold its rows as they are read:
https://github.com/delta-io/delta/blob/master/PROTOCOL.md#valid-feature-names-in-table-features"""


@dataclass(frozen=True, kw_only=True)
class FileRows:
    """The rows of files, under a name of DuckDB's."""

    connection: DuckDBPyConnection
    label: str

    @property
    def dialect(self) -> Dialect:
        """DuckDB's SQL."""
        return "duckdb"

    @property
    def relation(self) -> str:
        """The view over the files."""
        return RELATION

    def columns(self) -> tuple[DataColumn, ...]:
        """The columns with the types that DuckDB reads."""
        return tuple(
            DataColumn(name=row[0] or "", type=row[1] or "") for row in self.ask(f"DESCRIBE {RELATION}", 2_000)
        )

    def ask(self, statement: str, limit: int) -> Answer:
        """The rows of a statement.

        Raises:
            WorkspaceError: the files cannot be read as what they seem.
        """
        from duckdb import Error

        try:
            rows = self.connection.execute(statement).fetchmany(limit)
        except Error as error:
            said = str(error).partition("\n")[0][:300]
            raise WorkspaceError(f"the data {self.label!r} cannot be measured ({said})") from None
        return tuple(tuple(None if value is None else str(value) for value in row) for row in rows)


def is_data(path: Path) -> bool:
    """Whether this is a file of data, or the folder of a Delta table."""
    return (path.is_file() and path.suffix.lower() in _READERS) or (path / "_delta_log").is_dir()


@contextmanager
def file_rows(path: Path) -> Iterator[FileRows]:
    """The rows of a data file or Delta folder, for as long as they are asked.

    Raises:
        WorkspaceError: it is neither, it cannot be read, or what reads it is not installed.
    """
    try:
        import duckdb
    except ModuleNotFoundError:
        raise WorkspaceError("data on disk is read by duckdb: install the package with its extra 'delta'") from None
    if not is_data(path):
        raise WorkspaceError(
            f"{str(path)!r} is no data: give a {', '.join(_READERS)} file or the folder of a Delta table"
        )
    sources = _delta_files(path) if path.is_dir() else [str(path)]
    reader = "read_parquet" if path.is_dir() else _READERS[path.suffix.lower()]
    config: dict[str, str | bool | int | float | list[str]] = {
        "threads": 2,
        "memory_limit": _MEMORY,
        "autoinstall_known_extensions": False,
    }
    with duckdb.connect(":memory:", config=config) as connection:
        rows = FileRows(connection=connection, label=path.name)
        listed = ", ".join(_text(source) for source in sources)
        partitions = ", hive_partitioning = true" if path.is_dir() else ""
        # A table and not a view: what is measured stays the same, and no file can be named by a later statement.
        rows.ask(_LOAD.substitute(name=RELATION, reader=reader, files=listed, partitions=partitions), 1)
        connection.execute("SET enable_external_access = false; SET lock_configuration = true")
        yield rows


def _delta_files(folder: Path) -> list[str]:
    """The Parquet files of the table's newest version."""
    try:
        from deltalake import DeltaTable
        from deltalake.exceptions import DeltaError
    except ModuleNotFoundError:
        raise WorkspaceError("a Delta table is read by deltalake: install the package with its extra 'delta'") from None
    try:
        table = DeltaTable(folder)
        unread = _UNREAD.intersection(table.protocol().reader_features or ())
        files = [uri.removeprefix("file://") for uri in table.file_uris()]
    except DeltaError as error:
        said = str(error).partition("\n")[0][:300]
        raise WorkspaceError(f"the Delta table {folder.name!r} cannot be read ({said})") from None
    if unread:
        raise WorkspaceError(
            f"the Delta table {folder.name!r} uses {', '.join(sorted(unread))}, which is read on Databricks only: name "
            "the table and a workspace"
        )
    if not files:
        raise WorkspaceError(f"the Delta table {folder.name!r} has no rows to measure")
    return files


def _text(value: str) -> str:
    doubled = value.replace("'", "''")
    return f"'{doubled}'"
