"""The state of a review's graph: plain values alone, because every checkpoint writes it; no code of the project.

Reducers join by key, so that a step which runs again after a crash writes the same state.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict, TypeVar

Kept = TypeVar("Kept")


class Assigned(TypedDict):
    """One specialist and the files that it is asked about; the payload of its branch."""

    who: str
    files: list[str]


class Said(TypedDict):
    """How a specialist's conversation ended: its answer's text, or the problem that left none.

    `read` are the files of which tools showed it something, `whole` those of which all.
    """

    who: str
    text: str
    turns: int
    problem: str | None
    read: list[str]
    whole: list[str]
    live: bool
    reused: bool


class Ruled(TypedDict):
    """The refuter's word on one finding."""

    finding: str
    word: Literal["kept", "refuted", "undecided", "not-asked"]
    reason: str
    problem: str | None


def silent(who: str, problem: str) -> Said:
    """For a specialist that gave no answer at all."""
    return {
        "who": who,
        "text": "",
        "turns": 0,
        "problem": problem,
        "read": [],
        "whole": [],
        "live": False,
        "reused": False,
    }


def joined(known: dict[str, Kept], new: dict[str, Kept]) -> dict[str, Kept]:
    """Both, by key; what is new stands."""
    return {**known, **new}


class ReviewState(TypedDict, total=False):
    """What the steps of a review leave to each other.

    `failures` names who gave no answer and why: a specialist, or the refuter.
    """

    assigned: list[Assigned]
    answers: Annotated[dict[str, Said], joined]
    failures: Annotated[dict[str, str], joined]
    judgements: Annotated[dict[str, Ruled], joined]
    outcome: str
