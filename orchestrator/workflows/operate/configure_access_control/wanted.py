"""The grants that a file wants: SQL statements, a list in YAML, or the `grants` of a bundle's resources."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from orchestrator.code.granted import granted
from orchestrator.code.project import Project, parse_project
from orchestrator.code.reading import read_project
from orchestrator.code.source import SourceFile
from orchestrator.code.sql import Grant
from orchestrator.code.yaml import YamlMap, parse_yaml
from orchestrator.errors import UsageError, WorkspaceError
from orchestrator.workflows.operate.configure_access_control.python_wanted import written
from orchestrator.workspace.changes import Goal
from orchestrator.workspace.governance.grants import GrantSetting, granting, privilege_name, revoking
from orchestrator.workspace.governance.protection import filtering, masking
from orchestrator.workspace.governance.securables import Kind, Securable, securable

_KINDS: dict[str, Kind] = {
    "catalog": "catalog", "schema": "schema", "database": "schema", "table": "table", "view": "table",
    "materialized view": "table", "volume": "volume", "function": "function",
}  # fmt: skip
_DAY = re.compile(r"\b(\d{4}-\d{2}-\d{2})\b")
_COMMENT = re.compile(r"(?:--|#)\s*(.+)")
_KEYS = frozenset({"grants", "row_filters", "masks"})
_GRANT_KEYS = frozenset({"on", "principal", "privileges", "reason", "until"})


@dataclass(frozen=True, kw_only=True)
class WantedGrant:
    """What a file wants of one principal on one object.

    `exactly` leaves it these privileges and no others; `grant` and `revoke` leave the others as they are. `reason` is
    the comment or the words beside it, `until` a day in them.
    """

    action: Literal["exactly", "grant", "revoke"]
    of: Securable
    principal: str
    privileges: frozenset[str]
    place: str
    reason: str = ""
    until: dt.date | None = None

    @property
    def goal(self) -> Goal:
        """As a goal about the live grants."""
        if self.action == "grant":
            return granting(self.of, self.principal, self.privileges)
        if self.action == "revoke":
            return revoking(self.of, self.principal, self.privileges)
        state = tuple(sorted(self.privileges))
        return Goal(setting=GrantSetting(of=self.of, principal=self.principal), wanted=lambda _now: state)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """All that a file wants: grants, and the row filters and masks of tables."""

    grants: tuple[WantedGrant, ...]
    protections: tuple[Goal, ...] = ()


def read_wanted(path: Path, catalog: str) -> Wanted:
    """What the file, or the bundle in the folder, wants in the catalog.

    Raises:
        UsageError: it cannot be read, or a line of it is no grant that can be resolved.
    """
    files = read_project(path)
    project = parse_project(files)
    if path.is_dir():
        return _within(_bundle(project, catalog, None), catalog)
    source = _source(project, path)
    if path.suffix == ".sql":
        return _within(Wanted(grants=tuple(_of_sql(project, source))), catalog)
    if path.suffix == ".py":
        return _within(Wanted(grants=tuple(_of_python(source))), catalog)
    if path.suffix not in {".yml", ".yaml"}:
        raise UsageError(f"{str(path)!r} holds no grants; give a .sql, .yml or .py file, or the folder of a bundle")
    document = parse_yaml(source)
    if document.map is None:
        why = document.problem or "it holds no keys"
        raise UsageError(f"{source.path}:{document.problem_line} is no YAML of grants ({why})")
    if "resources" in document.map or "bundle" in document.map:
        return _within(_bundle(project, catalog, source.path), catalog)
    return _within(_of_yaml(document.map, source), catalog)


def _source(project: Project, path: Path) -> SourceFile:
    found = [each for each in project.sources if path.resolve().as_posix().endswith(f"/{each.path}")]
    if not found:
        raise UsageError(f"{str(path)!r} cannot be read as text")
    return max(found, key=lambda each: len(each.path))


def _within(wanted: Wanted, catalog: str) -> Wanted:
    """The same, where every object is of the catalog.

    Raises:
        UsageError: one is not, or there is none.
    """
    if not wanted.grants and not wanted.protections:
        raise UsageError(f"there is no grant, row filter or mask in catalog {catalog!r}; nothing is wanted")
    other = next((each for each in wanted.grants if each.of.name.split(".")[0].lower() != catalog.lower()), None)
    if other is not None:
        raise UsageError(f"{other.place}: {other.of} is not in catalog {catalog!r}; one command is for one catalog")
    return wanted


def _of_sql(project: Project, source: SourceFile) -> Iterator[WantedGrant]:
    for unit in project.sql_units_of(source.path):
        for statement in unit.statements:
            line = statement.location().start_line
            place = f"{source.path}:{line}"
            details = statement.details
            if not isinstance(details, Grant) or details.action == "deny":
                raise UsageError(f"{place}: only GRANT and REVOKE are read here, not {statement.kind or 'this'}")
            if details.securable is None or not details.principal or details.principal_hole is not None:
                raise UsageError(f"{place}: the object or the principal is not written out; write the name itself")
            kind = details.securable_type.lower()
            written = unit.template.source_of(details.securable.start, details.securable.end)
            of = _object(kind, written, place)
            principal = details.principal.strip("`\"'")
            yield _wanted(details.action, of, principal, details.privileges, place=place, reason=_beside(source, line))


def _of_python(source: SourceFile) -> Iterator[WantedGrant]:
    for each in written(source):
        place = f"{source.path}:{each.line}"
        of = _object(each.kind, each.name, place)
        reason = _beside(source, each.line)
        yield _wanted("exactly", of, each.principal, each.privileges, place=place, reason=reason)


def _of_yaml(root: YamlMap, source: SourceFile) -> Wanted:
    _known_keys(root, _KEYS, source)
    grants = tuple(_entry(each, source) for each in root.maps("grants"))
    filters = tuple(_protection(each, source, "row_filters") for each in root.maps("row_filters"))
    masks = tuple(_protection(each, source, "masks") for each in root.maps("masks"))
    return Wanted(grants=grants, protections=(*filters, *masks))


def _known_keys(node: YamlMap, known: frozenset[str], source: SourceFile) -> None:
    unknown = next((key for key in node if key not in known), None)
    if unknown is not None:
        line = node.key_location(unknown).start_line
        raise UsageError(f"{source.path}:{line}: {unknown[:60]!r} is no key here; there are {', '.join(sorted(known))}")


def _entry(node: YamlMap, source: SourceFile) -> WantedGrant:
    _known_keys(node, _GRANT_KEYS, source)
    place = f"{source.path}:{node.start_line}"
    on, principal = node.text("on"), node.text("principal")
    if not on or not principal or node.list("privileges") is None:
        raise UsageError(f"{place}: a grant needs `on: KIND NAME`, `principal` and a list of `privileges`")
    kind, _, name = on.partition(" ")
    listed = tuple(each.text for each in node.scalars("privileges"))
    words = " ".join(filter(None, (node.text("reason"), node.text("until"))))
    reason = words or _beside(source, node.start_line)
    return _wanted("exactly", _object(kind, name, place), principal, listed, place=place, reason=reason)


def _protection(node: YamlMap, source: SourceFile, key: str) -> Goal:
    place = f"{source.path}:{node.start_line}"
    names = {"table", "function", "columns"} if key == "row_filters" else {"table", "column", "function", "using"}
    _known_keys(node, frozenset(names), source)
    table, function, column = node.text("table"), node.text("function"), node.text("column")
    try:
        if key == "row_filters":
            return filtering(table or "", function, tuple(each.text for each in node.scalars("columns")))
        return masking(table or "", column or "", function, tuple(each.text for each in node.scalars("using")))
    except WorkspaceError as error:
        raise UsageError(f"{place}: {error}") from None


def _bundle(project: Project, catalog: str, only: str | None) -> Wanted:
    if not project.bundles:
        raise UsageError("resources with grants belong to a bundle, and there is no databricks.yml beside them")
    sources = {each.path: each for each in project.sources}
    found = []
    for grant in granted(project, catalog):
        source = sources.get(grant.location.path)
        if source is None or not source.path.endswith((".yml", ".yaml")) or only not in {None, source.path}:
            continue
        place = f"{source.path}:{grant.location.start_line}"
        if None in grant.parts:
            raise UsageError(f"{place}: the object's name is computed; give each target's catalog a default")
        of = _object(grant.kind, ".".join(part or "" for part in grant.parts), place)
        reason = _beside(source, grant.location.start_line)
        found.append(_wanted("exactly", of, grant.principal, grant.privileges, place=place, reason=reason))
    return Wanted(grants=tuple(found))


def _wanted(
    action: Literal["exactly", "grant", "revoke"],
    of: Securable,
    principal: str,
    privileges: Iterable[str],
    *,
    place: str,
    reason: str,
) -> WantedGrant:
    if "${" in principal:
        raise UsageError(f"{place}: the principal {principal[:80]!r} is computed; write the name itself")
    try:
        names = frozenset(map(privilege_name, privileges))
    except WorkspaceError as error:
        raise UsageError(f"{place}: {error}") from None
    return WantedGrant(
        action=action, of=of, principal=principal, privileges=names, place=place, reason=reason, until=_day(reason)
    )


def _object(kind: str, name: str, place: str) -> Securable:
    known = _KINDS.get(kind.lower())
    if known is None:
        raise UsageError(f"{place}: {kind[:40]!r} is no kind of object here; there are {', '.join(sorted(_KINDS))}")
    try:
        return securable(known, name.lower())
    except WorkspaceError as error:
        raise UsageError(f"{place}: {error}") from None


def _beside(source: SourceFile, line: int) -> str:
    """The comment at the end of the line, or on the line above it."""
    same = _COMMENT.search(source.lines[line - 1])
    above = _COMMENT.fullmatch(source.lines[line - 2].strip()) if line > 1 else None
    found = same or above
    return found[1].strip() if found else ""


def _day(text: str) -> dt.date | None:
    found = _DAY.search(text)
    try:
        return dt.date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None
