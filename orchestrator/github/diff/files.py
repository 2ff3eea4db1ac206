"""The files of a pull request's diff, and where in them a finding may stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from orchestrator.github.diff.hunks import Hunk


@dataclass(frozen=True, kw_only=True, slots=True)
class DiffedFile:
    """One changed file by its path in the head; `unseen` says why its diff is not shown, empty where it is."""

    path: str
    previous: str | None = None
    hunks: tuple[Hunk, ...] = ()
    unseen: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Lines that may carry a comment; `said` tells the reader where they are not all of the finding's lines."""

    line: int
    start_line: int | None = None
    said: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Unplaced:
    """Why a finding cannot be a comment on a line."""

    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PullDiff:
    """The changed files of a pull request by path in the head; `cut` says why there may be more, empty otherwise."""

    files: Mapping[str, DiffedFile] = field(default_factory=dict)
    cut: str = ""

    def place(self, path: str, start: int, end: int, lines: tuple[str, ...]) -> Place | Unplaced:
        """Where a finding at these lines may stand; `lines` is the file's text, as the finding counts it.

        A comment stands at the finding's own lines, or at one of them with a word; never at another line.
        """
        file = self.files.get(path)
        if file is None:
            return Unplaced(reason=self.cut or "the pull request does not change this file")
        if file.unseen:
            return Unplaced(reason=file.unseen)
        place = _place(file, start, end)
        if isinstance(place, Place) and not _is_same(file, place, lines):
            return Unplaced(reason="the diff shows other text at this line than the file that was reviewed")
        return place


def _place(file: DiffedFile, start: int, end: int) -> Place | Unplaced:
    whole = next((hunk for hunk in file.hunks if hunk.shows(start, end)), None)
    if whole is not None:
        return Place(line=end, start_line=start if start < end else None)
    span = f"The finding is at lines {start} to {end}"
    if any(hunk.shows(start, start) for hunk in file.hunks):
        return Place(line=start, said=f"{span}; the diff does not show all of them in one piece.")
    changed = min((line for hunk in file.hunks for line in hunk.changed if start <= line <= end), default=None)
    if changed is not None:
        return Place(line=changed, said=f"{span}; line {changed} is the first of them that changes.")
    return Unplaced(reason="the diff does not show this line")


def _is_same(file: DiffedFile, place: Place, lines: tuple[str, ...]) -> bool:
    """Whether the diff shows, at every line of the place, what the reviewed file has there."""
    wanted = range(place.start_line or place.line, place.line + 1)
    hunk = next(hunk for hunk in file.hunks if hunk.shows(wanted[0], wanted[-1]))
    return all(line <= len(lines) and _bare(hunk.text(line), line) == lines[line - 1] for line in wanted)


def _bare(text: str, line: int) -> str:
    """A line of a diff as a decoded file has it: without a carriage return at the end and a mark at the beginning."""
    text = text.removesuffix("\r")
    return text.removeprefix("\ufeff") if line == 1 else text
