"""Who reads an output port: by which privilege, granted where, and what they build on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.workflows.operate.products.reading import Port
from orchestrator.workspace.catalog.lineage import table_lineage
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.governance.grants import WIDE, Grant, effective
from orchestrator.workspace.governance.people import is_person
from orchestrator.workspace.governance.securables import Securable

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

READS = frozenset({"SELECT", "ALL_PRIVILEGES"})
_DASHES = 4


@dataclass(frozen=True, kw_only=True)
class Reader:
    """One principal that reads a port."""

    port: str
    principal: str
    kind: str
    privilege: str
    on: str
    """where it was granted, as `schema main.sales`, or `owner`"""
    promised: bool
    """the contract names it in its roles"""


def kind_of(principal: str, groups: frozenset[str] | None) -> str:
    """What a principal is: by its name, and by the groups that there are, in small letters, where they are known."""
    if principal.lower() in WIDE:
        return "everybody"
    if is_person(principal):
        return "person"
    if groups is None:
        return "service principal" if principal.count("-") == _DASHES else "group"
    return "group" if principal.lower() in groups else "service principal or unknown"


def grants_on(workspace: Workspace, port: Port) -> tuple[Grant, ...]:
    """The privileges that hold on a port, granted on it or above it.

    Raises:
        WorkspaceError: they cannot be read: then nothing about readers can be said or changed.
    """
    of = Securable(kind="table", name=port.full_name)
    what = f"read the effective grants of {port.full_name}"
    return workspace.ask(what, lambda client: tuple(effective(client, of)), privilege="MANAGE on it or ownership")


def readers_of(port: Port, grants: tuple[Grant, ...], owner: str, groups: frozenset[str] | None) -> tuple[Reader, ...]:
    """Who reads, the owner first, then by name."""
    found = [
        Reader(
            port=port.full_name,
            principal=each.principal,
            kind=kind_of(each.principal, groups),
            privilege=each.privilege,
            on=each.on,
            promised=each.principal in port.roles,
        )
        for each in sorted(grants, key=lambda grant: (grant.principal, grant.on))
        if each.privilege in READS
    ]
    own = Reader(
        port=port.full_name, principal=owner, kind=kind_of(owner, groups), privilege="owner", on="owner", promised=True
    )
    return (own, *found)


def built_on(workspace: Workspace, port: Port) -> tuple[str, ...]:
    """The tables that are built on a port, as far as Unity Catalog saw it."""

    def question(client: WorkspaceClient) -> tuple[str, ...]:
        found = table_lineage(client, port.full_name).downstream
        return tuple(sorted({each.name for each in found if each.name}))

    return workspace.ask(f"read the lineage of {port.full_name}", question)
