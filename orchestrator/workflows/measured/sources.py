"""The tables that the code names: those behind a finding, and all of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from orchestrator.code.facts import Facts
from orchestrator.code.frames import ACTIONS, Frame, Root, RootKind
from orchestrator.code.python import PythonFile
from orchestrator.code.roles import Role
from orchestrator.code.tables import TableUse, Use, normalised
from orchestrator.types import Finding, Location
from orchestrator.workspace.names import TableName, table_name

_SMALL = frozenset({RootKind.LITERAL, RootKind.RANGE, RootKind.CATALOG, RootKind.PANDAS})
"""Sources that hold no table and need no asking."""
_ELSEWHERE = frozenset({"hive_metastore", "spark_catalog", "system", "live"})
"""Catalogs whose tables Unity Catalog does not describe, or that are no tables of the project."""
_SYSTEM_SCHEMA = "information_schema"
_PLAIN = re.compile(r"[\w-]{1,255}(?:\.[\w-]{1,255}){2}")
"""Names are part of the address of a request: what could end or extend an address is not asked for."""


@dataclass(frozen=True, kw_only=True)
class Sources:
    """The fully named tables of some code; `whole` tells that its frames come from nothing else."""

    names: tuple[TableName, ...] = ()
    whole: bool = False


@dataclass(frozen=True, kw_only=True)
class CodeTables:
    """The tables that the code of a project names."""

    facts: Facts

    def of(self, finding: Finding) -> Sources:
        """The tables that are read or written on the lines of a finding, or that its actions fetch from."""
        frames = tuple(self._frames(finding.location))
        found = [name for file, frame in frames for name in _names_of(file, frame)]
        roots = [(file, root) for file, frame in frames for root in _all(frame)]
        whole = bool(roots) and all(_is_named(file, root) for file, root in roots)
        written = (
            use.name for use in self._uses_at.get(finding.location.path, ()) if _inside(use.location, finding.location)
        )
        names = dict.fromkeys(name for text in (*found, *written) if (name := full_name(text)) is not None)
        return Sources(names=tuple(names), whole=whole)

    @cached_property
    def every(self) -> dict[TableName, bool]:
        """Every fully named table outside of tests, and whether the project makes it itself."""
        made: dict[TableName, bool] = {}
        for use in self._uses:
            name = full_name(use.name)
            if name is not None:
                made[name] = made.get(name, False) or use.use in {Use.DECLARE, Use.OVERWRITE, Use.STREAM_WRITE}
        return made

    @cached_property
    def unnamed(self) -> tuple[str, ...]:
        """The names that lack a catalog or hold a part that only a run knows."""
        names = {use.name for use in self._uses if full_name(use.name) is None}
        return tuple(sorted(name for name in names if name and not _is_elsewhere(name)))

    @cached_property
    def _uses(self) -> tuple[TableUse, ...]:
        paths = {use.location.path for use in self.facts.tables.uses}
        tests = {path for path in paths if self.facts.role(path) is Role.TEST}
        return tuple(use for use in self.facts.tables.uses if use.location.path not in tests)

    @cached_property
    def _uses_at(self) -> dict[str, tuple[TableUse, ...]]:
        found: dict[str, list[TableUse]] = {}
        for use in self.facts.tables.uses:
            found.setdefault(use.location.path, []).append(use)
        return {path: tuple(uses) for path, uses in found.items()}

    def _frames(self, location: Location) -> Iterator[tuple[PythonFile, Frame]]:
        """The frames that actions inside the location run over."""
        file = self.facts.project.python_by_path.get(location.path)
        if file is None or file.source.is_jupyter:
            return
        for call in file.calls_named(*ACTIONS):
            if call.receiver is not None and _inside(file.call_location(call), location):
                yield file, self.facts.frame(file, call.receiver)


def full_name(text: str) -> TableName | None:
    """The table of Unity Catalog that a normalised name stands for; None where a part is missing or unknown."""
    return table_name(text) if _PLAIN.fullmatch(text) and not _is_elsewhere(text) else None


def _is_elsewhere(text: str) -> bool:
    parts = text.split(".")
    return parts[0] in _ELSEWHERE or _SYSTEM_SCHEMA in parts


def _all(frame: Frame) -> tuple[Root, ...]:
    return (*frame.roots, *frame.joined)


def _is_named(file: PythonFile, root: Root) -> bool:
    """Whether a source is no table at all, or tables with full names alone."""
    if root.kind in _SMALL:
        return True
    names = tuple(_root_names(file, root))
    return bool(names) and all(full_name(name) is not None for name in names)


def _names_of(file: PythonFile, frame: Frame) -> Iterable[str]:
    return (name for root in _all(frame) for name in _root_names(file, root))


def _root_names(file: PythonFile, root: Root) -> Iterator[str]:
    """The normalised names of the tables that one source reads."""
    if root.kind is RootKind.TABLE:
        name = file.pattern(root.target)
        if name:
            yield normalised(name)
    elif root.sql is not None and root.sql.statements:
        for read in root.sql.statements[-1].reads:
            yield normalised(root.sql.template.source_of(read.start, read.end))


def _inside(inner: Location, outer: Location) -> bool:
    """Whether one place of a file lies within another, by lines and, where these are the same, by columns."""
    begins = (inner.start_line, inner.start_column) >= (outer.start_line, outer.start_column)
    if inner.end_line != outer.end_line or None in {inner.end_column, outer.end_column}:
        return begins and inner.end_line <= outer.end_line
    return begins and (inner.end_column or 0) <= (outer.end_column or 0)
