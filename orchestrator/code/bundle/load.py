"""Finds the bundles of a project and lays each one's files, variables and targets together, offline."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from orchestrator.code.bundle.include import anchored, has_wildcard, matching, root_files
from orchestrator.code.bundle.merge import Budget, BudgetError, merged_maps
from orchestrator.code.bundle.model import BundleFile, Duplicate, MissingInclude, Variable
from orchestrator.code.bundle.paths import Tree
from orchestrator.code.bundle.target import Bundle, Target
from orchestrator.code.bundle.view import target_view
from orchestrator.code.yaml import YamlMap, YamlNode, YamlScalar, parse_yaml
from orchestrator.types import Coverage, Status

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from orchestrator.code.source import SourceFile

MOST_INCLUDES: Final = 500
MOST_TARGETS: Final = 50
_SECTIONS = frozenset({"bundle", "include", "resources", "targets", "environments", "variables", "workspace"})
_SUFFIXES = (".yml", ".yaml", ".json")


def load_bundles(
    sources: Mapping[str, SourceFile], known: AbstractSet[str]
) -> tuple[tuple[Bundle, ...], tuple[Coverage, ...]]:
    """The bundles whose root file is among the sources, and what of their files could not be used.

    `known` holds every path on disk, project-relative, whether or not it was read. Never raises.
    """
    loader = _Loader(sources, known)
    bundles = [loader.bundle(path) for path in root_files(sources)]
    return tuple(bundle for bundle in bundles if bundle is not None), tuple(loader.ledger)


@dataclass(slots=True)
class _Parts:
    """The files of one bundle as they are gathered."""

    files: list[BundleFile]
    missing: list[MissingInclude] = field(default_factory=list)


class _Loader:
    """Loads one bundle after another; `ledger` gathers what could not be used."""

    def __init__(self, sources: Mapping[str, SourceFile], known: AbstractSet[str]) -> None:
        self.ledger: list[Coverage] = []
        self._sources = sources
        self._known = known
        self._ordered = tuple(sorted(known))
        self._configuration = sorted(path for path in sources if path.endswith(_SUFFIXES))

    def bundle(self, path: str) -> Bundle | None:
        """The bundle of that root file, None where it is not one."""
        root = self._root(path)
        if root is None or not root.entries.keys() & _SECTIONS:
            return None
        parts = _Parts([BundleFile(source=self._sources[path], root=root)])
        self._include(path, root, parts)
        try:
            return self._assembled(path, parts)
        except BudgetError:
            self._note(path, "the bundle is too large once its targets and variables are resolved", incomplete=True)
            return None

    def _root(self, path: str) -> YamlMap | None:
        document = parse_yaml(self._sources[path])
        # Other tools have a bundle.yml too: that one is not surely ours.
        ours = not posixpath.basename(path).startswith("bundle.")
        if document.problem is not None:
            self._note(path, f"line {document.problem_line} {document.problem}", incomplete=ours)
            return None
        if document.root is not None and document.map is None and ours:
            self._note(path, "is not a map of bundle settings", incomplete=True)
        return document.map

    def _include(self, path: str, root: YamlMap, parts: _Parts) -> None:
        seen = {path}
        directory = posixpath.dirname(path)
        for entry in root.scalars("include"):
            for each in self._included(directory, entry, path, parts):
                if each in seen or len(parts.files) > MOST_INCLUDES:
                    continue
                seen.add(each)
                included = self._root(each)
                if included is not None:
                    parts.files.append(BundleFile(source=self._sources[each], root=included))
        if len(parts.files) > MOST_INCLUDES:
            self._note(path, f"includes more than {MOST_INCLUDES} files; the rest was not read", incomplete=True)

    def _included(self, directory: str, entry: YamlScalar, path: str, parts: _Parts) -> tuple[str, ...]:
        pattern = anchored(directory, entry.text)
        if pattern is None:
            self._note(path, f"line {entry.start_line} includes {entry.text!r}, which is outside the project")
            return ()
        found = matching(pattern, self._configuration)
        if not found and not has_wildcard(pattern) and pattern not in self._known:
            parts.missing.append(MissingInclude(pattern=entry.text, location=entry.location))
        return found

    def _assembled(self, path: str, parts: _Parts) -> Bundle:
        budget = Budget()
        root = parts.files[0].root
        for file in parts.files[1:]:
            root = merged_maps(root, _without_include(file.root), budget)
        directory = posixpath.dirname(path)
        tree = Tree(known=self._known, ordered=self._ordered, root_dir=directory)
        base = target_view(root, None, tree, budget)
        name = base.node.at("bundle", "name")
        return Bundle(
            name=name.text if isinstance(name, YamlScalar) else posixpath.basename(directory),
            path=path,
            root_dir=directory,
            files=tuple(parts.files),
            root=root,
            base=base,
            targets=self._targets(path, root, tree, budget),
            declared_variables=_variables(root.map("variables")),
            python_resources=_has_python_resources(root),
            duplicates=tuple(_duplicates(parts.files)),
            missing_includes=tuple(parts.missing),
        )

    def _targets(self, path: str, root: YamlMap, tree: Tree, budget: Budget) -> tuple[Target, ...]:
        names: list[str] = []
        for section in ("targets", "environments"):
            node = root.get(section)
            if isinstance(node, YamlMap):
                names.extend(node)
            elif node is not None and not (isinstance(node, YamlScalar) and node.value is None):
                self._note(path, f"line {node.start_line} {section!r} is not a map")
        names = list(dict.fromkeys(names))
        if len(names) > MOST_TARGETS:
            self._note(path, f"declares more than {MOST_TARGETS} targets; the rest was not resolved", incomplete=True)
        return tuple(target_view(root, name, tree, budget) for name in names[:MOST_TARGETS] or ["default"])

    def _note(self, path: str, reason: str, *, incomplete: bool = False) -> None:
        lines = len(self._sources[path].lines)
        status = Status.SKIPPED if incomplete else Status.PARTIAL
        self.ledger.append(Coverage(path=path, status=status, reason=reason, lines=lines, incomplete=incomplete))


def _without_include(node: YamlMap) -> YamlMap:
    if "include" not in node:
        return node
    return replace(node, entries={key: entry for key, entry in node.entries.items() if key != "include"})


def _variables(section: YamlMap | None) -> Mapping[str, Variable]:
    entries = section.entries if section else {}
    return {name: _variable(name, entry.key, entry.value) for name, entry in entries.items()}


def _variable(name: str, key: YamlScalar, node: YamlNode) -> Variable:
    settings = node if isinstance(node, YamlMap) else None
    return Variable(
        name=name,
        default=settings.get("default") if settings else None,
        lookup=settings.map("lookup") if settings else None,
        is_complex=bool(settings and settings.text("type") == "complex"),
        description=settings.text("description") if settings else None,
        node=node,
        location=key.location,
    )


def _has_python_resources(root: YamlMap) -> bool:
    return any(
        root.at(*keys) is not None for keys in (("python",), ("experimental", "python"), ("experimental", "pydabs"))
    )


def _duplicates(files: list[BundleFile]) -> list[Duplicate]:
    first: dict[tuple[str, str], YamlScalar] = {}
    found = []
    for kind, key in (pair for file in files for pair in _resource_keys(file.root)):
        before = first.setdefault((kind, key.text), key)
        if before is not key:
            found.append(Duplicate(kind=kind, key=key.text, first=before.location, second=key.location))
    return found


def _resource_keys(root: YamlMap) -> list[tuple[str, YamlScalar]]:
    resources = root.map("resources")
    found = []
    for kind, section in resources.items() if resources else ():
        if isinstance(section, YamlMap):
            found += [(kind, entry.key) for entry in section.entries.values()]
            found += [(kind, key) for key in section.duplicates]
    return found
