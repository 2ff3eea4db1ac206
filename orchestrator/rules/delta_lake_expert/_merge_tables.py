"""What the project tells of a table that a merge reads: whether it keeps every version of a row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from orchestrator.code.tables import Use, name_parts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.code.facts import Facts
    from orchestrator.code.tables import TableUse

_RAW_LAYERS = re.compile(r"^(bronze|raw|landing)(_|$)|_(bronze|raw|landing)$", re.IGNORECASE)


def table_evidence(facts: Facts, name: str | None) -> str | None:
    """Why a named table can hold a key twice: the project only appends to it, or it is of the raw layer."""
    if not name:
        return None
    uses = facts.tables.of(name)
    writes = {use.use for use in uses if use.use.writes}
    why = None
    if writes and writes <= {Use.APPEND, Use.STREAM_WRITE}:
        why = f"`{name}` is only ever appended to, so that it holds every version of a row"
    elif not writes and _is_raw(name):
        why = f"`{name}` is raw, so that it can hold several versions of a row"
    return None if why is None or _has_key(uses) else why


def _is_raw(name: str) -> bool:
    parts = name_parts(name.replace("`", ""))
    return len(parts) > 1 and _RAW_LAYERS.search(parts[-2]) is not None


def _has_key(uses: Iterable[TableUse]) -> bool:
    """Whether a statement about the table declares a key: many may name it, so nobody asks before there is a reason."""
    return any("PRIMARY KEY" in use.statement.text.upper() for use in uses if use.statement is not None)
