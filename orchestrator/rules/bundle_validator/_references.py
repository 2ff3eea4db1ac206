"""Which references of a bundle lead nowhere: variables, resources, included files, keys declared twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from orchestrator.code.bundle import scalars
from orchestrator.code.bundle.include import anchored
from orchestrator.code.yaml import YamlList, YamlMap

if TYPE_CHECKING:
    from orchestrator.code.bundle import Bundle, Target
    from orchestrator.code.facts import Facts
    from orchestrator.code.yaml import YamlNode, YamlScalar
    from orchestrator.types import Location

_OF_THE_SHELL = frozenset({"workspace", "artifacts", "scripts"})
_CONFIGURATION = (".yml", ".yaml", ".json")


class Broken(NamedTuple):
    """One reference that leads nowhere; `symbol` is the resource, task or variable it stands in."""

    location: Location
    message: str
    symbol: str


def is_whole(bundle: Bundle, facts: Facts) -> bool:
    """Whether every file of the bundle was read, so that what is absent from it is not declared anywhere."""
    if bundle.root.map("bundle") is None:
        return False
    patterns = [entry.text for entry in bundle.root.scalars("include")]
    if bundle.python_resources or bundle.missing_includes or (patterns and len(bundle.files) == 1):
        return False
    if any(anchored(bundle.root_dir, pattern) is None for pattern in patterns):
        return False
    return not any(
        entry.incomplete and entry.path.endswith(_CONFIGURATION) and entry.path.startswith(bundle.root_dir)
        for entry in facts.project.ledger
    )


def unfilled(bundle: Bundle, target: Target) -> Iterator[Broken]:
    """References of a target to variables and resources that nobody declares."""
    for scalar in scalars(target.node):
        for hole in scalar.holes if "${" in scalar.text else ():
            reason = _unknown(bundle, target, hole)
            if reason is not None:
                yield Broken(scalar.location, f"`${{{hole}}}` {reason}", hole)


def _unknown(bundle: Bundle, target: Target, hole: str) -> str | None:
    first, _, rest = hole.partition(".")
    name = _plain(rest.partition(".")[0])
    if first in {"var", "variables"} and name and name not in bundle.declared_variables:
        return f"names a variable that `variables` does not declare (`{name}`); the CLI refuses to deploy"
    parts = hole.split(".")
    if first != "resources" or len(parts) < 3 or isinstance(target.node.at(*parts[:2], _plain(parts[2])), YamlMap):
        return None
    where = f"target `{target.name}`" if target.declared is not None else "the bundle"
    return f"names a resource that {where} does not deploy (`{parts[1]}.{_plain(parts[2])}`); the CLI refuses to deploy"


def _plain(part: str) -> str:
    return part.partition("[")[0]


def assigned(bundle: Bundle) -> Iterator[Broken]:
    """Values that a target gives to variables that nobody declares."""
    for target in bundle.targets:
        values = target.declared.map("variables") if target.declared else None
        for name in values or ():
            if values is not None and name not in bundle.declared_variables:
                message = (
                    f"target `{target.name}` assigns `{name}`, which `variables` does not declare; the CLI refuses it"
                )
                yield Broken(values.key_location(name), message, name)


def from_environment(target: Target) -> Iterator[Broken]:
    """`${env.X}` outside of the settings that the CLI reads from the environment anyway: it is never filled."""
    for section, node in target.node.items():
        for scalar in scalars(node) if section not in _OF_THE_SHELL else ():
            for hole in scalar.holes if "${env." in scalar.text else ():
                if hole.startswith("env."):
                    message = f"`${{{hole}}}` stays as it is: bundles do not read the environment; declare a variable "
                    name = hole.partition(".")[2]
                    yield Broken(scalar.location, f"{message}and set `BUNDLE_VAR_{name.lower()}`", hole)


def written_twice(bundle: Bundle) -> Iterator[Broken]:
    """Keys that one map of a file holds twice, so that the earlier value is lost."""
    for file in bundle.files:
        waiting: list[YamlNode] = [file.root]
        seen: set[int] = set()
        while waiting:
            node = waiting.pop()
            if id(node) in seen or not isinstance(node, YamlMap | YamlList):
                continue
            seen.add(id(node))
            if isinstance(node, YamlList):
                waiting.extend(node.elements)
                continue
            waiting.extend(entry.value for entry in node.entries.values())
            for key in node.duplicates:
                yield Broken(
                    key.location, f"`{key.text}` is written twice in one map; the earlier value is lost", key.text
                )


def declared_twice(bundle: Bundle) -> Iterator[Broken]:
    """Resources that share a key; the CLI wants keys that differ across files and across kinds."""
    for twin in bundle.duplicates:
        first = f"{twin.first.path}:{twin.first.start_line}"
        lost = "only this one counts" if twin.first.path == twin.second.path else "the CLI refuses to deploy"
        yield Broken(twin.second, f"`{twin.kind}.{twin.key}` is declared at {first} already; {lost}", twin.key)
    first_of: dict[str, tuple[str, YamlScalar]] = {}
    for kind, key in _keys(bundle):
        before, other = first_of.setdefault(key.text, (kind, key))
        if before != kind:
            place = f"{other.source.path}:{other.start_line}"
            message = f"`{kind}.{key.text}` has the key of `{before}.{key.text}` ({place}); the CLI refuses to deploy"
            yield Broken(key.location, message, key.text)


def _keys(bundle: Bundle) -> Iterator[tuple[str, YamlScalar]]:
    for file in bundle.files:
        resources = file.root.map("resources")
        for kind, section in resources.items() if resources else ():
            if isinstance(section, YamlMap):
                yield from ((kind, entry.key) for entry in section.entries.values())


def included(bundle: Bundle, *, has_submodules: bool) -> Iterator[Broken]:
    """Includes that name no file, or that stand where the CLI does not look."""
    for missing in bundle.missing_includes if not has_submodules else ():
        yield Broken(missing.location, f"`include` names `{missing.pattern}`, and there is no such file", "include")
    section = bundle.root.map("bundle")
    if section is not None and isinstance(section.get("include"), YamlList) and "include" not in bundle.root:
        message = (
            "`include` stands under `bundle`, where the CLI ignores it: none of these files is deployed; outdent it"
        )
        yield Broken(section.key_location("include"), message, "include")
