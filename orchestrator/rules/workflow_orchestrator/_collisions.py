"""Which writers of one table must not run at once."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.code.tables import Use
from orchestrator.rules.workflow_orchestrator._writers import FULL_NAME, Writer


def same_table(first: Writer, second: Writer) -> bool:
    """Whether two names of two parts or more are the same table, where an unknown catalog counts as the same."""
    mine, yours = first.use.parts[::-1], second.use.parts[::-1]
    if mine[:2] != yours[:2]:
        return False
    if len(mine) < FULL_NAME or len(yours) < FULL_NAME or "{" in mine[2] or "{" in yours[2]:
        return True
    return mine[2] == yours[2]


def collide(first: Writer, second: Writer) -> bool:
    """Whether two writers of one table fail or undo one another when they run at once.

    Appends never do. Two that change a part of the table each are taken to change different parts.
    """
    if first.literals and second.literals and not first.literals & second.literals:
        return False
    if first.replaces_all or second.replaces_all:
        return True
    if first.selective or second.selective or not (first.rewrites and second.rewrites):
        return False
    return Use.MERGE in {first.use.use, second.use.use}


def collisions(mine: tuple[Writer, ...], yours: tuple[Writer, ...]) -> Iterator[tuple[Writer, Writer]]:
    """The pairs of writers that must not run at once."""
    for first in mine:
        for second in yours:
            if same_table(first, second) and collide(first, second):
                yield first, second
