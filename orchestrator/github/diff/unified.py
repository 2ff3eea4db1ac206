"""A whole unified diff, as git writes it and the API's diff media type gives it, file by file."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.code.diff_path import unquoted
from orchestrator.github.diff.files import DiffedFile
from orchestrator.github.diff.hunks import HEADER, Hunk, read_hunk

BINARY = "GitHub shows no diff of this file: it is binary, or an attribute of the repository says so"
TORN = "the diff of this file ends in the middle"


@dataclass
class _Open:
    """A file whose part of the diff is being read."""

    path: str | None = None
    previous: str | None = None
    unseen: str = ""
    hunks: tuple[Hunk, ...] = ()


def diffed_files(diff: bytes) -> dict[str, DiffedFile]:
    """The files that are in the head, by path; a file that was deleted is absent."""
    lines = diff.decode("utf-8", "surrogateescape").split("\n")
    found: dict[str, DiffedFile] = {}
    file = _Open()
    place = 0
    while place < len(lines):
        line = lines[place]
        place += 1
        if line.startswith("diff --git "):
            _close(file, found)
            file = _Open(path=_same_name(line))
        elif (header := HEADER.match(line)) and not file.unseen:
            hunk, place = read_hunk(header, lines, place)
            file.hunks = (*file.hunks, hunk) if hunk else ()
            file.unseen = "" if hunk else TORN
        else:
            _take_header(file, line)
    _close(file, found)
    return found


def _take_header(file: _Open, line: str) -> None:
    """What one line between `diff --git` and the first hunk says of the file."""
    if line.startswith("rename from "):
        file.previous = _name(line[len("rename from ") :])
    elif line.startswith(("rename to ", "copy to ")):
        file.path = _name(line.partition(" to ")[2])
    elif line.startswith("+++ "):
        # Git ends a name that holds a space with a tab, so that other programs find its end.
        name = _name(line[4:].removesuffix("\t"))
        file.path = None if name == "/dev/null" else name.removeprefix("b/")
    elif line.startswith(("Binary files ", "GIT binary patch")):
        file.unseen = BINARY
    elif line.startswith("deleted file mode "):
        file.path = None


def _name(text: str) -> str:
    return unquoted(text.encode("utf-8", "surrogateescape"))


def _same_name(line: str) -> str | None:
    """The path where both names of `diff --git a/NAME b/NAME` are the same, as they are where no other line has it."""
    rest = line[len("diff --git ") :]
    half = len(rest) // 2
    first, second = _name(rest[:half]), _name(rest[half + 1 :])
    return second.removeprefix("b/") if first.removeprefix("a/") == second.removeprefix("b/") else None


def _close(file: _Open, found: dict[str, DiffedFile]) -> None:
    if file.path is not None:
        found[file.path] = DiffedFile(path=file.path, previous=file.previous, hunks=file.hunks, unseen=file.unseen)
