"""The merged view of one target: the bundle with the target's overrides laid over it and references filled."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.code.bundle.merge import merged, merged_by_key, merged_maps, with_entries
from orchestrator.code.bundle.target import Target
from orchestrator.code.bundle.variables import Resolver, variable_values
from orchestrator.code.yaml import MapEntry, YamlMap, YamlScalar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.code.bundle.merge import Budget
    from orchestrator.code.bundle.paths import Tree
    from orchestrator.code.yaml import YamlNode

_MERGED = ("bundle", "workspace", "artifacts", "resources", "sync", "permissions", "presets")
_REPLACED = ("run_as",)
_NOT_IN_VIEW = frozenset({"targets", "environments", "variables", "include"})
_KEYED: Mapping[str, tuple[tuple[str, str, str | None], ...]] = {
    "jobs": (("tasks", "task_key", None), ("job_clusters", "job_cluster_key", None), ("parameters", "name", None)),
    "pipelines": (("clusters", "label", "default"),),
    "apps": (("resources", "name", None),),
}


def target_view(root: YamlMap, name: str | None, tree: Tree, budget: Budget) -> Target:
    """The view of the target of that name, or of the bundle without a target.

    Raises:
        BudgetError: the bundle is larger than its budget.
    """
    key, declared = _declaration(root, name)
    view = replace(root, entries={each: root.entries[each] for each in root.entries if each not in _NOT_IN_VIEW})
    if declared is not None:
        view = _overlaid(view, declared, budget)
    view = _keyed(view, budget)
    overrides = declared.map("variables") if declared else None
    resolver = Resolver(view, variable_values(root.map("variables"), overrides), name, budget)
    return Target(
        name=name or "",
        node=resolver.map(view),
        declared=resolver.map(declared) if declared else None,
        name_location=(key or root).location,
        tree=tree,
    )


def _declaration(root: YamlMap, name: str | None) -> tuple[YamlScalar | None, YamlMap | None]:
    for section in ("targets", "environments"):
        targets = root.map(section)
        if name is None or targets is None or name not in targets:
            continue
        key = targets.key(name)
        node = targets.get(name)
        empty = YamlMap(source=key.source, span=key.span, entries={}) if key else None
        return key, node if isinstance(node, YamlMap) else empty
    return None, None


def _overlaid(view: YamlMap, declared: YamlMap, budget: Budget) -> YamlMap:
    entries: dict[str, MapEntry] = {}
    for section in _MERGED:
        over = declared.entries.get(section)
        value = merged(view.get(section), over.value, budget) if over else None
        if over is not None and value is not None:
            entries[section] = MapEntry(over.key, value)
    for section in _REPLACED:
        over = declared.entries.get(section)
        if over is not None and not (isinstance(over.value, YamlScalar) and over.value.value is None):
            entries[section] = over
    view = with_entries(view, entries)
    git = declared.entries.get("git")
    return _with_git(view, git, budget) if git else view


def _with_git(view: YamlMap, git: MapEntry, budget: Budget) -> YamlMap:
    bundle = view.map("bundle")
    own = YamlMap(source=git.key.source, span=git.key.span, entries={"git": git})
    value = merged_maps(bundle, own, budget) if bundle else own
    return with_entries(view, {"bundle": MapEntry(view.key("bundle") or git.key, value)})


def _keyed(view: YamlMap, budget: Budget) -> YamlMap:
    resources = view.map("resources")
    if resources is None:
        return view
    changed: dict[str, MapEntry] = {}
    for kind, lists in _KEYED.items():
        entry = resources.entries.get(kind)
        if entry is None or not isinstance(entry.value, YamlMap):
            continue
        section = entry.value
        each = {key: MapEntry(e.key, _keyed_lists(e.value, lists, budget)) for key, e in section.entries.items()}
        changed[kind] = MapEntry(entry.key, with_entries(section, each))
    return with_entries(view, {"resources": MapEntry(view.entries["resources"].key, with_entries(resources, changed))})


def _keyed_lists(node: YamlNode, lists: tuple[tuple[str, str, str | None], ...], budget: Budget) -> YamlNode:
    if not isinstance(node, YamlMap):
        return node
    changed = {}
    for name, key, default in lists:
        elements = node.list(name)
        if elements is not None:
            changed[name] = MapEntry(node.entries[name].key, merged_by_key(elements, key, budget, default=default))
    return with_entries(node, changed) if changed else node
