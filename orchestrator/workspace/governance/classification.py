"""Tags for personal data that was found: a tag on each column, and the highest sensitivity on its table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from orchestrator.workspace.changes import Goal
from orchestrator.workspace.governance.personal import PersonalColumn
from orchestrator.workspace.governance.tags import proposing

SENSITIVITY: Mapping[str, int] = {
    "online": 1,
    "personal": 2,
    "financial": 3,
    "government": 4,
    "special": 5,
    "secret": 6,
}
"""From the least to the most harm when it is disclosed: an order of ours, to choose one word for a table."""


def classifying(found: Iterable[PersonalColumn], column_tag: str, table_tag: str | None) -> list[Goal]:
    """The goals that every column carries its kind, and every table of one its highest sensitivity.

    A tag that is set already is somebody's judgement and stays.

    Raises:
        WorkspaceError: a key cannot be one.
    """
    goals: list[Goal] = []
    highest: dict[str, str] = {}
    for item in found:
        goals.append(proposing("column", item.column, column_tag, item.kind))
        table = item.column.rpartition(".")[0]
        highest[table] = max(highest.get(table, "online"), item.sensitivity, key=lambda name: SENSITIVITY[name])
    if table_tag is not None:
        goals += [proposing("table", table, table_tag, name) for table, name in sorted(highest.items())]
    return goals
