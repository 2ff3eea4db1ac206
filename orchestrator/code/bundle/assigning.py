"""A target as it looks with variables that were given on the command line, in place of the values in the files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from orchestrator.code.bundle.merge import Budget, with_entries
from orchestrator.code.bundle.target import Bundle, Target
from orchestrator.code.bundle.view import target_view
from orchestrator.code.yaml import MapEntry, YamlMap, YamlScalar


def assigned(bundle: Bundle, target: Target, values: Mapping[str, str]) -> Target:
    """The target with these values of its variables; the same one where none is given.

    Raises:
        BudgetError: the bundle is too large.
    """
    variables = bundle.root.map("variables")
    if not values or variables is None:
        return target
    given = {name: _entry(variables.entries[name], values[name]) for name in values if name in variables}
    root = with_entries(bundle.root, {"variables": MapEntry(_key(bundle.root), with_entries(variables, given))})
    for section in ("targets", "environments"):
        root = _without(root, section, target.name, set(given))
    return target_view(root, target.name, target.tree, Budget())


def _entry(entry: MapEntry, value: str) -> MapEntry:
    """A variable whose default is the given value."""
    key = entry.key
    text = YamlScalar(source=key.source, span=key.span, raw=value, text=value, value=value, quoted=True)
    default = MapEntry(key, text)
    return MapEntry(key, YamlMap(source=key.source, span=key.span, entries={"default": default}))


def _key(root: YamlMap) -> YamlScalar:
    return root.entries["variables"].key


def _without(root: YamlMap, section: str, target: str, names: set[str]) -> YamlMap:
    """The bundle without what the target itself says of these variables."""
    targets = root.map(section)
    own = targets.map(target) if targets else None
    variables = own.map("variables") if own else None
    if targets is None or own is None or variables is None:
        return root
    kept = replace(variables, entries={key: value for key, value in variables.entries.items() if key not in names})
    changed = with_entries(own, {"variables": MapEntry(own.entries["variables"].key, kept)})
    inner = with_entries(targets, {target: MapEntry(targets.entries[target].key, changed)})
    return with_entries(root, {section: MapEntry(root.entries[section].key, inner)})
