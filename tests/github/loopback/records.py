"""What a GitHub keeps: repositories, pull requests, threads, comments, check runs and the requests that it was sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import JsonValue

Access = Literal["none", "read", "write"]
Side = Literal["LEFT", "RIGHT"]
BOT = "github-actions[bot]"
"""The login of the token that a workflow is given; GraphQL calls it `github-actions`, of type `Bot`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What the real one does not give out whole: smaller numbers make small tests."""

    files: int = 300
    """More changed files than this: the diff media type answers 406."""
    lines: int = 20_000
    """More lines of diff than this: the same."""
    listed: int = 3_000
    """No more files than this are listed, and nothing says that there are more."""
    patch: int = 3_000
    """A file whose patch has more lines than this is listed without `patch`."""
    body: int = 65_536
    """Characters of a comment."""
    writes: int = 80
    """Writes a minute; the one after them meets the secondary limit."""
    gap: float = 0.0
    """Seconds between two writes; a faster one meets the secondary limit (the documents ask for one second)."""
    retry_after: int = 60
    """What `retry-after` of the secondary limit says."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Permissions:
    """What a token may do; the default is that of a job with `permissions: {contents: read, pull-requests: read}`."""

    contents: Access = "read"
    pull_requests: Access = "read"
    issues: Access = "none"
    checks: Access = "none"
    login: str = BOT

    def allows(self, scope: str, wanted: Access) -> bool:
        """Whether this scope is at least as high as what is wanted."""
        ranks = ("none", "read", "write")
        return ranks.index(getattr(self, scope)) >= ranks.index(wanted)


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    """One changed file of a pull request, as the diff of git tells it."""

    path: str
    status: Literal["added", "removed", "modified", "renamed"]
    previous: str | None = None
    patch: str | None = None
    """The hunks, without the `---` and `+++` lines; None of a binary file and of a rename alone."""
    additions: int = 0
    deletions: int = 0
    sha: str = ""


@dataclass(kw_only=True, slots=True)
class Comment:
    """A comment of a thread, or of the conversation (`path` is then empty)."""

    id: int
    login: str
    body: str
    path: str = ""
    thread: int | None = None
    review: int | None = None
    commit: str = ""
    reactions: dict[str, list[str]] = field(default_factory=dict)
    """Logins by content: `+1`, `-1`, `laugh`, ..."""


@dataclass(kw_only=True, slots=True)
class Thread:
    """A review thread: where it stands now, where it was put, and what was said in it."""

    id: int
    path: str
    side: Side
    line: int | None
    """On the head that the pull request has now; None when the line changed since (GitHub calls that outdated)."""
    start_line: int | None
    original_line: int
    original_commit: str
    original_start_line: int | None = None
    comments: list[Comment] = field(default_factory=list)
    resolved_by: str | None = None


@dataclass(kw_only=True, slots=True)
class Review:
    """A review: one write, whatever the number of its comments."""

    id: int
    login: str
    body: str
    state: Literal["COMMENTED", "APPROVED", "CHANGES_REQUESTED", "PENDING"]
    commit: str


@dataclass(kw_only=True, slots=True)
class CheckRun:
    """A check run of a commit."""

    id: int
    name: str
    head_sha: str
    status: str
    conclusion: str | None
    title: str
    summary: str
    text: str
    annotations: list[JsonValue] = field(default_factory=list)
    external_id: str = ""


@dataclass(kw_only=True, slots=True)
class PullRequest:
    """A pull request; `head` and `base` are branches of the repository's folder, `fork` is the head's repository."""

    number: int
    head: str
    base: str = "main"
    title: str = "Change"
    body: str = ""
    author: str = "ada"
    association: str = "CONTRIBUTOR"
    state: Literal["open", "closed"] = "open"
    draft: bool = False
    merged: bool = False
    fork: str | None = None
    fork_deleted: bool = False
    threads: list[Thread] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    conversation: list[Comment] = field(default_factory=list)


@dataclass(kw_only=True, slots=True)
class Repository:
    """A repository of the loopback GitHub: a real git repository in `folder`, and what GitHub knows besides."""

    name: str
    """`owner/name`."""
    folder: Path
    pulls: dict[int, PullRequest] = field(default_factory=dict)
    checks: list[CheckRun] = field(default_factory=list)
    collaborators: dict[str, str] = field(default_factory=lambda: {"ada": "write"})
    """Logins and what they may: `admin`, `write`, `read`; who is not named has `read` (the repository is public)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """A request that the server was sent, with the status that it was answered with."""

    method: str
    path: str
    """Without the query."""
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """Names in small letters."""
    body: JsonValue
    login: str
    status: int
    at: float
    mutations: tuple[str, ...] = ()
    """Of a GraphQL request: the mutations that it asks for."""

    @property
    def is_write(self) -> bool:
        """Whether it would change something: anything but a GET, and of GraphQL only mutations."""
        return bool(self.mutations) if self.path.endswith("/graphql") else self.method not in {"GET", "HEAD"}
