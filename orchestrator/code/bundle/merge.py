"""Lays one part of a bundle over another as the CLI does; every value keeps the place it came from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from orchestrator.code.yaml import MapEntry, YamlList, YamlMap, YamlNode, YamlScalar

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_VISITS: Final = 1_000_000


class BudgetError(Exception):
    """A bundle whose merged views would be larger than any that people write."""


@dataclass(slots=True)
class Budget:
    """How many more nodes may be visited while a bundle's views are made."""

    left: int = MOST_VISITS

    def spend(self, count: int = 1) -> None:
        """Take from what is left.

        Raises:
            BudgetError: nothing is left.
        """
        self.left -= count
        if self.left < 0:
            raise BudgetError


def merged(left: YamlNode | None, right: YamlNode | None, budget: Budget) -> YamlNode | None:
    """Maps merge key by key, lists follow each other, anything else is replaced; null replaces nothing."""
    if left is None or right is None or _is_null(left) or _is_null(right):
        return left if right is None or _is_null(right) else right
    if isinstance(left, YamlMap) and isinstance(right, YamlMap):
        return merged_maps(left, right, budget)
    if isinstance(left, YamlList) and isinstance(right, YamlList):
        budget.spend(len(left) + len(right))
        return replace(left, elements=(*left.elements, *right.elements))
    return right


def merged_maps(left: YamlMap, right: YamlMap, budget: Budget) -> YamlMap:
    """Both maps' keys; where both have one, the values merged."""
    budget.spend(len(left) + len(right))
    entries = dict(left.entries)
    for name, over in right.entries.items():
        under = entries.get(name)
        value = merged(under.value, over.value, budget) if under else over.value
        if value is not None:
            entries[name] = MapEntry(over.key if value is over.value or under is None else under.key, value)
    return replace(left, entries=entries, duplicates=(*left.duplicates, *right.duplicates))


def merged_by_key(elements: YamlList, name: str, budget: Budget, *, default: str | None = None) -> YamlList:
    """The list with maps of the same `name` laid over each other, in order of first appearance."""
    kept: list[YamlNode] = []
    places: dict[str, int] = {}
    for element in elements:
        key = (element.text(name) or default) if isinstance(element, YamlMap) else None
        if key is None or key not in places:
            places.setdefault(key or "", len(kept))
            kept.append(element)
            continue
        under = kept[places[key]]
        if isinstance(under, YamlMap) and isinstance(element, YamlMap):
            kept[places[key]] = merged_maps(under, element, budget)
    return elements if len(kept) == len(elements) else replace(elements, elements=tuple(kept))


def with_entries(node: YamlMap, entries: Mapping[str, MapEntry]) -> YamlMap:
    """The map with some entries set."""
    return replace(node, entries={**node.entries, **entries})


def _is_null(node: YamlNode) -> bool:
    return isinstance(node, YamlScalar) and node.value is None
