"""Which tables are in shares, and whether anybody outside may read them there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from orchestrator.workspace.catalog.sharing import readers
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.records import Record

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

MAX_SHARES = 200


class InShare(Record):
    """A share that holds a table, and the recipients that may read it."""

    share: str
    recipients: tuple[str, ...]


def shared_tables(workspace: Workspace) -> Mapping[str, tuple[InShare, ...]]:
    """By full name of the table the shares that hold it, of the first 200 shares.

    Raises:
        WorkspaceError: the shares cannot be read.
    """

    def read(client: WorkspaceClient) -> dict[str, tuple[InShare, ...]]:
        found: dict[str, tuple[InShare, ...]] = {}
        names = [each.name or "" for each in client.shares.list_shares()][:MAX_SHARES]
        for name in names:
            granted, _more = readers(client, name)
            item = InShare(share=name, recipients=tuple(sorted(each.principal or "" for each in granted)))
            for each in client.shares.get(name, include_shared_data=True).objects or ():
                found[each.name] = (*found.get(each.name, ()), item)
        return found

    return workspace.ask("read the shares", read, privilege="USE SHARE on the metastore")
