"""What a new version of a contract takes away from those who relied on the old one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from orchestrator.rules.data_contract_validator._types import narrower

if TYPE_CHECKING:
    from orchestrator.code.contract import Contract, ContractColumn, ContractObject
    from orchestrator.code.yaml import YamlMap

_VERSION = re.compile(r"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?")


class Break(NamedTuple):
    """One promise that is no longer made: `node` is where the new contract would hold it, `was` the line of the old."""

    node: YamlMap
    key: str
    text: str
    was: int


def breaks(old: Contract, new: Contract) -> Iterator[Break]:
    """Every table and column that went, and every column whose type or flags promise less."""
    now = {each.table_name.lower(): each for each in new.objects}
    for before in old.objects:
        after = now.get(before.table_name.lower())
        if after is None:
            yield Break(new.node, "schema", f"the table `{before.table_name}` is gone", before.node.start_line)
        else:
            yield from _columns(before, after)


def allows(old: str | None, new: str | None) -> bool:
    """Whether the step from one version to the next announces a break: a new major version, or any step below 1."""
    before, after = _VERSION.match(old or ""), _VERSION.match(new or "")
    if before is None or after is None:
        return old != new
    if int(before[1]) == 0:
        return before.groups() != after.groups()
    return int(after[1]) > int(before[1])


def _columns(before: ContractObject, after: ContractObject) -> Iterator[Break]:
    for old in before.columns:
        new = after.column(old.column_name)
        if new is None:
            yield Break(after.node, "properties", f"the column `{old.column_name}` is gone", old.node.start_line)
        else:
            yield from _less(old, new)
    keys = [{each.column_name.lower() for each in side.columns if each.primary_key} for side in (before, after)]
    if keys[0] and keys[1] and keys[0] != keys[1]:
        text = f"the key of `{after.table_name}` was {_listed(keys[0])} and is {_listed(keys[1])}"
        yield Break(after.node, "properties", text, before.node.start_line)


def _less(old: ContractColumn, new: ContractColumn) -> Iterator[Break]:
    name, line = new.column_name, old.node.start_line
    if narrower(old.physical_type, new.physical_type):
        yield Break(new.node, "physicalType", f"`{name}` was {old.physical_type} and is {new.physical_type}", line)
    elif old.logical_type and new.logical_type and _is_other(old, new):
        yield Break(new.node, "logicalType", f"`{name}` was of type {old.logical_type} and is {new.logical_type}", line)
    if old.required and not new.required:
        yield Break(new.node, "required", f"`{name}` was always filled and may now be NULL", line)
    if old.unique and not new.unique and not new.primary_key:
        yield Break(new.node, "unique", f"`{name}` was unique and may now repeat", line)


def _is_other(old: ContractColumn, new: ContractColumn) -> bool:
    """Whether the logical type changed to one that does not hold all values of the first."""
    step = (old.logical_type, new.logical_type)
    return old.logical_type != new.logical_type and step not in {("integer", "number"), ("date", "timestamp")}


def _listed(names: set[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))
