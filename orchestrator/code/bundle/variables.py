"""Fills `${...}` references with what is known offline: variables, the bundle's and target's names, literal settings.

What the CLI learns from flags, the environment, the workspace or other resources stays a hole.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from orchestrator.code.bundle.merge import Budget, BudgetError
from orchestrator.code.yaml import REFERENCE, MapEntry, YamlList, YamlMap, YamlNode, YamlScalar, with_text

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping

LONGEST_TEXT: Final = 10_000
MOST_STEPS: Final = 20
DEEPEST: Final = 150
_FULL_DEFINITION = frozenset({"default", "lookup", "type", "description", "value"})
_TARGET_NAMES = frozenset({"bundle.target", "bundle.environment"})
_LITERAL_SECTIONS = frozenset({"bundle", "workspace", "artifacts"})


def variable_values(declared: YamlMap | None, overrides: YamlMap | None) -> dict[str, YamlNode]:
    """What each variable is worth in a target, as written; absent where it has no default or is looked up."""
    values: dict[str, YamlNode] = {}
    for name, node in declared.items() if declared else ():
        value = node.get("default") if isinstance(node, YamlMap) and "lookup" not in node else None
        if value is not None:
            values[name] = value
    for name, node in overrides.items() if overrides else ():
        value = _override(node)
        if value is None:
            values.pop(name, None)
        else:
            values[name] = value
    return values


def _override(node: YamlNode) -> YamlNode | None:
    if isinstance(node, YamlScalar) and node.value is None:
        return None
    if isinstance(node, YamlMap) and (not node.entries or node.entries.keys() & _FULL_DEFINITION):
        return None if "lookup" in node else node.get("default") or node.get("value")
    return node


class Resolver:
    """Fills the references of one target's view; every node is visited once, cycles stay holes."""

    def __init__(self, view: YamlMap, variables: Mapping[str, YamlNode], target: str | None, budget: Budget) -> None:
        """Keep what references may lead to; `target` is None for the view without a target."""
        self._view = view
        self._variables = variables
        self._target = target
        self._budget = budget
        self._known: dict[str, YamlNode | None] = {}
        self._active: list[str] = []
        self._depth = 0
        self._done: dict[int, tuple[YamlNode, YamlNode]] = {}

    def resolved(self, node: YamlNode) -> YamlNode:
        """The node with every known reference filled; the same node where there is none.

        Raises:
            BudgetError: the bundle is larger than its budget.
        """
        if isinstance(node, YamlScalar):
            return self._scalar(node) if "${" in node.text else node
        done = self._done.get(id(node))
        if done is not None:
            return done[1]
        self._budget.spend(len(node) + 1)
        self._depth += 1
        if self._depth > DEEPEST:
            raise BudgetError
        result = self._map(node) if isinstance(node, YamlMap) else self._list(node)
        self._depth -= 1
        self._done[id(node)] = (node, result)
        return result

    def map(self, node: YamlMap) -> YamlMap:
        """A map with every known reference inside it filled.

        Raises:
            BudgetError: the bundle is larger than its budget.
        """
        result = self.resolved(node)
        return result if isinstance(result, YamlMap) else node

    def _map(self, node: YamlMap) -> YamlMap:
        entries = {name: MapEntry(entry.key, self.resolved(entry.value)) for name, entry in node.entries.items()}
        changed = any(entries[name].value is not entry.value for name, entry in node.entries.items())
        return replace(node, entries=entries) if changed else node

    def _list(self, node: YamlList) -> YamlList:
        elements = tuple(self.resolved(element) for element in node.elements)
        changed = any(new is not old for new, old in zip(elements, node.elements, strict=True))
        return replace(node, elements=elements) if changed else node

    def _scalar(self, node: YamlScalar) -> YamlNode:
        whole = REFERENCE.fullmatch(node.text)
        if whole is None:
            text = REFERENCE.sub(self._part, node.text)
            return node if text == node.text or len(text) > LONGEST_TEXT else with_text(node, text)
        known = self._lookup(whole[1])
        if isinstance(known, YamlScalar):
            return with_text(node, known.text, resolved_from=known)
        if known is None and self._target is not None and whole[1] in _TARGET_NAMES:
            return with_text(node, self._target)
        return known or node

    def _part(self, match: re.Match[str]) -> str:
        if self._target is not None and match[1] in _TARGET_NAMES:
            return self._target
        known = self._lookup(match[1])
        fills = isinstance(known, YamlScalar) and known.value is not None
        return known.text if fills and isinstance(known, YamlScalar) else match[0]

    def _lookup(self, path: str) -> YamlNode | None:
        if path in self._known:
            return self._known[path]
        definition = self._definition(path)
        if definition is None or path in self._active or len(self._active) >= MOST_STEPS:
            return None
        self._budget.spend()
        self._active.append(path)
        known = self._known[path] = self.resolved(definition)
        self._active.pop()
        return known

    def _definition(self, path: str) -> YamlNode | None:
        first, *rest = _steps(path)
        if first in {"var", "variables"} and rest:
            return _walk(self._variables.get(rest[0]), rest[1:])
        return _walk(self._view, [first, *rest]) if first in _LITERAL_SECTIONS else None


def _steps(path: str) -> list[str]:
    return path.replace("[", ".[").split(".")


def _walk(node: YamlNode | None, steps: list[str]) -> YamlNode | None:
    for step in steps:
        if isinstance(node, YamlMap):
            node = node.get(step)
        elif isinstance(node, YamlList) and step.startswith("["):
            place = int(step[1:-1])
            node = node.elements[place] if place < len(node) else None
        else:
            return None
    return node
