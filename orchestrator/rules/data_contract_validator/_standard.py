"""What the Open Data Contract Standard, version 3, demands of a file, as far as its schema says so in every release."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from orchestrator.code.yaml import YamlList, YamlMap, YamlScalar

if TYPE_CHECKING:
    from orchestrator.code.contract import Contract, ContractColumn, ContractRule
    from orchestrator.types import Location

_REQUIRED = ("apiVersion", "id", "version", "status")
_KEYS = (
    "apiVersion", "kind", "id", "name", "version", "status", "tenant", "tags", "servers", "dataProduct", "description",
    "domain", "schema", "support", "price", "team", "roles", "slaDefaultElement", "slaProperties", "customProperties",
    "authoritativeDefinitions", "contractCreatedTs",
)  # fmt: skip
_TYPES = frozenset(
    {"string", "date", "timestamp", "time", "number", "integer", "object", "array", "boolean", "map", "vector"}
)
_API_VERSION = re.compile(r"v\d+\.\d+\.\d+(?:[-+.][\w.-]+)?\Z")
_QUALITY_KINDS = frozenset({"text", "library", "sql", "custom"})
_FLAGS = ("required", "unique", "primaryKey")
_LONGEST_KEY = 40
_MOST_KEYS = 50
_TEMPLATE = ("{{", "${", "<%")


class Breach(NamedTuple):
    """One place where the file is not what the standard demands, and what is wrong there."""

    location: Location
    text: str
    is_mild: bool = False


def breaches(contract: Contract) -> Iterator[Breach]:
    """Every breach of the standard in the contract, in the order of the checks."""
    yield from _head(contract)
    yield from _schema(contract)
    yield from _quality(contract.quality)
    yield from _entries(contract.node, "slaProperties", ("property", "value"))
    yield from _entries(contract.node, "servers", ("server", "type"))
    yield from _elements(contract)


def _head(contract: Contract) -> Iterator[Breach]:
    root = contract.node
    missing = [key for key in _REQUIRED if key not in root]
    if len(missing) == 1:
        yield Breach(
            contract.location, f"the contract has no `{missing[0]}`, which the standard requires", is_mild=True
        )
    version = contract.api_version
    if version is not None and not _API_VERSION.match(version) and not _is_template(version):
        yield Breach(root.key_location("apiVersion"), f"`apiVersion` is {version!r}, not like `v3.1.0`")
    for key in [key for key in root if key not in _KEYS and len(key) <= _LONGEST_KEY][:_MOST_KEYS]:
        near = get_close_matches(key, _KEYS, n=1, cutoff=0.85)
        if near and near[0] not in root:
            yield Breach(root.key_location(key), f"`{key}` is ignored; the section is called `{near[0]}`")


def _schema(contract: Contract) -> Iterator[Breach]:
    if isinstance(contract.node.get("schema"), YamlMap):
        yield Breach(contract.node.key_location("schema"), "`schema` is a map, and must be a list of tables")
    yield from _twice((each.name, each.node) for each in contract.objects)
    for each in contract.objects:
        if not each.name:
            yield Breach(each.location, "a table of the schema has no `name`")
        yield from _columns(each.node, each.columns)


def _columns(holder: YamlMap, columns: tuple[ContractColumn, ...]) -> Iterator[Breach]:
    if isinstance(holder.get("properties"), YamlMap):
        yield Breach(holder.key_location("properties"), "`properties` is a map, and must be a list of columns")
    yield from _twice((each.column_name, each.node) for each in columns)
    for column in columns:
        shown = f"column `{column.name}`" if column.name else "a column"
        if not column.name:
            yield Breach(column.location, "a column has no `name`")
        kind = column.logical_type
        if kind is not None and kind not in _TYPES and not _is_template(kind):
            place = column.node.key_location("logicalType")
            yield Breach(place, f"{shown} has the logical type {kind!r}, which the standard does not know")
        for flag in _FLAGS:
            value = column.node.scalar(flag)
            if value is not None and not isinstance(value.value, bool) and not _is_template(value.text):
                yield Breach(column.node.key_location(flag), f"`{flag}` of {shown} is {value.text!r}, no boolean")
        yield from _columns(column.node, column.columns)


def _twice(named: Iterable[tuple[str, YamlMap]]) -> Iterator[Breach]:
    """Every name that stands a second time among its siblings; Databricks does not tell cases apart."""
    seen: Counter[str] = Counter()
    for name, node in named:
        seen[name.lower()] += 1
        if name and seen[name.lower()] == 2:
            yield Breach(node.key_location("name"), f"`{name}` is declared twice at the same level")


def _quality(rules: tuple[ContractRule, ...]) -> Iterator[Breach]:
    for rule in rules:
        if rule.kind not in _QUALITY_KINDS:
            yield Breach(rule.node.key_location("type"), f"{rule.kind!r} is no type of quality rule")
        elif rule.kind == "sql" and rule.query is None:
            yield Breach(rule.location, "a quality rule of type sql has no `query`")
        elif rule.kind == "library" and rule.metric is None:
            yield Breach(rule.location, "a quality rule of type library has no `metric`")
        elif rule.kind == "custom" and not {"engine", "implementation"} <= set(rule.node):
            yield Breach(rule.location, "a quality rule of type custom needs `engine` and `implementation`")


def _entries(root: YamlMap, section: str, required: tuple[str, ...]) -> Iterator[Breach]:
    node = root.get(section)
    if isinstance(node, YamlMap):
        yield Breach(root.key_location(section), f"`{section}` is a map, and must be a list")
    for each in node.maps() if isinstance(node, YamlList) else ():
        missing = [key for key in required if key not in each]
        if missing:
            yield Breach(each.location, f"an entry of `{section}` has no `{'` and no `'.join(missing)}`")


def _elements(contract: Contract) -> Iterator[Breach]:
    """Promises about a column that the contract does not describe."""
    described = {
        (name.lower(), column.lower())
        for each in contract.objects
        for name in (each.name, each.table_name)
        for known in each.columns
        for column in (known.name, known.column_name)
    }
    if not described or not all(each.columns for each in contract.objects):
        return
    for sla in contract.sla:
        for element in (sla.element or "").split(","):
            table, dot, column = element.strip().rpartition(".")
            if dot and "." not in table and (table.lower(), column.lower()) not in described:
                place = sla.node.scalar("element")
                text = f"the promise `{sla.name}` is about `{element.strip()}`, which the contract does not describe"
                yield Breach(place.location if isinstance(place, YamlScalar) else sla.location, text)


def _is_template(text: str) -> bool:
    return any(mark in text for mark in _TEMPLATE)
