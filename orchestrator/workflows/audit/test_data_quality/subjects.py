"""What is tested: data files, Delta folders, or tables of the workspace."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from orchestrator.errors import UsageError
from orchestrator.workflows.commands.site import Site
from orchestrator.workspace.names import TableName, table_name
from orchestrator.workspace.quality.data_files import file_rows, is_data
from orchestrator.workspace.quality.rows import DataRows, TableRows

_TABLE = re.compile(r"[^/\\\s.]+\.[^/\\\s.]+\.[^/\\\s.]+")
_WORD = re.compile(r"\W+")


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One thing that is tested: a path with data, or a table."""

    name: str
    path: Path | None = None
    table: TableName | None = None

    @property
    def word(self) -> str:
        """Its short name, as files of checks are called."""
        last = self.table.table if self.table else self.name.partition(".")[0]
        return _WORD.sub("_", last).strip("_").lower() or "data"


def subjects(path: Path, tables: tuple[str, ...], site: Site) -> tuple[Subject, ...]:
    """What the parameters name; nothing where the path is a project, whose code is reviewed instead.

    Raises:
        UsageError: the path is not there, and is no table's name.
    """
    named = tuple(Subject(name=each, table=table_name(each)) for each in tables)
    place = site.path(path)
    if is_data(place):
        return (Subject(name=place.name, path=place), *named)
    if not place.exists():
        if not _TABLE.fullmatch(str(path)):
            raise UsageError(
                f"{str(path)!r} is not there: name a .csv, .json or .parquet file, the folder of a Delta table, a "
                "table as catalog.schema.table, or a project"
            )
        return (Subject(name=str(path), table=table_name(str(path))), *named)
    if place.is_file() and place.suffix.lower() not in {".py", ".sql", ".ipynb", ".yml", ".yaml"}:
        raise UsageError(f"{str(path)!r} is no data that is read: give a .csv, .tsv, .json, .jsonl or .parquet file")
    return named


@contextmanager
def opened(subject: Subject, site: Site) -> Iterator[DataRows]:
    """The rows of a subject.

    Raises:
        UsageError: no workspace was named for a table.
        WorkspaceError: the data cannot be read.
    """
    if subject.path is not None:
        with file_rows(subject.path) as rows:
            yield rows
    elif subject.table is not None:
        yield TableRows(workspace=site.workspace, name=subject.table)
