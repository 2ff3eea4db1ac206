"""The privileges that a project gives and takes: GRANT and REVOKE in its SQL, `grants` in its bundles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from orchestrator.code.tables import name_parts, normalised

if TYPE_CHECKING:
    from orchestrator.code.bundle import Target
    from orchestrator.code.project import Project
    from orchestrator.code.sql import SqlUnit
    from orchestrator.code.yaml import YamlMap
    from orchestrator.types import Location

_LEVELS = {1: "catalog", 2: "schema", 3: "table"}
_CONTAINERS = {"CATALOG": 1, "SCHEMA": 2}
_TABLES = frozenset({"TABLE", "VIEW", "MATERIALIZED VIEW"})
_RESOURCES = {"catalogs": 1, "schemas": 2}
_HOLE = "{"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeGrant:
    """Privileges that the code gives to a principal, or takes from it, on a catalog, a schema or a table.

    `parts` is the full name from the catalog down; a part that the code computes, or leaves to the current catalog or
    schema, is None.
    """

    action: Literal["grant", "revoke"]
    principal: str
    privileges: tuple[str, ...]
    kind: str
    parts: tuple[str | None, ...]
    location: Location

    def is_on(self, name: str) -> bool:
        """Whether it is about the object of that full name, as far as the code names it."""
        parts = name.lower().split(".")
        if len(parts) != len(self.parts) or self.parts[-1] is None:
            return len(parts) == len(self.parts) == 1
        return all(mine in {None, part} for mine, part in zip(self.parts, parts, strict=True))


def granted(project: Project, catalog: str) -> tuple[CodeGrant, ...]:
    """The grants and revocations of the project that can be about that catalog, in the order of the files."""
    found = [grant for unit, _file in project.sql_units() for grant in _of_sql(unit)]
    for bundle in project.bundles:
        targets = [target for target in bundle.targets if not target.is_development] or list(bundle.targets)
        for target in targets:
            found += _of_target(target)
    wanted = catalog.lower()
    of_catalog = {grant: None for grant in found if grant.parts[0] in {None, wanted}}
    return tuple(sorted(of_catalog, key=lambda item: (item.location.path, item.location.start_line, item.principal)))


def _of_sql(unit: SqlUnit) -> Iterator[CodeGrant]:
    from orchestrator.code.sql import Grant

    if not {"grant", "revoke"} & set(unit.template.text.lower().split()):
        return
    for statement in unit.statements:
        details = statement.details if statement.kind in {"GRANT", "REVOKE"} else None
        if not isinstance(details, Grant) or details.securable is None or not details.principal:
            continue
        level = _CONTAINERS.get(details.securable_type, 3 if details.securable_type in _TABLES else 0)
        if not level or details.principal_hole is not None:
            continue
        name = normalised(unit.template.source_of(details.securable.start, details.securable.end))
        yield CodeGrant(
            action="grant" if details.action == "grant" else "revoke",
            principal=details.principal.strip("`\"'"),
            privileges=tuple(map(_privilege, details.privileges)),
            kind=_LEVELS[level],
            parts=_parts(name, level),
            location=statement.location(),
        )


def _of_target(target: Target) -> Iterator[CodeGrant]:
    from orchestrator.code.yaml import YamlList, YamlScalar

    for resource in target.all_resources:
        level = _RESOURCES.get(resource.kind)
        for entry in resource.node.maps("grants") if level else ():
            principal, listed = entry.get("principal"), entry.get("privileges")
            if level is None or not isinstance(principal, YamlScalar) or not isinstance(principal.value, str):
                continue
            privileges = listed if isinstance(listed, YamlList) else ()
            yield CodeGrant(
                action="grant",
                principal=principal.value,
                privileges=tuple(_privilege(str(each.value)) for each in privileges if isinstance(each, YamlScalar)),
                kind=_LEVELS[level],
                parts=_resource_parts(resource.node, level),
                location=principal.location,
            )


def _resource_parts(node: YamlMap, level: int) -> tuple[str | None, ...]:
    keys = ("catalog_name", "name")[2 - level :]
    return tuple(_known(node.text(key) or _HOLE) for key in keys)


def _parts(name: str, level: int) -> tuple[str | None, ...]:
    """The parts from the catalog down; those that are not written stand for the current catalog and schema."""
    parts = [_known(part) for part in name_parts(name)][-level:]
    return (*([None] * (level - len(parts))), *parts)


def _known(part: str) -> str | None:
    return None if _HOLE in part else part.lower()


def _privilege(text: str) -> str:
    return "_".join(text.upper().replace("_", " ").split())
