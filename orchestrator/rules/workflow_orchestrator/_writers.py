"""Which tables a task's own file writes, and how: what decides whether two runs may happen at once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.code.tables import TableUse, Use, is_resolved

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.sql import Statement
    from orchestrator.code.writes import Write
    from orchestrator.types import Location

_LITERAL = re.compile(r"'([^']*)'|=\s*(\d+)")
FULL_NAME = 3
"""The parts of a name with catalog, schema and table."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Writer:
    """One write of a table; `literals` are the constants in its conditions, which may keep two writers apart."""

    use: TableUse
    verb: str
    selective: bool
    literals: frozenset[str]

    @property
    def name(self) -> str:
        """The table's name, with `{source}` for unknown parts."""
        return self.use.name

    @property
    def replaces_all(self) -> bool:
        """Whether every row of the table is replaced."""
        return not self.selective and (self.use.use in {Use.OVERWRITE, Use.DECLARE} or self.verb == "TRUNCATE")

    @property
    def rewrites(self) -> bool:
        """Whether rows that others may be writing are changed."""
        return self.use.use.rewrites or self.use.use is Use.DECLARE

    @property
    def is_complete(self) -> bool:
        """Whether the name has catalog, schema and table, all known."""
        return "{" not in self.name and ":" not in self.name and len(self.use.parts) == FULL_NAME

    @property
    def schema_hole(self) -> str | None:
        """The name behind an unknown schema, such as `schema` of `{args.schema}`; None where the schema is known."""
        schema = self.use.parts[-2]
        return schema.strip("{}").rpartition(".")[2] if "{" in schema else None

    def __str__(self) -> str:
        return f"{self.verb} in {self.use.location}"


def writers_by_path(facts: Facts) -> Mapping[str, tuple[Writer, ...]]:
    """The writers of tables with a known name, by the file that they stand in."""
    found: dict[str, list[Writer]] = defaultdict(list)
    python: dict[str, dict[Location, Write]] = {}
    for use in facts.tables.uses:
        path = use.location.path
        if not is_resolved(use.name) or not (use.use.writes or _is_replaced(use)):
            continue
        if path not in python:
            python[path] = _writes(facts, path)
        found[path].append(_writer(use, python[path].get(use.location)))
    return {path: tuple(writers) for path, writers in found.items()}


def _writes(facts: Facts, path: str) -> dict[Location, Write]:
    """The writes of a Python file; none where the session may overwrite single partitions."""
    file = facts.project.python_by_path.get(path)
    if file is None or "partitionOverwriteMode" in file.source.text:
        return {}
    return {file.call_location(write.call): write for write in facts.writes(file)}


def _writer(use: TableUse, write: Write | None) -> Writer:
    if use.statement is not None:
        return Writer(
            use=use,
            verb="CREATE OR REPLACE" if use.use is Use.DECLARE else use.statement.kind,
            selective=_is_selective(use.statement),
            literals=_literals(use.statement.text),
        )
    return Writer(
        use=use,
        verb=use.use.value,
        selective=use.use is Use.OVERWRITE and (write is None or _replaces_part(write)),
        literals=frozenset(),
    )


def _is_replaced(use: TableUse) -> bool:
    """Whether a declaration is `CREATE OR REPLACE TABLE ... AS`, which writes the table anew."""
    statement = use.statement
    if use.use is not Use.DECLARE or statement is None or statement.kind != "CREATE TABLE":
        return False
    words = [token.upper for token in statement.tokens[:4]]
    return "REPLACE" in words and "TEMP" not in words and "TEMPORARY" not in words and statement.query is not None


def _is_selective(statement: Statement) -> bool:
    from orchestrator.code.sql.changes import Insert

    details = statement.details
    return isinstance(details, Insert) and details.is_selective


def _replaces_part(write: Write) -> bool:
    """Whether an overwrite replaces a slice, or may do so by options from a variable."""
    narrowing = ("replaceWhere", "partitionOverwriteMode", "replaceUsing", "replaceOn")
    if write.open_ended or any(write.option(name) is not None for name in narrowing):
        return True
    return write.verb in {"overwrite", "overwritePartitions", "insertInto"}


def _literals(text: str) -> frozenset[str]:
    return frozenset(first or second for first, second in _LITERAL.findall(text))
