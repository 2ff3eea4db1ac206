"""The tables of a project: where each is declared, read and written, in Python and in SQL."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from orchestrator.code.frames import Root, RootKind
from orchestrator.types import Location

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.python import PythonFile
    from orchestrator.code.sql import SqlUnit, Statement, TableName


_DOT = re.compile(r"\.(?![^{}]*\})")


class Use(StrEnum):
    """What is done with a table."""

    DECLARE = "declare"
    READ = "read"
    STREAM = "stream"
    APPEND = "append"
    OVERWRITE = "overwrite"
    MERGE = "merge"
    CHANGE = "change"
    """UPDATE, DELETE or TRUNCATE."""
    STREAM_WRITE = "stream write"

    @property
    def rewrites(self) -> bool:
        """Whether rows that stood in the table change or go, which breaks a stream that reads it."""
        return self in {Use.MERGE, Use.CHANGE, Use.OVERWRITE}

    @property
    def writes(self) -> bool:
        """Whether the table's rows change at all."""
        return self.rewrites or self in {Use.APPEND, Use.STREAM_WRITE}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TableUse:
    """One use of a table; `name` is lower case, unquoted, with `{source}` for each unknown part."""

    name: str
    use: Use
    location: Location
    statement: Statement | None = None
    root: Root | None = None

    @property
    def parts(self) -> tuple[str, ...]:
        """The dotted parts of the name."""
        return name_parts(self.name)


@dataclass(frozen=True, eq=False)
class Tables:
    """Every use of every table."""

    uses: tuple[TableUse, ...]
    by_name: dict[str, tuple[TableUse, ...]]

    @classmethod
    def over(cls, facts: Facts) -> Tables:
        """The tables of a project."""
        found = [*_python_uses(facts), *_sql_uses(facts.project.sql)]
        by_name: dict[str, list[TableUse]] = defaultdict(list)
        for use in found:
            by_name[use.name].append(use)
        return cls(tuple(found), {name: tuple(uses) for name, uses in by_name.items()})

    def of(self, name: str | None) -> tuple[TableUse, ...]:
        """The uses of a table under exactly that name (see `normalised`)."""
        return self.by_name.get(normalised(name), ()) if name else ()

    def declarations(self, name: str | None) -> tuple[TableUse, ...]:
        """The CREATE TABLE statements of a table."""
        return tuple(use for use in self.of(name) if use.use is Use.DECLARE)


def normalised(name: str) -> str:
    """A table name in lower case and without backticks; the text of a hole keeps its case."""
    parts = re.split(r"(\{[^{}]*\})", name.replace("`", "").strip())
    return "".join(part if part.startswith("{") else part.lower() for part in parts)


def name_parts(name: str) -> tuple[str, ...]:
    """The parts of a name between its dots; a dot inside a hole separates nothing."""
    return tuple(_DOT.split(name))


def is_resolved(name: str) -> bool:
    """Whether a name says which table it is: two parts or more, and its last part known."""
    parts = name_parts(name)
    return len(parts) > 1 and "{" not in parts[-1] and "/" not in name


def _python_uses(facts: Facts) -> Iterator[TableUse]:
    for file in facts.project.python:
        for write in facts.writes(file):
            name = file.pattern(write.target) if write.to_table else None
            if name:
                use = Use.STREAM_WRITE if write.streaming else _mode_use(write.mode)
                yield TableUse(name=normalised(name), use=use, location=file.call_location(write.call))
        for merge in facts.merges(file):
            name = _delta_table(file, merge.table)
            if name:
                yield TableUse(name=normalised(name), use=Use.MERGE, location=file.call_location(merge.call))
        yield from _python_reads(facts, file)
        yield from _sql_uses(file.sql_units.values())


def _python_reads(facts: Facts, file: PythonFile) -> Iterator[TableUse]:
    for call in file.calls_named("table", "read_stream", "readStream", "read"):
        for root in facts.of(file).frames.of(call.node).roots:
            if root.kind is not RootKind.TABLE or root.node is not call.node:
                continue
            name = file.pattern(root.target)
            if name:
                yield TableUse(
                    name=normalised(name),
                    use=Use.STREAM if root.streaming else Use.READ,
                    location=file.call_location(call),
                    root=root,
                )


def _mode_use(mode: str | None) -> Use:
    return Use.OVERWRITE if mode == "overwrite" else Use.APPEND


def _delta_table(file: PythonFile, node: object) -> str | None:
    """The name in `DeltaTable.forName(spark, name)` behind a merge target, through aliases and names."""
    import ast

    from orchestrator.code.python import as_call

    current = node
    for _ in range(20):
        if isinstance(current, ast.Name):
            current = file.value_of(current)
            continue
        call = as_call(current) if isinstance(current, ast.AST) else None
        if call is None:
            return None
        if call.name == "forName":
            return file.pattern(call.argument(1 if len(call.node.args) > 1 else 0, "tableOrViewName"))
        current = call.receiver
    return None


_STATEMENT_USES = {
    "INSERT": Use.APPEND,
    "COPY INTO": Use.APPEND,
    "INSERT OVERWRITE": Use.OVERWRITE,
    "MERGE": Use.MERGE,
    "UPDATE": Use.CHANGE,
    "DELETE": Use.CHANGE,
    "TRUNCATE": Use.CHANGE,
}


_STREAM = re.compile(r"\bSTREAM\s*\(?\s*$", re.IGNORECASE)


def _sql_uses(units: Iterable[SqlUnit]) -> Iterator[TableUse]:
    for unit in units:
        for statement in unit.statements:
            yield from _statement_uses(unit, statement)


def _statement_uses(unit: SqlUnit, statement: Statement) -> Iterator[TableUse]:
    use = _STATEMENT_USES.get(statement.kind)
    if use is None and statement.kind.startswith("CREATE"):
        use = Use.DECLARE
    if use is not None:
        for name in statement.writes:
            yield _table_use(unit, statement, name, use)
    for name in statement.reads:
        before = unit.template.text[max(0, name.start - 20) : name.start]
        yield _table_use(unit, statement, name, Use.STREAM if _STREAM.search(before) else Use.READ)


def _table_use(unit: SqlUnit, statement: Statement, name: TableName, use: Use) -> TableUse:
    return TableUse(
        name=normalised(unit.template.source_of(name.start, name.end)),
        use=use,
        location=unit.location(name.start, name.end),
        statement=statement,
    )
