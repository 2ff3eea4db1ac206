"""The changes of rights that matter for one catalog: of its objects, and of the groups that hold something in it."""

from __future__ import annotations

from orchestrator.workspace.audit.actions import actions
from orchestrator.workspace.audit.given import Given, given
from orchestrator.workspace.audit.log import Question, Window, newest
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.governance.excess import HeldGrants

MAX_EVENTS = 5_000
_MEMBERS = ("addPrincipalToGroup", "addPrincipalsToGroup")


def rights_given(
    workspace: Workspace, catalog: str, window: Window, held: HeldGrants
) -> tuple[tuple[Given, ...], bool]:
    """The rights that were given, the newest first, and whether older ones were left out.

    A member of a group is listed where the group itself holds something in the catalog, or where its new member also
    got rights in the catalog.

    Raises:
        WorkspaceError: the audit log cannot be read.
    """
    inside = newest(workspace, Question(window=window, actions=actions().about("privilege"), under=catalog), MAX_EVENTS)
    members = newest(workspace, Question(window=window, actions=_MEMBERS), MAX_EVENTS)
    of_catalog = given(inside.events)
    holders = {grant.principal.lower() for grant in held.grants}
    gained = {item.to for item in of_catalog}
    joined = [item for item in given(members.events) if item.to in gained or item.on.lower() in holders]
    ordered = sorted((*of_catalog, *joined), key=lambda item: (item.time, item.event_id), reverse=True)
    return tuple(ordered), inside.more or members.more
