"""Which findings of a review become comments on lines of its pull request, and which its summary tells, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from orchestrator.code.decoding import Unreadable, decode
from orchestrator.code.git import ask_git
from orchestrator.code.limits import Limits
from orchestrator.code.opening import read_bounded
from orchestrator.github.diff.files import Place, PullDiff, Unplaced
from orchestrator.types import Finding

INLINE = 20
"""Comments of one review, where nobody says otherwise."""
CAPPED = "over the limit of comments on lines"
_ALONE = "its lines end with carriage returns alone, which GitHub does not count as lines"
_ACTING = "the file's name holds a character that cannot be written"
_UNREADABLE = "the file cannot be read again"


@dataclass(frozen=True, kw_only=True, slots=True)
class Inline:
    """A finding and its place; the path is that of the repository."""

    finding: Finding
    path: str
    place: Place


@dataclass(frozen=True, kw_only=True, slots=True)
class Aside:
    """A finding that counts and has no comment on a line, and why not."""

    finding: Finding
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """The findings that count, worst first, each in one of the two."""

    inline: tuple[Inline, ...]
    aside: tuple[Aside, ...]


@dataclass(frozen=True, kw_only=True)
class Tree:
    """The files that were reviewed, below a folder that may be one inside the repository."""

    root: Path

    @cached_property
    def prefix(self) -> str:
        """What stands before a path below the root to make it a path of the repository."""
        answer = ask_git(self.root, "rev-parse", "--show-prefix")
        return answer.output.decode("utf-8", "surrogateescape").removesuffix("\n") if answer.code == 0 else ""

    @cached_property
    def _known(self) -> dict[str, tuple[str, ...] | Unplaced]:
        return {}

    def lines(self, path: str) -> tuple[str, ...] | Unplaced:
        """The lines of a file as findings count them, or why its findings cannot stand at lines of a diff."""
        if path not in self._known:
            self._known[path] = self._read(path)
        return self._known[path]

    def _read(self, path: str) -> tuple[str, ...] | Unplaced:
        limit = Limits().max_notebook_bytes
        raw = read_bounded(self.root / path, limit)
        if isinstance(raw, OSError) or len(raw) > limit:
            return Unplaced(reason=_UNREADABLE)
        # A diff counts line feeds alone; where a lone carriage return ends a line, its numbers would be others.
        if raw.count(b"\r") != raw.count(b"\r\n"):
            return Unplaced(reason=_ALONE)
        decoded = decode(raw)
        if isinstance(decoded, Unreadable):
            return Unplaced(reason=decoded.reason)
        return tuple(decoded.text.split("\n"))


def placed(findings: Iterable[Finding], diff: PullDiff, tree: Tree, *, limit: int = INLINE) -> Placed:
    """Each finding that counts at the lines it is of, the worst ones first, at most `limit` of them; the rest aside."""
    inline: list[Inline] = []
    aside: list[Aside] = []
    for finding in _worst_first(findings):
        place = _place(finding, diff, tree)
        if isinstance(place, Unplaced):
            aside.append(Aside(finding=finding, reason=place.reason))
        elif len(inline) >= limit:
            aside.append(Aside(finding=finding, reason=CAPPED))
        else:
            inline.append(Inline(finding=finding, path=tree.prefix + finding.location.path, place=place))
    return Placed(inline=tuple(inline), aside=tuple(aside))


def _place(finding: Finding, diff: PullDiff, tree: Tree) -> Place | Unplaced:
    location = finding.location
    if not (tree.prefix + location.path).isprintable():
        return Unplaced(reason=_ACTING)
    lines = tree.lines(location.path)
    if isinstance(lines, Unplaced):
        return lines
    return diff.place(tree.prefix + location.path, location.start_line, location.end_line, lines)


def _worst_first(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings that the gate sees; one for each id, should two claim the same."""
    seen: set[str] = set()
    for finding in sorted(findings, key=lambda each: (each.severity.rank, each.location, each.rule)):
        if finding.counts and finding.id not in seen:
            seen.add(finding.id)
            yield finding
