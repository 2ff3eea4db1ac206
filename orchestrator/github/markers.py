"""The hidden last line of what we post, by which the next run knows it again.

A mark says nothing about who wrote it: read one only from a text whose author the API names as ourselves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["finding", "fixed", "back"]
"""A comment on a finding, the word under it when the finding is gone, and the word when it has come back."""

SUMMARY = "<!-- orchestrate:v1 summary -->"
"""The last line of the one comment under the conversation."""

FINDING_ID = r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}"
_MARK = re.compile(rf"<!-- orchestrate:v1 ({'|'.join(get_args(Kind))})=({FINDING_ID}) -->")


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """What a text of ours is about."""

    kind: Kind
    finding: str

    def __str__(self) -> str:
        return f"<!-- orchestrate:v1 {self.kind}={self.finding} -->"


def marked(body: str, mark: Mark) -> str:
    """The body with the mark as its last line.

    Raises:
        ValueError: the id of the finding could not be read back.
    """
    if not _MARK.fullmatch(str(mark)):
        raise ValueError(f"{mark.finding!r} cannot be the id of a finding in a mark: letters, digits and ._:- only")
    return f"{body.rstrip()}\n\n{mark}"


def mark_of(body: str) -> Mark | None:
    """The mark in the last line; whatever looks like one elsewhere is only text."""
    match = _MARK.fullmatch(_last_line(body))
    if match is None:
        return None
    kind = next(kind for kind in get_args(Kind) if kind == match[1])
    return Mark(kind=kind, finding=match[2])


def marked_summary(body: str) -> str:
    """The body with the mark of the summary as its last line."""
    return f"{body.rstrip()}\n\n{SUMMARY}"


def is_summary(body: str) -> bool:
    """Whether the last line is the mark of the summary."""
    return _last_line(body) == SUMMARY


def _last_line(body: str) -> str:
    lines = body.rstrip().rsplit("\n", maxsplit=1)
    return lines[-1].strip()
