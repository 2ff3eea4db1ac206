"""The check run of a head commit: opened before anything is posted, concluded when all is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from orchestrator.github.artifact import PullReview
from orchestrator.github.posting.api import Api, Json
from orchestrator.github.posting.failures import ApiError

Conclusion = Literal["success", "failure", "neutral"]

NAME = "orchestrate review"
_MARK = "orchestrate:v1"
_MAX_TITLE = 200
_MAX_REASON = 4_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """How the check run ends, and why."""

    conclusion: Conclusion
    title: str
    reason: str


def verdict(review: PullReview, trouble: tuple[str, ...] = ()) -> Verdict:
    """The conclusion of the review, never better than what was reviewed and posted.

    A failure stays one whatever else went wrong: a gate is not opened by a line that the API refuses.
    """
    doubts = (*_doubts(review), *trouble)
    if not doubts:
        return Verdict(conclusion=review.conclusion, title=review.title, reason=review.reason)
    conclusion: Conclusion = "failure" if review.conclusion == "failure" else "neutral"
    return Verdict(conclusion=conclusion, title=review.title, reason=" ".join((review.reason, *doubts)))


def not_posted(reason: str) -> Verdict:
    """The verdict over a head of which nothing could be posted."""
    return Verdict(conclusion="neutral", title="The review was not posted", reason=reason)


@dataclass(frozen=True, kw_only=True)
class CheckRun:
    """One check run that waits for its end."""

    api: Api
    path: str
    is_concluded: bool = False
    """Whether it is of an earlier run that came to an end."""

    def conclude(self, end: Verdict) -> None:
        """End it.

        Raises:
            ApiError, DeniedError: it could not be ended.
        """
        output: Json = {"title": end.title[:_MAX_TITLE], "summary": end.reason[:_MAX_REASON]}
        body: Json = {"status": "completed", "conclusion": end.conclusion, "output": output}
        self.api.write("PATCH", self.path, body)


def opened(api: Api, repository: str, head: str) -> CheckRun:
    """The check run of the commit: ours of an earlier run as it is, or a new one in progress.

    Raises:
        ApiError, DeniedError: there can be none.
    """
    known = _known(api, repository, head)
    if known is not None:
        return known
    body: Json = {"name": NAME, "head_sha": head, "status": "in_progress", "external_id": _MARK}
    made = api.write("POST", f"/repos/{repository}/check-runs", body)
    number = made.get("id") if isinstance(made, dict) else None
    if not isinstance(number, int):
        raise ApiError("GitHub made a check run and did not say which")
    return CheckRun(api=api, path=f"/repos/{repository}/check-runs/{number}")


def _known(api: Api, repository: str, head: str) -> CheckRun | None:
    """Our check run on the commit, of an earlier run."""
    body = api.get(f"/repos/{repository}/commits/{head}/check-runs", check_name=NAME, filter="latest")
    runs = body.get("check_runs") if isinstance(body, dict) else None
    for run in runs if isinstance(runs, list) else ():
        if not isinstance(run, dict) or run.get("external_id") != _MARK or run.get("name") != NAME:
            continue
        number = run.get("id")
        if isinstance(number, int):
            path = f"/repos/{repository}/check-runs/{number}"
            return CheckRun(api=api, path=path, is_concluded=run.get("status") == "completed")
    return None


def _doubts(review: PullReview) -> tuple[str, ...]:
    """A success may not stand for what nobody looked at; the other conclusions come with their own reason."""
    if review.conclusion != "success":
        return ()
    if review.not_reviewed:
        return (f"Not reviewed: {review.not_reviewed}.",)
    return () if review.reviewed else ("Nothing in this pull request was reviewed.",)
