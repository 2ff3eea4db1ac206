"""What a target deploys, as the REST interface takes it: references filled, presets laid on, paths of the workspace.

What the CLI would build, and what nothing fills, is told and never left out: see `Deployable.lacking`.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from pydantic import JsonValue

from orchestrator.code.bundle.include import anchored
from orchestrator.code.bundle.paths import NOTEBOOK_SUFFIXES, is_local
from orchestrator.code.bundle.presets import Presets
from orchestrator.code.bundle.target import Bundle, Target
from orchestrator.code.yaml import YamlList, YamlMap, YamlNode, YamlScalar

Kind: TypeAlias = Literal["jobs", "pipelines", "schemas", "volumes"]
Settings: TypeAlias = dict[str, JsonValue]
Lookup: TypeAlias = Callable[[str], str | None]
KINDS: Final[tuple[Kind, ...]] = ("schemas", "volumes", "pipelines", "jobs")
"""In the order in which one needs the other."""
_NOT_SETTINGS = frozenset({"cascade_on_destroy", "lifecycle", "permissions"})
_NOTEBOOKS = frozenset({("notebook_task", "notebook_path"), ("notebook", "path")})
_FILES = frozenset({("spark_python_task", "python_file"), ("file", "path")})
_FOLDERS = frozenset({("glob", "include"), ("pipelines", "root_path"), ("dbt_task", "project_directory")})
_BUILT = frozenset({("libraries", "whl"), ("libraries", "jar"), ("libraries", "requirements")})
_DEPENDENCIES = ("spec", "dependencies")


@dataclass(frozen=True, kw_only=True)
class Lacking:
    """Something that keeps a bundle from being deployed; `where` is a place such as `resources/jobs.yml:12`."""

    kind: Literal["reference", "file", "artifact", "resource"]
    what: str
    where: str


@dataclass(frozen=True, kw_only=True)
class Access:
    """One entry of a list of permissions, as `group_name analysts CAN_VIEW`."""

    holder: str
    name: str
    level: str


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """One resource as it shall be; `settings` may hold `${resources.KIND.KEY.id}` of another one."""

    kind: Kind
    key: str
    name: str
    settings: Settings
    permissions: tuple[Access, ...]
    needs: frozenset[tuple[str, str]]
    """kind and key of the resources that it refers to"""
    where: str


@dataclass(frozen=True, kw_only=True)
class Deployable:
    """Everything that a target deploys, and what keeps it from being deployed whole."""

    resources: tuple[Deployed, ...]
    lacking: tuple[Lacking, ...]

    def of(self, kind: Kind) -> tuple[Deployed, ...]:
        """The resources of a kind."""
        return tuple(each for each in self.resources if each.kind == kind)

    def needed_by(self, kind: Kind, key: str) -> tuple[Deployed, ...]:
        """The resource with all that it refers to, directly or through another one."""
        wanted, waiting = {(kind, key)}, [(kind, key)]
        by_key = {(each.kind, each.key): each for each in self.resources}
        while waiting:
            found = by_key.get(waiting.pop())
            refers = found.needs if found else frozenset()
            new = {place for place in by_key if place in refers} - wanted
            wanted |= new
            waiting.extend(new)
        return tuple(each for each in self.resources if (each.kind, each.key) in wanted)


def deployable(bundle: Bundle, target: Target, presets: Presets, lookup: Lookup) -> Deployable:
    """The resources of the target; `lookup` gives the value of a reference that the files alone cannot fill."""
    maker = _Maker(bundle=bundle, target=target, presets=presets, lookup=lookup)
    maker.refuse_other_kinds()
    resources = tuple(maker.made(kind, key, node) for kind in KINDS for key, node in _declared(target, kind))
    return Deployable(resources=resources, lacking=tuple(dict.fromkeys(maker.lacking)))


def _declared(target: Target, kind: str) -> list[tuple[str, YamlMap]]:
    section = target.node.at("resources", kind)
    items = section.items() if isinstance(section, YamlMap) else ()
    return [(key, node) for key, node in items if isinstance(node, YamlMap)]


@dataclass(kw_only=True)
class _Maker:
    bundle: Bundle
    target: Target
    presets: Presets
    lookup: Lookup
    lacking: list[Lacking] = field(default_factory=list)
    owner: YamlMap | None = None
    needs: set[tuple[str, str]] = field(default_factory=set)

    def refuse_other_kinds(self) -> None:
        """Tell of every resource of a kind that is not deployed here."""
        for kind in self.target.resource_kinds:
            for key, node in _declared(self.target, kind) if kind not in KINDS else ():
                self._lack("resource", f"{kind}.{key}", node)
        if self.bundle.python_resources:
            self._lack("resource", "resources that Python code makes", self.bundle.root)

    def made(self, kind: Kind, key: str, node: YamlMap) -> Deployed:
        """One resource."""
        self.owner, self.needs = node, set()
        settings = {name: self._value(value, (kind, name)) for name, value in node.items() if name not in _NOT_SETTINGS}
        settings = self.presets.laid_on(kind, key, settings)
        if kind in {"jobs", "pipelines"} and "run_as" not in settings and (run_as := self.target.node.map("run_as")):
            settings["run_as"] = self._value(run_as, ("run_as",))
        access = [*self._access(node), *(self._access(self.target.node) if kind in {"jobs", "pipelines"} else ())]
        return Deployed(
            kind=kind,
            key=key,
            name=str(settings["name"]),
            settings=settings,
            permissions=tuple(dict.fromkeys(access)),
            needs=frozenset(self.needs),
            where=_place(node),
        )

    def _access(self, node: YamlMap) -> list[Access]:
        found = []
        for entry in node.maps("permissions"):
            holder = next((name for name in ("user_name", "group_name", "service_principal_name") if name in entry), "")
            named, level = self._value(entry.get(holder), ()), self._value(entry.get("level"), ())
            found.append(Access(holder=holder, name=str(named), level=str(level)))
        return found

    def _value(self, node: YamlNode | None, trail: tuple[str, ...]) -> JsonValue:
        match node:
            case YamlMap():
                return {key: self._value(value, (*trail, key)) for key, value in node.items()}
            case YamlList():
                return [self._value(element, trail) for element in node]
            case YamlScalar():
                return self._scalar(node, trail)
        return None

    def _scalar(self, node: YamlScalar, trail: tuple[str, ...]) -> JsonValue:
        place = trail[-2:]
        if place in _BUILT or place == _DEPENDENCIES:
            self._refuse_built(node)
        if place in _NOTEBOOKS | _FILES | _FOLDERS and (is_local(node.text) or "${workspace.file_path}" in node.text):
            return self._path(node, place)
        return self._filled(node)

    def _refuse_built(self, node: YamlScalar) -> None:
        """Tell of a local file that a build has to make, or that is installed from: it is not uploaded."""
        local = node.text.startswith(("./", "../", "-r ", "-e ")) or (is_local(node.text) and ".whl" in node.text)
        if local:
            self._lack("artifact", node.text, node)

    def _path(self, node: YamlScalar, place: tuple[str, ...]) -> JsonValue:
        """The path of the workspace that a local path will have."""
        if place in _FOLDERS:
            found = anchored(posixpath.dirname(node.source.path), node.text)
            return self._filled(node) if found is None else self._remote(found)
        code = self.target.tree.code(node, self.owner or self.bundle.root)
        if code is None or code.path is None:
            if node.has_hole:
                return self._filled(node)
            self._lack("file", node.text, node)
            return node.text
        stem, suffix = posixpath.splitext(code.path)
        as_notebook = place in _NOTEBOOKS and suffix.lower() in NOTEBOOK_SUFFIXES
        return self._remote(stem if as_notebook else code.path)

    def _remote(self, path: str) -> str:
        below = posixpath.relpath(path, self.bundle.root_dir) if self.bundle.root_dir else path
        if below.startswith("../"):
            self.lacking.append(Lacking(kind="file", what=f"{path} outside of the bundle's folder", where=path))
        return f"{self.lookup('workspace.file_path')}/{below}"

    def _filled(self, node: YamlScalar) -> JsonValue:
        """The scalar with every reference filled; what nothing fills is told."""
        if not node.has_hole:
            return node.value
        text = node.text
        for path in node.holes:
            value = self._known(path)
            if value is None:
                self._lack("reference", f"${{{path}}}", node)
            else:
                text = text.replace(f"${{{path}}}", value)
        return text

    def _known(self, path: str) -> str | None:
        """What a reference is worth; the id of another resource stays a reference, known when it is deployed."""
        steps = path.split(".")
        if steps[0] != "resources" or len(steps) < 4:
            return self.lookup(path)
        node = self.target.node.at("resources", steps[1], steps[2])
        if not isinstance(node, YamlMap) or steps[1] not in KINDS:
            return None
        self.needs.add((steps[1], steps[2]))
        if steps[3] == "id":
            return f"${{{path}}}"
        value = node.scalar(steps[3])
        if value is None or (value.has_hole and f"${{{path}}}" in value.text):
            return None
        filled = str(self._filled(value))
        return self.presets.named(steps[1], filled) if steps[3] == "name" else filled

    def _lack(self, kind: Literal["reference", "file", "artifact", "resource"], what: str, node: YamlNode) -> None:
        self.lacking.append(Lacking(kind=kind, what=what, where=_place(node)))


def _place(node: YamlNode) -> str:
    return f"{node.source.path}:{node.start_line}"
