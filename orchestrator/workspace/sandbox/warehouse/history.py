"""The history of tables: the operations of the seed, and what statements did since."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from orchestrator.workspace.sandbox.seed.unity import OperationSeed, TableSeed

if TYPE_CHECKING:
    from orchestrator.workspace.sandbox.unity import Placed
    from orchestrator.workspace.sandbox.warehouse.session import Session

_OPERATIONS = {"INSERT": "WRITE", "UPDATE": "UPDATE", "DELETE": "DELETE", "MERGE": "MERGE"}
_CREATED = "CREATE TABLE"


def operations(table: Placed[TableSeed], created: int) -> list[OperationSeed]:
    """What happened to a table, oldest first; it begins with its creation."""
    first = OperationSeed(at=created, operation=_CREATED, by=table.owner)
    return [first, *sorted(table.seed.history, key=lambda operation: operation.at)]


def record_change(session: Session, full_name: str, statement: str) -> None:
    """Remember that a statement changed a table."""
    found = re.match(r"\s*(\w+)", statement)
    word = found[1].upper() if found else ""
    record(session, full_name, _OPERATIONS.get(word, word))


def record(session: Session, full_name: str, operation: str) -> None:
    """Add an operation to the history of a table."""
    with session.state.lock:
        tables = session.state.unity.tables
        history = tables.get(full_name).seed.history
        added = OperationSeed(at=session.state.now, operation=operation, by=session.caller)
        tables.change(full_name, history=[*history, added], updated=session.state.now)
        session.state.changed()
