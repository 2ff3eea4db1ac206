"""Where a review may be posted: its own repository and pull request, at the commit it is of, as the API tells it now.

The artifact says what it likes; the job knows from its environment and its event, and the API knows the rest.
"""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, ValidationError

from orchestrator.github.artifact import PullReview
from orchestrator.github.posting.api import Api
from orchestrator.github.posting.failures import ApiError


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """What the runner says of the job: its repository, and where the event tells, the pull request and its head."""

    repository: str
    pull: int | None = None
    head: str | None = None
    branch: str | None = None
    """Where the head comes from, as `owner/name:branch`: two pull requests may have one head commit."""


class _Read(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Named(_Read):
    full_name: str


class _Head(_Read):
    sha: str
    ref: str
    repo: _Named | None = None


class _Base(_Read):
    repo: _Named


class PullState(_Read):
    """A pull request as it is now."""

    number: int
    state: str
    draft: bool = False
    merged: bool = False
    head: _Head
    base: _Base


def mismatch(review: PullReview, job: Job) -> str | None:
    """Why the review is not one that this job may post."""
    if review.repository.lower() != job.repository.lower():
        return f"the review is of {review.repository}, and this job belongs to {job.repository}"
    if job.pull is not None and review.pull != job.pull:
        return f"the review is of pull request {review.pull}, and this job of pull request {job.pull}"
    if job.head is not None and review.head != job.head:
        return f"the review is of commit {review.head[:12]}, and this job of commit {job.head[:12]}"
    return None


def pull_state(api: Api, repository: str, number: int) -> PullState:
    """The pull request as the API tells it.

    Raises:
        ApiError: there is none, or the answer cannot be read.
        DeniedError: the token may not read it.
    """
    try:
        body = api.get(f"/repos/{repository}/pulls/{number}")
    except ApiError as error:
        if error.status != 404:
            raise
        raise ApiError(
            f"{repository} has no pull request {number} that the token may read; it needs `pull-requests: write`",
            status=404,
        ) from error
    try:
        return PullState.model_validate(body)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise ApiError(f"GitHub's answer about pull request {number} cannot be read at {place!r}") from None


def is_of_another(pull: PullState, job: Job) -> str | None:
    """Why the pull request is not the one that the job's event came from, where the event tells."""
    source = pull.head.repo.full_name if pull.head.repo is not None else ""
    if job.branch is None or not source or f"{source}:{pull.head.ref}".lower() == job.branch.lower():
        return None
    return f"pull request {pull.number} comes from {source}:{pull.head.ref}, and this job's event from {job.branch}"


def hindrance(pull: PullState, review: PullReview, *, drafts: bool) -> str | None:
    """Why nothing is posted on the pull request as it is now."""
    name = f"pull request {review.pull}"
    if pull.number != review.pull or pull.base.repo.full_name.lower() != review.repository.lower():
        return f"{name} of {review.repository} is {pull.base.repo.full_name}#{pull.number} by now"
    if pull.merged or pull.state != "open":
        return f"{name} is {'merged' if pull.merged else 'closed'}; nothing was posted"
    if pull.head.repo is None:
        return f"the repository or branch that {name} comes from was deleted; nothing was posted"
    if pull.head.sha != review.head:
        return (
            f"{name} has moved from {review.head[:12]} to {pull.head.sha[:12]} since it was reviewed; "
            "nothing was posted, the review of the new commit will be"
        )
    if pull.draft and not drafts:
        return f"{name} is a draft; nothing was posted, it is reviewed again when it is ready"
    return None
