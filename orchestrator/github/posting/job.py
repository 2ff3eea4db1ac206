"""What the runner says of the job, from its environment and the file of its event."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from orchestrator.code.opening import read_bounded
from orchestrator.errors import GitHubError
from orchestrator.github.posting.target import Job

MAX_EVENT = 4 * 1024 * 1024
_REPOSITORY = re.compile(r"\w[\w-]{0,99}/(?!\.{1,2}$)[\w.-]{1,100}", re.ASCII)
Sha = Annotated[str, Field(pattern=r"\A[0-9a-f]{40}\z")]


class _Read(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Head(_Read):
    sha: Sha


class _Pull(_Read):
    number: int
    head: _Head


class _Named(_Read):
    full_name: str


class _Run(_Read):
    head_sha: Sha
    head_branch: str | None = None
    head_repository: _Named | None = None

    @property
    def branch(self) -> str | None:
        """Where its head comes from."""
        if self.head_branch is None or self.head_repository is None:
            return None
        return f"{self.head_repository.full_name}:{self.head_branch}"


class _Event(_Read):
    pull_request: _Pull | None = None
    workflow_run: _Run | None = None


def job_of(environment: Mapping[str, str]) -> Job:
    """The repository of the job, and the pull request and head that its event names.

    A `workflow_run` names the head and its branch alone: for a fork GitHub leaves its pull requests out.

    Raises:
        GitHubError: the repository is not named, or the event cannot be read.
    """
    repository = environment.get("GITHUB_REPOSITORY", "")
    if not _REPOSITORY.fullmatch(repository):
        raise GitHubError(f"GITHUB_REPOSITORY is {repository!r}; it has to name the repository, as `owner/name`")
    path = environment.get("GITHUB_EVENT_PATH", "")
    if not path:
        return Job(repository=repository)
    event = _event(Path(path))
    if event.pull_request is not None:
        return Job(repository=repository, pull=event.pull_request.number, head=event.pull_request.head.sha)
    if event.workflow_run is not None:
        return Job(repository=repository, head=event.workflow_run.head_sha, branch=event.workflow_run.branch)
    return Job(repository=repository)


def _event(file: Path) -> _Event:
    raw = read_bounded(file, MAX_EVENT)
    if isinstance(raw, OSError):
        raise GitHubError(f"the event of the job cannot be read at {str(file)!r} ({raw.strerror})")
    if len(raw) > MAX_EVENT:
        raise GitHubError(f"the event of the job at {str(file)!r} has more than {MAX_EVENT} bytes")
    try:
        return _Event.model_validate_json(raw)
    except ValidationError as error:
        place = ".".join(str(part)[:40] for part in error.errors()[0]["loc"]) or "the file"
        raise GitHubError(f"the event of the job at {str(file)!r} cannot be understood at {place!r}") from None
