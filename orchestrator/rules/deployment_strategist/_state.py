"""Resources of a bundle that hold data, and those that a change takes away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from orchestrator.code.yaml import YamlMap

if TYPE_CHECKING:
    from orchestrator.code.bundle import Bundle, Resource, Target
    from orchestrator.types import Change, Location

STATEFUL: Final = {
    "pipelines": "pipeline",
    "schemas": "schema",
    "volumes": "volume",
    "catalogs": "catalog",
    "database_instances": "database instance",
}


class Taken(NamedTuple):
    """A resource with data that a target had and has no more, and its new key where it was only renamed."""

    resource: Resource
    renamed: str | None


def live(bundle: Bundle) -> tuple[Target, ...]:
    """The targets whose data matters: production, or all but development where no target is production."""
    production = tuple(target for target in bundle.targets if target.is_production)
    return production or tuple(target for target in bundle.targets if not target.is_development)


def taken(before: Target, after: Target) -> Iterator[Taken]:
    """The resources with data that stood in a target and do not any more."""
    for kind in STATEFUL:
        now = {each.key: each for each in after.resources(kind)}
        new = [each for each in now.values() if each.key not in {old.key for old in before.resources(kind)}]
        for old in before.resources(kind):
            if old.key in now or is_kept(old):
                continue
            same = (each.key for each in new if each.name is not None and each.name == old.name)
            yield Taken(old, next(same, None))


def is_kept(resource: Resource) -> bool:
    """Whether the bundle refuses to destroy the resource, or leaves what is in it alone."""
    lifecycle = resource.node.map("lifecycle")
    if lifecycle is not None and lifecycle.boolean("prevent_destroy"):
        return True
    if (resource.node.text("volume_type") or "").upper() == "EXTERNAL":
        return True
    return resource.kind == "pipelines" and resource.node.boolean("cascade_on_destroy") is False


def place(change: Change, bundle: Bundle, lost: Resource) -> Location:
    """Where the resource stood, as near as the change shows it: its file, else any changed line of the bundle."""
    files = sorted(bundle.files, key=lambda file: file.source.path != lost.location.path)
    for file in files:
        changed = sorted(change.lines.get(file.source.path, ()))
        if changed:
            root = file.root.at("resources", lost.kind)
            first = root.start_line if isinstance(root, YamlMap) else 1
            line = next((number for number in changed if number >= first), changed[0])
            return file.source.location(min(line, len(file.source.lines)))
    return bundle.location
