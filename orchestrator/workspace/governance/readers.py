"""Who besides its owner, its administrators and the jobs may read a table: the people whom a mask would concern."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.governance.grants import Grant, effective
from orchestrator.workspace.governance.securables import Securable
from orchestrator.workspace.governance.tables import Table

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

_READS = frozenset({"SELECT", "ALL_PRIVILEGES"})
_UUID_DASHES = 4


def readers(workspace: Workspace, tables: Iterable[Table]) -> Mapping[str, tuple[str, ...] | None]:
    """By full name of the table the users and groups, sorted; None where its grants cannot be read."""
    jobs = _service_principals(workspace)
    return {table.name: _of_table(workspace, table, jobs) for table in tables}


def _of_table(workspace: Workspace, table: Table, jobs: frozenset[str]) -> tuple[str, ...] | None:
    of = Securable(kind="table", name=table.name)

    def read(client: WorkspaceClient) -> list[Grant]:
        return list(effective(client, of))

    try:
        grants = workspace.ask(f"read the effective grants of {table.name}", read, privilege="MANAGE on it")
    except WorkspaceError:
        return None
    manage = {grant.principal.lower() for grant in grants if grant.privilege == "MANAGE"}
    left_out = {table.owner.lower(), *manage, *jobs}
    names = {grant.principal for grant in grants if grant.privilege in _READS}
    return tuple(sorted(name for name in names if name.lower() not in left_out and not _is_application(name)))


def _service_principals(workspace: Workspace) -> frozenset[str]:
    """Their names and application ids in lower case; none where they cannot be listed: then their ids are known by
    their form alone."""

    def read(client: WorkspaceClient) -> frozenset[str]:
        found = list(client.service_principals.list(attributes="displayName,applicationId"))
        return frozenset((name or "").lower() for item in found for name in (item.display_name, item.application_id))

    try:
        return workspace.ask("list the service principals", read)
    except WorkspaceError:
        return frozenset()


def _is_application(name: str) -> bool:
    return name.count("-") == _UUID_DASHES and "@" not in name
