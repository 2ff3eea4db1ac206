"""Readings that jobs, pipelines and targets share: identities, permissions, parameters, notifications."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.code.bundle.model import Identity, Parameter, Permission
from orchestrator.code.yaml import YamlMap, YamlNode, YamlScalar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.code.yaml import YamlList


def identity(node: YamlMap | None) -> Identity | None:
    """Who a `run_as` or a permission names."""
    if node is None:
        return None
    return Identity(
        user=node.text("user_name"),
        service_principal=node.text("service_principal_name"),
        group=node.text("group_name"),
        node=node,
    )


def permissions(node: YamlMap) -> tuple[Permission, ...]:
    """The entries of the map's `permissions` list."""
    found = ((entry.text("level"), identity(entry)) for entry in node.maps("permissions"))
    return tuple(Permission(level=level or "", identity=who) for level, who in found if who is not None)


def named_parameters(node: YamlMap | None) -> tuple[Parameter, ...]:
    """One parameter for each key of a map."""
    if node is None:
        return ()
    return tuple(parameter(name, entry.value, at=entry.key) for name, entry in node.entries.items())


def positional_parameters(node: YamlList | None) -> tuple[Parameter, ...]:
    """One nameless parameter for each element of a list; `--name=value` gives its name."""
    return tuple(_positional(element) for element in node) if node else ()


def declared_parameters(nodes: Iterable[YamlMap]) -> tuple[Parameter, ...]:
    """The parameters that a job declares with a name and a default."""
    found = []
    for node in nodes:
        name = node.text("name")
        if name is not None:
            found.append(parameter(name, node.get("default") or node, at=node))
    return tuple(found)


def notifications(node: YamlMap) -> tuple[YamlMap, ...]:
    """The maps that say whom to tell by mail or webhook."""
    found = (node.map(key) for key in ("email_notifications", "webhook_notifications"))
    return tuple(each for each in found if each)


def parameter(name: str, node: YamlNode, *, at: YamlNode) -> Parameter:
    """A parameter with its value's text."""
    scalar = node if isinstance(node, YamlScalar) else None
    return Parameter(
        name=name,
        value=scalar.text if scalar else None,
        location=at.location,
        node=node,
        has_hole=scalar.has_hole if scalar else True,
    )


def _positional(node: YamlNode) -> Parameter:
    text = node.text if isinstance(node, YamlScalar) else ""
    name, separator, value = text.partition("=")
    if not (separator and name.startswith("--")):
        return parameter("", node, at=node)
    has_hole = isinstance(node, YamlScalar) and node.has_hole
    return Parameter(name=name.lstrip("-"), value=value, location=node.location, node=node, has_hole=has_hole)
