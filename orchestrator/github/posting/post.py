"""From the folder of a review to a pull request that says so: checked, planned, written, concluded.

The check run is opened before anything else is written: a token that may not do that posts nothing at all. Whatever
stops the posting ends in one sentence, and in a check run that says it wherever one can be made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from orchestrator.errors import ArtifactError, GitHubError, IncompleteError
from orchestrator.github.artifact import PullReview, read_artifact
from orchestrator.github.posting.api import Api
from orchestrator.github.posting.apply import Done, Poster
from orchestrator.github.posting.bodies import Span, inlines, summary_body
from orchestrator.github.posting.check import CheckRun, Verdict, not_posted, opened, verdict
from orchestrator.github.posting.failures import ApiError, DeniedError, UncertainError
from orchestrator.github.posting.plan import Wanted, closed_by_people, plan
from orchestrator.github.posting.summary import posted_summary, write_summary
from orchestrator.github.posting.target import Job, hindrance, is_of_another, mismatch, pull_state
from orchestrator.github.posting.threads import our_threads

ATTEMPTS = 3
SETTLING = 5.0
"""Seconds after a write of unknown fate until what is there is read, times two for each further attempt."""
CODES = {"success": 0, "failure": 1, "neutral": IncompleteError.exit_code}

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """How the posting ended: the verdict over the head, what was written, and the exit code."""

    verdict: Verdict
    code: int
    pull: int | None = None
    comments: int = 0
    resolved: int = 0
    reopened: int = 0
    trouble: str = ""
    """Why nothing, or not all, was posted."""


@dataclass(frozen=True, kw_only=True)
class Posting:
    """One run of the poster; `span` writes foreign text as a code span."""

    api: Api
    job: Job
    span: Span
    drafts: bool = False

    def run(self, folder: Path) -> Outcome:
        """Post what is in the folder, or say why not."""
        try:
            review = read_artifact(folder)
        except ArtifactError as error:
            return self._not_posted(str(error), self.job.head, GitHubError.exit_code)
        wrong = mismatch(review, self.job)
        if wrong is not None:
            return self._not_posted(f"nothing was posted: {wrong}", self.job.head, GitHubError.exit_code)
        try:
            return self._on_pull(review)
        except (ApiError, DeniedError) as error:
            return self._hindered(review, f"nothing was posted: {error}", error.exit_code)

    def _on_pull(self, review: PullReview) -> Outcome:
        pull = pull_state(self.api, review.repository, review.pull)
        stranger = is_of_another(pull, self.job)
        if stranger is not None:
            return self._not_posted(f"nothing was posted: {stranger}", self.job.head, GitHubError.exit_code)
        reason = hindrance(pull, review, drafts=self.drafts)
        if reason is not None:
            return self._hindered(review, reason, IncompleteError.exit_code)
        check = surely(self.api, lambda: opened(self.api, review.repository, review.head))
        done = Done()
        try:
            surely(self.api, lambda: self._post(review, done))
        except (ApiError, DeniedError) as error:
            return self._stopped(review, check, done, error)
        trouble = _trouble(review, done)
        end = verdict(review, trouble)
        check.conclude(end)
        return _outcome(review, end, done, CODES[end.conclusion], " ".join(trouble))

    def _post(self, review: PullReview, done: Done) -> None:
        """The threads and the summary, from what is there now."""
        threads = our_threads(self.api, review.repository, review.pull)
        wanted = _wanted(review, done)
        planned = plan(threads, wanted)
        done.first_batch = max(done.first_batch, len(planned.batch))
        poster = Poster(api=self.api, repository=review.repository, pull=review.pull, head=review.head)
        poster.carry_out(planned, done)
        closed = closed_by_people(threads, wanted.still_there)
        body = summary_body(review, refused=done.refused, left=done.left, closed=closed, span=self.span)
        standing = posted_summary(self.api, review.repository, review.pull)
        if standing is not None or review.findings or not review.is_complete or done.left:
            write_summary(self.api, review.repository, review.pull, standing, body)

    def _stopped(self, review: PullReview, check: CheckRun, done: Done, error: ApiError | DeniedError) -> Outcome:
        """The posting broke off; what was posted is known again by the next run."""
        end = verdict(review, (_sentence(f"the review could not be posted: {error}"),))
        trouble = f"the review could not be posted on pull request {review.pull}: {error}"
        try:
            check.conclude(end)
        except (ApiError, DeniedError) as second:
            trouble += f"; nor could the check run be ended: {second}"
        return _outcome(review, end, done, error.exit_code, trouble)

    def _hindered(self, review: PullReview, sentence: str, code: int) -> Outcome:
        """Nothing was posted, but what was reviewed is known: a failure stays one."""
        end = verdict(review, (_sentence(sentence),))
        return Outcome(
            verdict=end,
            code=code,
            pull=review.pull,
            trouble=sentence + self._check_problem(end, review.head, over=True),
        )

    def _not_posted(self, sentence: str, head: str | None, code: int) -> Outcome:
        """Nothing was posted, and nothing is known of the head."""
        end = not_posted(sentence)
        problem = self._check_problem(end, head, over=False) if head is not None else ""
        return Outcome(verdict=end, code=code, trouble=sentence + problem)

    def _check_problem(self, end: Verdict, head: str, *, over: bool) -> str:
        """What kept a check run from saying it, for the end of the sentence; `over` what an earlier one concluded."""
        try:
            check = opened(self.api, self.job.repository, head)
            if over or not check.is_concluded:
                check.conclude(end)
        except (ApiError, DeniedError) as error:
            return f"; nor could a check run say so: {error}"
        return ""


def surely(api: Api, action: Callable[[], T]) -> T:
    """What the action gives, begun anew where the fate of a write is unknown: it has to look what is there first.

    Raises:
        ApiError, DeniedError: it failed, or was begun too often.
    """
    for attempt in range(ATTEMPTS - 1):
        try:
            return action()
        except UncertainError:
            api.pause(SETTLING * (1 << attempt))
    return action()


def _wanted(review: PullReview, done: Done) -> Wanted:
    return Wanted(
        head=review.head,
        comments=inlines(review),
        still_there=frozenset(review.still_there),
        is_complete=review.is_complete and review.conclusion != "neutral",
        begun=frozenset(done.begun),
    )


def _trouble(review: PullReview, done: Done) -> tuple[str, ...]:
    if not done.refused:
        return ()
    return (_sentence(f"none of the inline comments of pull request {review.pull} could be posted: {done.refused}"),)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def _outcome(review: PullReview, end: Verdict, done: Done, code: int, trouble: str) -> Outcome:
    return Outcome(
        verdict=end,
        code=code,
        pull=review.pull,
        comments=0 if trouble else done.first_batch,
        resolved=done.resolved,
        reopened=done.reopened,
        trouble=trouble,
    )
