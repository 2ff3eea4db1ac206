"""From a review of a pull request's head to what the posting job is handed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from orchestrator.github.artifact import MAX_BODY, MAX_IDS, MAX_SUMMARY, Comment, PullReview, unmarked
from orchestrator.github.event import Occasion
from orchestrator.github.placing import Aside, Inline, Placed
from orchestrator.github.pull import PullRequest
from orchestrator.github.suggestions import Suggestions
from orchestrator.types import Finding, Review, Status

Conclusion = Literal["success", "failure", "neutral"]


class Texts(Protocol):
    """Writes what people read; the reports know how."""

    def title(self) -> str:
        """The answer in a few words."""
        ...

    def reason(self) -> str:
        """The answer in a sentence."""
        ...

    def comment(self, finding: Finding, *, said: str, suggests: bool) -> str:
        """A finding on its line."""
        ...

    def summary(self, *, inline: int, aside: tuple[Aside, ...]) -> str:
        """The whole review, and the findings that are no comments."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Assembly:
    """The parts of a posted review; `suggestions` is None where none is wanted."""

    occasion: Occasion
    pull: PullRequest
    review: Review
    placed: Placed
    suggestions: Suggestions | None
    texts: Texts

    def assembled(self, conclusion: Conclusion) -> PullReview:
        """The review as it is to be posted."""
        comments = list(self._comments())
        ids = _ids(self.review.findings, comments)
        # With ids left out, threads of findings that are still there would pass for fixed.
        left_out = int(len(ids) == MAX_IDS)
        missing = len(self.review.incomplete) + len(self.review.unfinished) + left_out
        return PullReview(
            schema=1,
            repository=self.occasion.repository,
            pull=self.pull.number,
            head=self.pull.head.sha,
            base=self.pull.base.sha,
            conclusion="neutral" if missing and conclusion == "success" else conclusion,
            title=unmarked(self.texts.title())[:200],
            reason=unmarked(self.texts.reason())[:2000],
            comments=comments,
            still_there=ids,
            summary=_cut(unmarked(self.texts.summary(inline=len(comments), aside=self.placed.aside)), MAX_SUMMARY),
            findings=len(self.review.reported),
            reviewed=sum(entry.status is not Status.SKIPPED for entry in self.review.coverage),
            not_reviewed=missing,
        )

    def _comments(self) -> Iterator[Comment]:
        for inline in self.placed.inline:
            found = self.suggestions.suggested(inline) if self.suggestions is not None else None
            yield self._comment(inline if found is None else found.inline, found.suggestion if found else None)

    def _comment(self, inline: Inline, suggestion: str | None) -> Comment:
        body = self.texts.comment(inline.finding, said=inline.place.said, suggests=suggestion is not None)
        return Comment(
            finding=inline.finding.id,
            path=inline.path,
            line=inline.place.line,
            start_line=inline.place.start_line,
            body=_cut(unmarked(body), MAX_BODY),
            suggestion=suggestion,
        )


def _ids(findings: Iterable[Finding], comments: Iterable[Comment]) -> list[str]:
    """The ids of all findings, those with comments first, at most as many as the artifact takes.

    Suppressed and withheld findings and those of lines that did not change are among them: only what is gone was fixed.
    """
    ids = (*(comment.finding for comment in comments), *(finding.id for finding in findings))
    return list(dict.fromkeys(ids))[:MAX_IDS]


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}\N{HORIZONTAL ELLIPSIS}"
