"""Data-quality monitors of a workspace: which objects have one, and whether it works."""

from __future__ import annotations

from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.plain import brief, word
from orchestrator.workspace.records import Record


class MonitorState(Record):
    """One monitor."""

    object_type: str
    """table or schema"""
    object_id: str
    status: str | None
    """of its profile, as DATA_PROFILING_STATUS_ACTIVE; null where it profiles nothing"""
    failure: str | None

    @property
    def works(self) -> bool:
        """Whether nothing is said against it."""
        return self.status is None or self.status.endswith(("STATUS_ACTIVE", "STATUS_PENDING"))


def monitors(workspace: Workspace) -> tuple[MonitorState, ...]:
    """Every monitor that may be seen.

    Raises:
        WorkspaceError: the monitors cannot be listed.
    """
    found = workspace.ask("list the monitors", lambda client: tuple(client.data_quality.list_monitor()))
    return tuple(
        MonitorState(
            object_type=each.object_type,
            object_id=each.object_id,
            status=word(each.data_profiling_config.status) if each.data_profiling_config else None,
            failure=brief(each.data_profiling_config.latest_monitor_failure_message, 300)
            if each.data_profiling_config
            else None,
        )
        for each in found
    )
