"""Data contracts in the Open Data Contract Standard, version 3, read leniently: what is absent is None or empty."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeGuard

from orchestrator.code.yaml import YamlMap, parse_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.code.source import SourceFile
    from orchestrator.code.yaml import YamlNode, YamlScalar
    from orchestrator.types import Location

_KIND = re.compile(r"""^["']?kind["']?\s*:\s*["']?DataContract\b""", re.MULTILINE)
_SUFFIXES = (".yml", ".yaml")
_DEEPEST_COLUMN = 20


@dataclass(frozen=True, kw_only=True, eq=False)
class ContractRule:
    """One entry of a `quality` list; `column` is empty for a rule of the whole object.

    `metric` is the library rule's name, under whichever of the standard's two keys it is written.
    """

    kind: str
    metric: str | None
    name: str | None
    column: str
    query: str | None
    severity: str | None
    node: YamlMap

    @property
    def location(self) -> Location:
        """The place of the rule."""
        return self.node.location


@dataclass(frozen=True, kw_only=True, eq=False)
class ContractColumn:
    """One property of a schema object; `columns` are those nested in it."""

    name: str
    physical_name: str | None
    logical_type: str | None
    physical_type: str | None
    required: bool
    unique: bool
    primary_key: bool
    classification: str | None
    columns: tuple[ContractColumn, ...]
    quality: tuple[ContractRule, ...]
    node: YamlMap

    @property
    def column_name(self) -> str:
        """The name in the table: the physical one where it is given."""
        return self.physical_name or self.name

    @property
    def location(self) -> Location:
        """The place of the property."""
        return self.node.location


@dataclass(frozen=True, kw_only=True, eq=False)
class ContractObject:
    """One table or view that the contract promises."""

    name: str
    physical_name: str | None
    physical_type: str | None
    columns: tuple[ContractColumn, ...]
    quality: tuple[ContractRule, ...]
    node: YamlMap

    @property
    def table_name(self) -> str:
        """The name in the catalog: the physical one where it is given."""
        return self.physical_name or self.name

    @property
    def location(self) -> Location:
        """The place of the object."""
        return self.node.location

    def column(self, name: str) -> ContractColumn | None:
        """The column of that table name, whatever its case."""
        wanted = name.lower()
        return next((column for column in self.columns if column.column_name.lower() == wanted), None)


@dataclass(frozen=True, kw_only=True, eq=False)
class SlaProperty:
    """One promise of service, such as a latency of 4 hours: `value` is as written, `unit` such as `d`, `h` or `m`."""

    name: str
    value: YamlScalar | None
    unit: str | None
    element: str | None
    node: YamlMap

    @property
    def location(self) -> Location:
        """The place of the promise."""
        return self.node.location


@dataclass(frozen=True, kw_only=True, eq=False)
class Contract:
    """One contract file."""

    source: SourceFile
    api_version: str | None
    id: str | None
    name: str | None
    version: str | None
    status: str | None
    objects: tuple[ContractObject, ...]
    sla: tuple[SlaProperty, ...]
    node: YamlMap

    @property
    def path(self) -> str:
        """The project-relative path of the file."""
        return self.source.path

    @property
    def location(self) -> Location:
        """The place of the `kind` key."""
        return self.node.key_location("kind")

    @property
    def quality(self) -> tuple[ContractRule, ...]:
        """Every quality rule of every object and column, in order."""
        return tuple(rule for each in self.objects for rule in (*each.quality, *_nested_rules(each.columns)))


def is_contract(source: SourceFile) -> bool:
    """Whether the text looks like a contract, without parsing it."""
    return source.path.endswith(_SUFFIXES) and _KIND.search(source.text) is not None


def parse_contract(source: SourceFile) -> Contract | None:
    """The contract that the file holds, None where it is not one or is not YAML; never raises."""
    if not is_contract(source):
        return None
    root = next((node for node in parse_yaml(source).documents if _is_root(node)), None)
    return _contract(source, root) if root else None


def _contract(source: SourceFile, root: YamlMap) -> Contract:
    return Contract(
        source=source,
        api_version=root.text("apiVersion"),
        id=root.text("id"),
        name=root.text("name") or root.text("dataProduct"),
        version=root.text("version"),
        status=root.text("status"),
        objects=tuple(_object(each) for each in root.maps("schema")),
        sla=tuple(_sla(each) for each in root.maps("slaProperties")),
        node=root,
    )


def _is_root(node: YamlNode) -> TypeGuard[YamlMap]:
    return isinstance(node, YamlMap) and node.text("kind") == "DataContract"


def _object(node: YamlMap) -> ContractObject:
    return ContractObject(
        name=node.text("name") or "",
        physical_name=node.text("physicalName"),
        physical_type=node.text("physicalType"),
        columns=tuple(_column(each, depth=0) for each in node.maps("properties")),
        quality=tuple(_rule(each, "") for each in node.maps("quality")),
        node=node,
    )


def _column(node: YamlMap, *, depth: int) -> ContractColumn:
    name = node.text("name") or ""
    nested = node.maps("properties") if depth < _DEEPEST_COLUMN else ()
    return ContractColumn(
        name=name,
        physical_name=node.text("physicalName"),
        logical_type=node.text("logicalType"),
        physical_type=node.text("physicalType"),
        required=node.boolean("required") is True,
        unique=node.boolean("unique") is True,
        primary_key=node.boolean("primaryKey") is True,
        classification=node.text("classification"),
        columns=tuple(_column(each, depth=depth + 1) for each in nested),
        quality=tuple(_rule(each, name) for each in node.maps("quality")),
        node=node,
    )


def _rule(node: YamlMap, column: str) -> ContractRule:
    metric = node.text("metric") or node.text("rule")
    return ContractRule(
        kind=node.text("type") or ("library" if metric else "text"),
        metric=metric,
        name=node.text("name") or node.text("id"),
        column=column,
        query=node.text("query"),
        severity=node.text("severity"),
        node=node,
    )


def _sla(node: YamlMap) -> SlaProperty:
    return SlaProperty(
        name=node.text("property") or "",
        value=node.scalar("value"),
        unit=node.text("unit"),
        element=node.text("element"),
        node=node,
    )


def _nested_rules(columns: tuple[ContractColumn, ...]) -> Iterator[ContractRule]:
    for column in columns:
        yield from column.quality
        yield from _nested_rules(column.columns)
