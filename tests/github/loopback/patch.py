"""What git says a pull request changes: its files, their hunks, and which lines may carry a comment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal

from tests.github.loopback.planting import git
from tests.github.loopback.records import File, PullRequest, Repository, Side

_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_STATUS: dict[str, Literal["added", "removed", "modified", "renamed"]] = {
    "A": "added",
    "D": "removed",
    "M": "modified",
    "T": "modified",
    "R": "renamed",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Changes:
    """The three-dot diff of a pull request."""

    diff: str
    files: tuple[File, ...]
    anchors: dict[str, dict[tuple[Side, int], int]] = field(default_factory=dict)
    """By path: the lines that may carry a comment, each with the number of its hunk."""


def head_of(repository: Repository, pull: PullRequest) -> str:
    """The sha of the head; it stays what it was when the branch is gone."""
    kept = f"refs/pull/{pull.number}/head"
    found = sha_of(repository.folder, f"refs/heads/{pull.head}")
    if found is not None:
        git(repository.folder, "update-ref", kept, found)
        return found
    return sha_of(repository.folder, kept) or "0" * 40


def base_of(repository: Repository, pull: PullRequest) -> str:
    """The sha of the base branch."""
    return sha_of(repository.folder, f"refs/heads/{pull.base}") or "0" * 40


def sha_of(folder: Path, reference: str) -> str | None:
    """The commit that a reference or a sha names, or None."""
    if reference.startswith("-"):
        return None
    return (
        git(folder, "rev-parse", "--verify", "--quiet", f"{reference}^{{commit}}", check=False).decode().strip() or None
    )


def changes(repository: Repository, pull: PullRequest) -> Changes:
    """What the pull request changes now."""
    return compared(repository.folder, base_of(repository, pull), head_of(repository, pull))


@lru_cache(maxsize=64)
def compared(folder: Path, base: str, head: str) -> Changes:
    """What `head` changes since it left `base`."""
    fork = git(folder, "merge-base", base, head).decode().strip()
    told = git(folder, "diff", "--no-color", "--no-ext-diff", "-M", "--full-index", fork, head)
    diff = told.decode("utf-8", "replace")
    raw = git(folder, "diff", "--raw", "-z", "-M", "--no-abbrev", fork, head).decode("utf-8", "replace")
    files = tuple(_file(*each) for each in zip(_listed(raw), _parts(diff), strict=True))
    return Changes(diff=diff, files=files, anchors={file.path: _anchors(file.patch or "") for file in files})


def moved(folder: Path, path: str, line: int, before: str, after: str) -> int | None:
    """Where a line of a file stands in a later commit; None when it was changed or is gone."""
    if before == after:
        return line
    told = git(folder, "diff", "--no-color", "--no-ext-diff", "-U0", before, after, "--", path).decode(
        "utf-8", "replace"
    )
    shift = 0
    for hunk in _HUNK.finditer(told):
        first, removed = int(hunk[1]), int(hunk[2] or 1)
        added = int(hunk[4] or 1)
        # A hunk that removes nothing names the line after which it adds.
        if removed == 0 and first >= line:
            break
        if removed and first > line:
            break
        if removed and line < first + removed:
            return None
        shift += added - removed
    gone = "\ndeleted file mode" in told.partition("@@")[0]
    return None if gone else line + shift


def _listed(raw: str) -> Iterator[tuple[str, str, str | None, str]]:
    """Status, path, previous path and blob of each file."""
    fields = iter(raw.split("\0"))
    for head in fields:
        if not head:
            return
        _, _, _, blob, status = head.split(" ")
        first = next(fields)
        if status[0] == "R":
            yield status[0], next(fields), first, blob
        else:
            yield status[0], first, None, blob


def _parts(diff: str) -> list[str]:
    """The diff of each file: only a header starts so, since every line of content has a sign before it."""
    return [part for part in re.split(r"^(?=diff --git )", diff, flags=re.MULTILINE) if part]


def _file(listed: tuple[str, str, str | None, str], part: str) -> File:
    status, path, previous, blob = listed
    # Not by `splitlines`: lines of git end with a line feed and with nothing else.
    start = re.search(r"^@@ ", part, flags=re.MULTILINE)
    patch = part[start.start() :].removesuffix("\n") if start else None
    signs = [line[:1] for line in (patch or "").split("\n")]
    return File(
        path=path,
        status=_STATUS[status],
        previous=previous,
        patch=patch,
        additions=signs.count("+"),
        deletions=signs.count("-"),
        sha=blob,
    )


def _anchors(patch: str) -> dict[tuple[Side, int], int]:
    found: dict[tuple[Side, int], int] = {}
    left = right = hunk = 0
    for line in patch.split("\n"):
        if (start := _HUNK.match(line)) is not None:
            hunk, left, right = hunk + 1, int(start[1]), int(start[3])
            continue
        if line[:1] in {"-", " "}:
            found["LEFT", left] = hunk
            left += 1
        if line[:1] in {"+", " "}:
            found["RIGHT", right] = hunk
            right += 1
    return found
