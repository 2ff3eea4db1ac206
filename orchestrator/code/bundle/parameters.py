"""Reads what is handed to tasks, jobs and pipelines: named, positional and declared parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.code.bundle.model import Parameter
from orchestrator.code.yaml import YamlMap, YamlNode, YamlScalar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.code.yaml import YamlList


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
