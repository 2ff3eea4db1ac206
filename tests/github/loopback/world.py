"""The state of the loopback GitHub, and what people do to it."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass

from tests.github.loopback.answers import not_found, refused, secondary
from tests.github.loopback.patch import changes, head_of, moved
from tests.github.loopback.records import (
    BOT,
    Access,
    Comment,
    Limits,
    Permissions,
    PullRequest,
    Repository,
    Request,
    Review,
    Thread,
)

_MINUTE = 60.0


@dataclass(kw_only=True, slots=True)
class Failure:
    """The next `times` requests whose path ends so (and whose method is so) get this answer, and nothing is done."""

    path: str
    status: int
    method: str | None = None
    times: int = 1
    body: str = '{"message": "Server Error"}'
    headers: tuple[tuple[str, str], ...] = ()


class GitHub:
    """The loopback GitHub while it runs: what it keeps, what it was asked, and what people do to it."""

    def __init__(self, repositories: tuple[Repository, ...], limits: Limits, clock: Callable[[], float]) -> None:
        self.repositories = {repository.name.lower(): repository for repository in repositories}
        self.limits = limits
        self.clock = clock
        self.address = ""
        self.requests: list[Request] = []
        self.failures: list[Failure] = []
        self.tokens: dict[str, Permissions] = {}
        self.problems: list[BaseException] = []
        self.lock = threading.RLock()
        self.ids = itertools.count(101)
        self._written: list[float] = []
        self._blocked = 0.0

    @property
    def writes(self) -> list[Request]:
        """The requests that would change something, in their order, refused ones too."""
        return [request for request in self.requests if request.is_write]

    def token(
        self,
        *,
        contents: Access = "read",
        pull_requests: Access = "read",
        issues: Access = "none",
        checks: Access = "none",
        login: str = BOT,
    ) -> str:
        """A token with these permissions; one of a person has the login of the person."""
        token = f"ghs_loopback{len(self.tokens)}"
        self.tokens[token] = Permissions(
            contents=contents, pull_requests=pull_requests, issues=issues, checks=checks, login=login
        )
        return token

    def head(self, pull: int) -> str:
        """The sha of the head of a pull request of the first repository."""
        return head_of(self.first, self.first.pulls[pull])

    def fail(self, failure: Failure) -> None:
        """Let requests fail."""
        self.failures.append(failure)

    def reply(self, pull: int, thread: Thread, body: str, *, login: str) -> Comment:
        """A person answers in a thread."""
        with self.lock:
            return self.said(thread, body, login, head_of(self.first, self.first.pulls[pull]))

    def resolve(self, pull: int, thread: Thread, *, login: str) -> None:
        """A person resolves a thread of a pull request."""
        assert thread in self.first.pulls[pull].threads
        thread.resolved_by = login

    def react(self, comment: Comment, content: str, *, login: str) -> None:
        """A person reacts to a comment."""
        comment.reactions.setdefault(content, []).append(login)

    def comment(self, pull: int, body: str, *, login: str) -> Comment:
        """A person comments in the conversation."""
        comment = Comment(id=next(self.ids), login=login, body=body)
        self.first.pulls[pull].conversation.append(comment)
        return comment

    def review_comment(self, pull: int, path: str, line: int, body: str, *, login: str) -> Thread:
        """A person opens a thread on a line of the head."""
        found = self.first.pulls[pull]
        review = Review(id=next(self.ids), login=login, body="", state="COMMENTED", commit=head_of(self.first, found))
        found.reviews.append(review)
        thread = Thread(
            id=next(self.ids),
            path=path,
            side="RIGHT",
            line=line,
            start_line=None,
            original_line=line,
            original_commit=review.commit,
        )
        found.threads.append(thread)
        self.said(thread, body, login, review.commit, review.id)
        return thread

    @property
    def first(self) -> Repository:
        """The repository that the words for people mean."""
        return next(iter(self.repositories.values()))

    def said(self, thread: Thread, body: str, login: str, commit: str, review: int | None = None) -> Comment:
        """A comment that was added to a thread."""
        comment = Comment(
            id=next(self.ids),
            login=login,
            body=body,
            path=thread.path,
            thread=thread.id,
            review=review,
            commit=commit,
        )
        thread.comments.append(comment)
        return comment

    def pull(self, repository: Repository, number: int) -> PullRequest:
        """A pull request, with its threads where they stand on the head of now.

        Raises:
            RefusedError: there is none with this number.
        """
        if number not in repository.pulls:
            raise not_found()
        pull = repository.pulls[number]
        head, allowed = head_of(repository, pull), changes(repository, pull).anchors
        for thread in pull.threads:
            if thread.side == "LEFT":
                continue
            line = moved(repository.folder, thread.path, thread.original_line, thread.original_commit, head)
            is_there = line is not None and (thread.side, line) in allowed.get(thread.path, {})
            thread.line = line if is_there else None
            if thread.original_start_line is not None:
                span = thread.original_line - thread.original_start_line
                thread.start_line = None if thread.line is None else thread.line - span
        return pull

    def book(self) -> None:
        """Count a write.

        Raises:
            RefusedError: it came too early: the secondary limit.
        """
        now = self.clock()
        self._written = [at for at in self._written if now - at < _MINUTE]
        # A tenth less than is asked for, since what is measured here is when a request arrives.
        too_soon = bool(self._written) and now - self._written[-1] < 0.9 * self.limits.gap
        if now < self._blocked or too_soon or len(self._written) >= self.limits.writes:
            self._blocked = max(self._blocked, now + self.limits.retry_after)
            raise secondary(self.limits.retry_after)
        self._written.append(now)

    def checked_body(self, body: str) -> str:
        """A body that is neither empty nor too long.

        Raises:
            RefusedError: it is.
        """
        if not body.strip():
            raise refused(422, "Validation Failed", [{"code": "missing_field", "field": "body"}])
        if len(body) > self.limits.body:
            said = f"body is too long (maximum is {self.limits.body} characters)"
            raise refused(422, "Validation Failed", [{"code": "unprocessable", "field": "data", "message": said}])
        return body
