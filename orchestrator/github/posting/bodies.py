"""The texts as they are sent: comments with their suggestion and mark, and the summary with what became of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from orchestrator.github.artifact import Comment, PullReview
from orchestrator.github.markers import Mark, marked, marked_summary
from orchestrator.github.posting.plan import Inline

Span = Callable[[str], str]
"""Writes a foreign text as a code span that it cannot leave; handed in, because reports know how."""

MAX_TEXT = 65_000
"""Characters that the API takes in one comment, with a margin."""
_ROOM = 400
_FENCES = re.compile(r"`+")


def inlines(review: PullReview) -> tuple[Inline, ...]:
    """The comments of the review as they are sent."""
    return tuple(
        Inline(
            finding=comment.finding,
            path=comment.path,
            line=comment.line,
            start_line=comment.start_line,
            body=marked(_text(comment), Mark(kind="finding", finding=comment.finding)),
        )
        for comment in review.comments
    )


def summary_body(review: PullReview, *, refused: str, left: int, closed: int, span: Span) -> str:
    """The summary of the review, then what a reader has to know of the posting; the same state gives the same text."""
    body = review.summary.rstrip()
    for line in _notes(left=left, closed=closed):
        body += f"\n\n{line}"
    if refused:
        body += "\n\n" + _refused(review, refused, span, MAX_TEXT - len(body) - _ROOM)
    return marked_summary(body)


def _text(comment: Comment) -> str:
    if comment.suggestion is None:
        return comment.body
    fence = "`" * max(3, 1 + max((len(run) for run in _FENCES.findall(comment.suggestion)), default=0))
    lines = f"{comment.suggestion}\n" if comment.suggestion else ""
    return f"{comment.body.rstrip()}\n\n{fence}suggestion\n{lines}{fence}"


def _notes(*, left: int, closed: int) -> Iterator[str]:
    if closed:
        what = "1 finding has a thread" if closed == 1 else f"{closed} findings have threads"
        yield f"{what} that a person resolved or disliked: nothing more is said there."
    if left:
        what = "1 thread is" if left == 1 else f"{left} threads are"
        yield (
            f"{what} not as the findings are: opened again by a person, or for want of `contents: write`, "
            "without which GitHub lets no token resolve a thread."
        )


def _refused(review: PullReview, reason: str, span: Span, room: int) -> str:
    """The comments that are nowhere else, as many as there is room for, the rest counted."""
    said = f"**None of the {len(review.comments)} inline comments could be posted.** {span(reason)}"
    shown = []
    for comment in review.comments:
        text = f"### {span(_place(comment))}\n\n{comment.body.rstrip()}"
        room -= len(text) + 2
        if room < 0:
            break
        shown.append(text)
    left = len(review.comments) - len(shown)
    return "\n\n".join((said, *shown, *_rest(left)))


def _rest(left: int) -> Iterable[str]:
    return (f"{left} more are in the report of the run.",) if left else ()


def _place(comment: Comment) -> str:
    return f"{comment.path}:{comment.start_line or comment.line}"
