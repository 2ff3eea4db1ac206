"""Which privileges were used: read from the audit log and the lineage, so that the rest can be named.

What proves a use: `getTable` and temporary credentials of a table (SELECT, with READ_WRITE also MODIFY), those of a
volume, `createTable`, `updatePermissions`, `deleteTable` and `deleteSchema` (MANAGE), and lineage (read from, written
to). Reading the metadata of a table counts as SELECT, so that a privilege is rather called used than unused.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from orchestrator.workspace.audit.log import Question, Window, counts
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.governance.securables import Securable
from orchestrator.workspace.statements import Value, query

VISIBLE = frozenset({"SELECT", "MODIFY", "READ_VOLUME", "WRITE_VOLUME", "CREATE_TABLE", "MANAGE"})
"""Privileges whose use these sources show; EXECUTE, APPLY_TAG and others leave no trace there."""
_READING = {"READ", "READ_VOLUME"}
_PLAIN = {
    "getTable": "SELECT",
    "createTable": "CREATE_TABLE",
    "updatePermissions": "MANAGE",
    "deleteTable": "MANAGE",
    "deleteSchema": "MANAGE",
}
_CREDENTIALS = {
    "generateTemporaryTableCredential": ("SELECT", "MODIFY"),
    "generateTemporaryVolumeCredential": ("READ_VOLUME", "WRITE_VOLUME"),
}
ACTIONS = (*sorted(_PLAIN), *sorted(_CREDENTIALS))
_LINEAGE = (
    "SELECT DISTINCT lower(created_by), source_table_full_name, target_table_full_name "
    "FROM system.access.table_lineage WHERE event_date >= :since AND event_date <= :until "
    "AND (startswith(source_table_full_name, :prefix) OR startswith(target_table_full_name, :prefix))"
)


@dataclass(frozen=True, kw_only=True, order=True)
class Use:
    """A privilege that one principal used on one object."""

    principal: str
    object: str
    privilege: str


@dataclass(frozen=True, kw_only=True)
class Usage:
    """The uses in a window; `more` tells that some were cut, and then nothing may be called unused."""

    window: Window
    uses: frozenset[Use]
    more: bool

    def of(self, principals: frozenset[str] | None, below: Securable) -> frozenset[str]:
        """The privileges that any of the principals used on the object or below it; None stands for everybody."""
        return frozenset(
            use.privilege
            for use in self.uses
            if (principals is None or use.principal in principals) and below.covers(use.object)
        )


def usage(workspace: Workspace, catalog: str, window: Window) -> Usage:
    """The uses of privileges on a catalog and below it.

    Raises:
        WorkspaceError: the audit log or the lineage cannot be read.
    """
    question = Question(window=window, under=catalog, actions=ACTIONS, outcome="succeeded")
    found = counts(workspace, question, "principal", "action", "object", "operation")
    parameters: dict[str, Value] = {"since": window.since, "until": window.until, "prefix": f"{catalog}."}
    lineage = query(workspace, _LINEAGE, parameters, what="read the lineage of tables", limit=10_000)
    uses = {use for row in found.rows for use in used(*row.keys)}
    uses |= {use for row in lineage.rows for use in _moved(row)}
    return Usage(window=window, uses=frozenset(uses), more=found.more or lineage.more)


def used(principal: str, action: str, name: str, operation: str) -> Iterable[Use]:
    """The privileges that one kind of event proves."""
    if action in _PLAIN:
        return (Use(principal=principal, object=name, privilege=_PLAIN[action]),)
    read, write = _CREDENTIALS.get(action, (None, None))
    if read is None or write is None:
        return ()
    names = (read,) if operation in _READING else (read, write)
    return tuple(Use(principal=principal, object=name, privilege=privilege) for privilege in names)


def _moved(row: tuple[str | None, ...]) -> Iterable[Use]:
    principal, source, target = row
    if principal and source:
        yield Use(principal=principal, object=source, privilege="SELECT")
    if principal and target:
        yield Use(principal=principal, object=target, privilege="MODIFY")
