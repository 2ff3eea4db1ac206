"""The event that started a job: which pull request it is about, and whether who caused it may spend the owner's money.

The payload is written by GitHub, but its texts by anybody: nothing is taken from it but numbers, ids and names.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from orchestrator.code.opening import read_bounded
from orchestrator.errors import GitHubError
from orchestrator.github.artifact import RepositoryName, Sha

MAX_BYTES = 25 * 1024 * 1024
"""GitHub sends no larger payload."""
TRUSTED = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})
"""The associations of people that the repository let in."""

EventT = TypeVar("EventT", bound="_Read")
Number = Annotated[int, Field(ge=1, le=2**31)]


@dataclass(frozen=True, kw_only=True, slots=True)
class Occasion:
    """What a job is about; `hindrance` says why no model is asked for it, empty where one may be."""

    repository: str
    pull: int
    head: str | None = None
    hindrance: str = ""


class _Read(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Repository(_Read):
    full_name: RepositoryName


class _Side(_Read):
    sha: Sha
    repo: _Repository | None = None


class _Pull(_Read):
    number: Number
    head: _Side
    author_association: str = "NONE"


class _Sender(_Read):
    type: str = ""


class _OfPull(_Read):
    repository: _Repository
    pull_request: _Pull
    sender: _Sender = _Sender()


class _Numbered(_Read):
    number: Number


class _Run(_Read):
    head_sha: Sha
    event: str
    pull_requests: tuple[_Numbered, ...] = ()


class _OfRun(_Read):
    repository: _Repository
    workflow_run: _Run


def read_event(name: str, file: Path) -> Occasion:
    """What an event of that name, with its payload in that file, is about.

    Raises:
        GitHubError: a review cannot begin from such an event, or the payload is not what GitHub sends.
    """
    if name == "pull_request_target":
        raise GitHubError(
            "the event 'pull_request_target' gives secrets and a token that writes to a job that reads a stranger's "
            "code; review on 'pull_request', and post from a 'workflow_run' that follows it"
        )
    if name in {"workflow_dispatch", "schedule", "push"}:
        raise GitHubError(f"the event {name!r} names no pull request; give --repo OWNER/NAME --pull NUMBER")
    if name == "pull_request":
        return _of_pull(_parsed(_OfPull, file))
    if name == "workflow_run":
        return _of_run(_parsed(_OfRun, file))
    raise GitHubError(f"no review begins from the event {name!r}; use 'pull_request', or give --repo and --pull")


def _of_pull(event: _OfPull) -> Occasion:
    pull = event.pull_request
    return Occasion(
        repository=event.repository.full_name,
        pull=pull.number,
        head=pull.head.sha,
        hindrance=_hindrance(event),
    )


def _hindrance(event: _OfPull) -> str:
    pull = event.pull_request
    if pull.head.repo is None or pull.head.repo.full_name.lower() != event.repository.full_name.lower():
        return "the head is of a fork"
    if event.sender.type != "User":
        return "the event was caused by an app, not by a person"
    if pull.author_association not in TRUSTED:
        return "the author is neither owner, member nor collaborator of the repository"
    return ""


def _of_run(event: _OfRun) -> Occasion:
    run = event.workflow_run
    if run.event == "pull_request_target":
        raise GitHubError("the run that was followed began from 'pull_request_target'; begin it from 'pull_request'")
    if len(run.pull_requests) != 1:
        raise GitHubError(
            f"the run that was followed names {len(run.pull_requests)} pull requests, as it does for forks; "
            "give --repo OWNER/NAME --pull NUMBER"
        )
    return Occasion(
        repository=event.repository.full_name,
        pull=run.pull_requests[0].number,
        head=run.head_sha,
        hindrance="the event 'workflow_run' does not tell who caused it",
    )


def _parsed(kind: type[EventT], file: Path) -> EventT:
    raw = read_bounded(file, MAX_BYTES)
    if isinstance(raw, OSError):
        raise GitHubError(f"the event {str(file)!r} cannot be read ({raw.strerror}); GITHUB_EVENT_PATH names it")
    if len(raw) > MAX_BYTES:
        raise GitHubError(f"the event {str(file)!r} is larger than any that GitHub sends")
    try:
        return kind.model_validate_json(raw)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors(include_input=False)[0]["loc"]) or "its beginning"
        raise GitHubError(f"the event {str(file)!r} is not one that GitHub sends: see {place!r}") from None
