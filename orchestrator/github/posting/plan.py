"""What is to be done to the threads of a pull request, from what is there and what the review found: a pure function.

No action edits or deletes a comment of a thread; there is none that could. A person's word is final: a thread that a
person resolved or disliked keeps its finding quiet for good, and under a person's reply nothing happens but that the
thread is resolved when its finding is gone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Inline:
    """A comment to post: lines count from 1, of the head; the body is as it is sent, with its mark."""

    finding: str
    path: str
    line: int
    start_line: int | None
    body: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Thread:
    """A thread that we began: its node id, the number of its first comment, and what became of it."""

    id: str
    comment: int
    finding: str
    resolved: bool = False
    by_person: bool = False
    """Whether it was resolved by somebody else than us."""
    disliked: bool = False
    answered: bool = False
    """Whether somebody else wrote in it."""
    told: bool = False
    """Whether our last word in it is that the finding is gone."""

    @property
    def is_closed(self) -> bool:
        """Whether a person wants to hear no more of the finding."""
        return self.disliked or (self.resolved and self.by_person)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What the review found: the comments, worst first, and every finding that is there, inline or not."""

    head: str
    comments: tuple[Inline, ...]
    still_there: frozenset[str]
    is_complete: bool
    begun: frozenset[str] = frozenset()
    """Threads under which this run has written its word already, and that it was about to resolve."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Resolve:
    """Say that the finding is gone, unless that stands there, and resolve the thread."""

    thread: Thread
    word: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Reopen:
    """Open a thread again that we resolved, and say that the finding is back."""

    thread: Thread
    word: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """The batch to post as one review, and the threads to resolve or to open again."""

    batch: tuple[Inline, ...] = ()
    resolve: tuple[Resolve, ...] = ()
    reopen: tuple[Reopen, ...] = ()
    left: int = 0
    """Open threads of findings that are gone, in which our word stands already: a person opened them, or we may not
    resolve."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to be written."""
        return not (self.batch or self.resolve or self.reopen)


def plan(threads: Iterable[Thread], wanted: Wanted) -> Plan:
    """What brings the threads in line with the findings, and nothing where they are."""
    by_finding: defaultdict[str, list[Thread]] = defaultdict(list)
    for thread in threads:
        by_finding[thread.finding].append(thread)
    comments = tuple(_each_once(wanted.comments))
    gone = tuple(_gone(by_finding, wanted))
    return Plan(
        batch=tuple(comment for comment in comments if comment.finding not in by_finding),
        resolve=tuple(_resolved(gone, wanted)),
        reopen=tuple(_back(by_finding, comments, wanted.head)),
        left=sum(thread.told and thread.id not in wanted.begun for thread in gone),
    )


def closed_by_people(threads: Iterable[Thread], still_there: frozenset[str]) -> int:
    """How many findings are there of which a person wants to hear no more."""
    return len({thread.finding for thread in threads if thread.is_closed} & still_there)


def _each_once(comments: Iterable[Inline]) -> Iterator[Inline]:
    seen = set()
    for comment in comments:
        if comment.finding not in seen:
            seen.add(comment.finding)
            yield comment


def _gone(by_finding: Mapping[str, list[Thread]], wanted: Wanted) -> Iterator[Thread]:
    """The open threads of findings that are gone; an incomplete review does not know what is."""
    if not wanted.is_complete:
        return
    there = wanted.still_there | {comment.finding for comment in wanted.comments}
    for finding, threads in by_finding.items():
        if finding not in there:
            yield from (thread for thread in threads if not thread.resolved)


def _resolved(gone: Iterable[Thread], wanted: Wanted) -> Iterator[Resolve]:
    """A thread that is open although our word stands in it is left, unless this run wrote the word."""
    for thread in gone:
        if not thread.told:
            yield Resolve(thread=thread, word=f"Fixed in {wanted.head}.")
        elif thread.id in wanted.begun:
            yield Resolve(thread=thread, word=None)


def _back(by_finding: Mapping[str, list[Thread]], comments: Iterable[Inline], head: str) -> Iterator[Reopen]:
    for comment in comments:
        threads = by_finding.get(comment.finding, [])
        if any(thread.is_closed or not thread.resolved for thread in threads):
            continue
        free = [thread for thread in threads if not thread.answered]
        if free:
            yield Reopen(thread=free[-1], word=f"Back in {head}.")
