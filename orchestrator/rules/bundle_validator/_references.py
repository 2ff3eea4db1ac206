"""Which references of a bundle lead nowhere: to variables, to resources, to the environment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from orchestrator.code.bundle import scalars
from orchestrator.code.bundle.include import anchored
from orchestrator.code.yaml import YamlMap

if TYPE_CHECKING:
    from orchestrator.code.bundle import Bundle, Target
    from orchestrator.code.facts import Facts
    from orchestrator.code.yaml import YamlScalar
    from orchestrator.types import Location

_OF_THE_SHELL = frozenset({"workspace", "artifacts", "scripts"})
_CONFIGURATION = (".yml", ".yaml", ".json")


class Broken(NamedTuple):
    """One reference that leads nowhere; `symbol` is the resource, task or variable it stands in."""

    location: Location
    message: str
    symbol: str


class OpenReference(NamedTuple):
    """A `${...}` that stays open, the scalar that holds it and the section of the bundle around it."""

    section: str
    scalar: YamlScalar
    hole: str


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


def open_references(target: Target) -> tuple[OpenReference, ...]:
    """Every `${...}` of the target that nothing offline fills, with the section that it stands in."""
    return tuple(
        OpenReference(section, scalar, hole)
        for section, node in target.node.items()
        for scalar in scalars(node)
        if "${" in scalar.text
        for hole in scalar.holes
    )


def unfilled(bundle: Bundle, target: Target, references: tuple[OpenReference, ...]) -> Iterator[Broken]:
    """References of a target to variables and resources that nobody declares."""
    for section, scalar, hole in references:
        reason = _unknown(bundle, target, hole) if section != "scripts" else None
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


def from_environment(references: tuple[OpenReference, ...]) -> Iterator[Broken]:
    """`${env.X}` outside of the settings that the CLI reads from the environment anyway: it is never filled."""
    for section, scalar, hole in references:
        if hole.startswith("env.") and section not in _OF_THE_SHELL:
            message = f"`${{{hole}}}` stays as it is: bundles do not read the environment; declare a variable and set "
            yield Broken(scalar.location, f"{message}`BUNDLE_VAR_{hole.removeprefix('env.').lower()}`", hole)
