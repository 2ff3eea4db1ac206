"""Reads who runs, owns or may use something: `run_as` and `permissions`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.code.bundle.model import Identity, Permission

if TYPE_CHECKING:
    from orchestrator.code.yaml import YamlMap


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
