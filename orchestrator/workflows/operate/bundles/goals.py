"""The settings that a deployment brings to what the files say, in the order in which one needs the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from orchestrator.code.bundle.deployable import Deployed
from orchestrator.code.yaml import REFERENCE
from orchestrator.errors import UsageError
from orchestrator.workflows.operate.bundles.opening import Opened
from orchestrator.workflows.operate.bundles.preflight import Preflight
from orchestrator.workspace.changes import Goal, State
from orchestrator.workspace.deployment.access import AccessSetting
from orchestrator.workspace.deployment.canonical import Settings, lines
from orchestrator.workspace.deployment.container import ContainerSetting, container_state
from orchestrator.workspace.deployment.files import FolderSetting
from orchestrator.workspace.deployment.resource import TAG, Kind, ResourceSetting
from orchestrator.workspace.governance.grants import privilege_name
from orchestrator.workspace.governance.securables import full_name

_KINDS: Mapping[str, Kind] = {"jobs": "job", "pipelines": "pipeline"}
_CONTAINERS: Mapping[str, Literal["schema", "volume"]] = {"schemas": "schema", "volumes": "volume"}
_LEVELS = {"job": {"CAN_RUN": "CAN_MANAGE_RUN"}, "pipeline": {}}


def goals(opened: Opened, found: Preflight, resources: Iterable[Deployed]) -> Iterator[Goal]:
    """Files, schemas, volumes, pipelines, jobs, their permissions, and last what goes."""
    resources = tuple(resources)
    if any(each.kind in _KINDS for each in resources):
        yield _files(opened)
    for each in resources:
        if each.kind in _CONTAINERS:
            yield _container(each, _CONTAINERS[each.kind])
    for each in _ordered(each for each in resources if each.kind in _KINDS):
        yield _resource(opened, found, each, _KINDS[each.kind])
    for each in resources:
        if each.kind in _KINDS and each.permissions:
            yield _access(opened, each, _KINDS[each.kind])
    for live in found.removed:
        setting = ResourceSetting(kind=live.kind, name=live.name, bundle=opened.tag)
        yield Goal(setting=setting, wanted=lambda _now: None)


def _files(opened: Opened) -> Goal:
    files = opened.files
    setting = FolderSetting(folder=opened.folder, root=str(files.root), paths=files.paths, digest=files.digest)
    state = setting.wanted()
    return Goal(setting=setting, wanted=lambda _now: state)


def _container(each: Deployed, kind: Literal["schema", "volume"]) -> Goal:
    parts = [
        each.settings.get("catalog_name"),
        each.settings.get("schema_name") if kind == "volume" else None,
        each.name,
    ]
    name = full_name(kind, ".".join(str(part) for part in parts if part))
    given = each.settings.get("grants")
    granted: dict[str, list[str]] = {}
    for entry in given if isinstance(given, list) else ():
        if isinstance(entry, dict):
            privileges = entry.get("privileges")
            named = [privilege_name(str(item)) for item in privileges] if isinstance(privileges, list) else []
            granted.setdefault(str(entry.get("principal")), []).extend(named)
    setting = ContainerSetting(kind=kind, name=name, granted=tuple(sorted(granted)))
    state = container_state(str(each.settings.get("comment") or ""), granted)
    return Goal(setting=setting, wanted=lambda _now: state)


def _resource(opened: Opened, found: Preflight, each: Deployed, kind: Kind) -> Goal:
    tags = each.settings.get("tags")
    tagged = {**(tags if isinstance(tags, dict) else {}), TAG: opened.tag}
    settings: Settings = {**each.settings, "tags": tagged}
    adopted = found.adopted.get((kind, each.name))
    wanted = lines(settings)
    setting = ResourceSetting(
        kind=kind,
        name=each.name,
        bundle=opened.tag,
        wanted=wanted,
        references=tuple(_references(opened, wanted)),
        adopted=adopted.id if adopted else "",
    )
    return Goal(setting=setting, wanted=lambda _now: wanted)


def _references(opened: Opened, wanted: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    """The ids that the settings refer to, each with the kind and name of what it is of."""
    names = {(each.kind, each.key): each.name for each in opened.resources.resources}
    for path in sorted({path for line in wanted for path in REFERENCE.findall(line) if path.startswith("resources.")}):
        _, kind, key, _ = path.split(".", 3)
        name = next((name for (of, each), name in names.items() if (of, each) == (kind, key)), None)
        if kind not in _KINDS or name is None:
            raise UsageError(f"${{{path}}} is the id of nothing that is deployed")
        yield f"${{{path}}}", _KINDS[kind], name


def _ordered(resources: Iterable[Deployed]) -> tuple[Deployed, ...]:
    """The pipelines, then the jobs, each after the jobs that it runs."""
    waiting, done = list(resources), list[Deployed]()
    while waiting:
        keys = {(each.kind, each.key) for each in waiting}
        free = [each for each in waiting if not (each.needs & keys - {(each.kind, each.key)})]
        if not free:
            raise UsageError(f"the jobs {', '.join(sorted(each.key for each in waiting))} run each other in a circle")
        done += free
        waiting = [each for each in waiting if each not in free]
    return tuple(done)


def _access(opened: Opened, each: Deployed, kind: Kind) -> Goal:
    levels = _LEVELS[kind]
    entries = {f"{entry.holder} {entry.name} {levels.get(entry.level, entry.level)}" for entry in each.permissions}
    wanted: State = tuple(sorted(entries))
    setting = AccessSetting(kind=kind, name=each.name, bundle=opened.tag)
    return Goal(setting=setting, wanted=lambda _now: wanted)
