"""From the names that code uses to the full names of live tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from orchestrator.code.tables import is_resolved, name_parts

_PARTS = 3


def resolved(names: Iterable[str], live: Iterable[str]) -> Mapping[str, str]:
    """By name in the code the one live table that it can mean; a name that several fit stands for none.

    A part that the code computes fits any name, and so do the catalog and schema that it leaves out.
    """
    known = tuple(live)
    found: dict[str, str] = {}
    for name in set(names):
        fitting = [each for each in known if is_resolved(name) and fits(name, each)]
        if len(fitting) == 1:
            found[name] = fitting[0]
    return found


def fits(name: str, full: str) -> bool:
    """Whether a name in the code can be that full name."""
    mine, theirs = name_parts(name), tuple(full.lower().split("."))
    if len(mine) > _PARTS or len(theirs) != _PARTS:
        return False
    return all("{" in part or part == other for part, other in zip(mine[::-1], theirs[::-1], strict=False))


def last_part(name: str) -> str:
    """The table's own name."""
    return name_parts(name)[-1]
