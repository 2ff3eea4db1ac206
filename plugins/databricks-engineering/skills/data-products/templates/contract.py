"""Reads what the two checks need of a data contract (ODCS 3). Needs pyyaml."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


class ContractError(Exception):
    """The file is no data contract, or a field that the checks need has another form than the standard says."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One property of a schema object.

    `key` is its position in the primary key, from 1, or 0. `values` are those that it may have; none means any.
    """

    name: str
    physical_type: str
    required: bool
    unique: bool
    key: int
    classification: str
    values: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Table:
    """One schema object; `rules` are its quality rules and those of its columns, by name, as canonical JSON."""

    name: str
    physical_name: str
    columns: dict[str, Column]
    rules: dict[str, str]

    @property
    def key(self) -> tuple[str, ...]:
        """The columns of the primary key in their order."""
        return tuple(column.name for column in sorted(self.columns.values(), key=lambda c: c.key) if column.key)


@dataclass(frozen=True, kw_only=True)
class Promise:
    """One SLA property; `element` is `object.column` or empty."""

    name: str
    element: str
    value: str | float
    unit: str


@dataclass(frozen=True, kw_only=True)
class Contract:
    """What a contract promises; `places` are its servers as `name=catalog.schema`."""

    id: str
    version: tuple[int, int, int]
    tables: dict[str, Table]
    promises: dict[tuple[str, str], Promise]
    places: frozenset[str]


def read_contract(path: Path) -> Contract:
    """The contract in a YAML file.

    Raises:
        ContractError: it is not YAML, not a DataContract, or its version is not `major.minor.patch`.
    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise ContractError(f"{path} is not YAML: {error}") from error
    if not isinstance(document, dict) or document.get("kind") != "DataContract":
        raise ContractError(f"{path} is no data contract: `kind` must be DataContract")
    tables = [_table(entry) for entry in document.get("schema") or []]
    promises = [_promise(entry) for entry in document.get("slaProperties") or []]
    return Contract(
        id=str(document.get("id")),
        version=_version(path, document.get("version")),
        tables={table.name: table for table in tables},
        promises={(promise.name.lower(), promise.element): promise for promise in promises},
        places=frozenset(
            f"{server['server']}={server.get('catalog')}.{server.get('schema')}"
            for server in document.get("servers") or []
        ),
    )


def _version(path: Path, text: object) -> tuple[int, int, int]:
    parts = str(text).split(".")
    if len(parts) != 3 or not all(part.isdecimal() for part in parts):
        raise ContractError(f"{path}: version {text!r} is not major.minor.patch, such as 1.0.0")
    return int(parts[0]), int(parts[1]), int(parts[2])


def _table(entry: dict[str, Any]) -> Table:
    columns = [_column(prop) for prop in entry.get("properties") or []]
    rules = {_rule_name(rule, ""): rule for rule in entry.get("quality") or []}
    for prop in entry.get("properties") or []:
        rules |= {_rule_name(rule, prop["name"]): rule for rule in prop.get("quality") or []}
    return Table(
        name=entry["name"],
        physical_name=entry.get("physicalName") or entry["name"],
        columns={column.name: column for column in columns},
        rules={name: json.dumps(rule, sort_keys=True, default=str) for name, rule in rules.items()},
    )


def _rule_name(rule: dict[str, Any], column: str) -> str:
    name = rule.get("name") or rule.get("metric") or rule.get("rule") or rule.get("query") or "rule"
    return f"{column}: {name}" if column else str(name)


def _column(prop: dict[str, Any]) -> Column:
    return Column(
        name=prop.get("physicalName") or prop["name"],
        physical_type=str(prop.get("physicalType") or "").upper().replace(" ", ""),
        required=bool(prop.get("required")),
        unique=bool(prop.get("unique")),
        key=int(prop.get("primaryKeyPosition") or 1) if prop.get("primaryKey") else 0,
        classification=str(prop.get("classification") or ""),
        values=tuple(str(entry["value"]) for entry in prop.get("enum") or []),
    )


def _promise(entry: dict[str, Any]) -> Promise:
    return Promise(
        name=entry["property"],
        element=str(entry.get("element") or ""),
        value=entry["value"] if isinstance(entry["value"], int | float) else str(entry["value"]),
        unit=str(entry.get("unit") or ""),
    )
