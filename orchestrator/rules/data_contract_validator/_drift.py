"""The columns of a contract that the declaration of its table does not keep."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.rules.data_contract_validator._declared import declaration
from orchestrator.rules.data_contract_validator._types import keeps
from orchestrator.rules.rule import Hit

if TYPE_CHECKING:
    from orchestrator.code.contract import Contract, ContractObject
    from orchestrator.code.facts import Facts
    from orchestrator.rules.data_contract_validator._declared import Created
    from orchestrator.types import Location


def drifted(facts: Facts, created: Created, contract: Contract, each: ContractObject) -> Iterator[Hit]:
    """A hit for each promised column that is missing or has a type that cannot hold it."""
    declared = declaration(created, contract, each)
    if declared is None:
        return
    where = f"{declared.location.path}:{declared.location.start_line}"
    for column in each.columns:
        name = column.column_name
        if not name or "{" in name:
            continue
        kind, place = declared.columns.get(name.lower(), ("", declared.whole))
        promised = column.physical_type or column.logical_type
        key = "name"
        if name.lower() not in declared.columns:
            text = f"the contract promises `{name}`, and `{each.table_name}` is created without it ({where})"
        elif kind and not keeps(column, kind):
            text = f"the contract promises `{name}` as {promised}, and {where} declares it as {kind}"
            key = "physicalType" if "physicalType" in column.node else "logicalType"
        else:
            continue
        place = _touched(facts, column.node.key_location(key), place)
        yield Hit(location=place, message=f"{text}; change one of the two", symbol=name)


def _touched(facts: Facts, promise: Location, declared: Location) -> Location:
    """The side that the change under review touches: the promise, unless only the declaration did."""
    changed = facts.change.lines if facts.change is not None else {}
    if declared.path not in changed or promise.path in changed:
        return promise
    inside = sorted(changed[declared.path] & set(range(declared.start_line, declared.end_line + 1)))
    source = facts.project.by_path.get(declared.path)
    return source.location(inside[0]) if inside and source is not None else declared
