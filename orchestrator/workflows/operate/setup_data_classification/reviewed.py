"""A list that people confirmed: column, key, value, one a line."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from orchestrator.errors import UsageError, WorkspaceError
from orchestrator.workspace.governance.securables import full_name
from orchestrator.workspace.governance.tables import Tables
from orchestrator.workspace.governance.tags import tag_key

MOST_BYTES = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Confirmed:
    """A tag that a person wants on a column."""

    column: str
    key: str
    value: str
    line: int


def read_reviewed(path: Path, tables: Tables, allowed: Mapping[str, tuple[str, ...]]) -> tuple[Confirmed, ...]:
    """The list, checked against the tables and the allowed values of governed tags.

    Raises:
        UsageError: it cannot be read, or a line names another column, key or value; the sentence has its number.
    """
    columns = {f"{table.name}.{column.name}".lower() for table in tables.items for column in table.columns}
    found = []
    for line, fields in enumerate(csv.reader(StringIO(_text(path))), start=1):
        cells = [cell.strip() for cell in fields]
        if not any(cells) or cells[0].startswith("#") or [cell.lower() for cell in cells] == ["column", "key", "value"]:
            continue
        found.append(_confirmed(cells, f"{path.name}:{line}", line, columns, allowed))
    if not found:
        raise UsageError(f"{path.name} confirms nothing; write column, key, value, one a line")
    return tuple(found)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UsageError(f"{path.name} has more than {MOST_BYTES} bytes")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise UsageError(f"the reviewed list {str(path)!r} cannot be read ({why})") from error


def _confirmed(
    cells: list[str], place: str, line: int, columns: set[str], allowed: Mapping[str, tuple[str, ...]]
) -> Confirmed:
    if len(cells) != 3:
        raise UsageError(f"{place}: a line has three fields, column, key and value, and this one {len(cells)}")
    try:
        column, key = full_name("column", cells[0]), tag_key(cells[1])
    except WorkspaceError as error:
        raise UsageError(f"{place}: {error}") from None
    if column.lower() not in columns:
        raise UsageError(f"{place}: there is no column {column!r} in what was read")
    values = allowed.get(key, ())
    if values and cells[2] not in values:
        raise UsageError(
            f"{place}: the governed tag {key!r} does not allow {cells[2]!r}; it allows {', '.join(values)}"
        )
    return Confirmed(column=column, key=key, value=cells[2], line=line)
