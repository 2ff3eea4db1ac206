"""Carries a plan out: the batch first and as one, then the words, then the threads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from orchestrator.github.markers import Kind, Mark, marked
from orchestrator.github.posting.api import Api, Json
from orchestrator.github.posting.failures import DeniedError, RefusedError
from orchestrator.github.posting.plan import Inline, Plan, Reopen, Resolve, Thread
from orchestrator.github.posting.threads import reopen, resolve


@dataclass(kw_only=True)
class Done:
    """What was written so far, over all attempts of a run."""

    first_batch: int = 0
    """The comments that were missing when the run began."""
    resolved: int = 0
    reopened: int = 0
    refused: str = ""
    """Why the API refused the batch, of which it then took nothing."""
    may_resolve: bool = True
    """Whether the token was not told yet that it may not."""
    left: int = 0
    """Threads that are not as they should be: open over a finding that is gone, or resolved over one that is back."""
    begun: set[str] = field(default_factory=set)
    """The threads under which our word was sent."""


@dataclass(frozen=True, kw_only=True)
class Poster:
    """Writes on one pull request."""

    api: Api
    repository: str
    pull: int
    head: str

    def carry_out(self, plan: Plan, done: Done) -> None:
        """Do what is planned, and keep in `done` what was.

        Raises:
            UncertainError: nobody knows whether a write was done: read what is there, and plan again.
            ApiError, DeniedError: a write failed.
        """
        if plan.batch and not done.refused:
            self._post(plan.batch, done)
        done.left = plan.left
        for gone in plan.resolve:
            self._resolve(gone, done)
        for back in plan.reopen:
            self._reopen(back, done)

    def _post(self, batch: tuple[Inline, ...], done: Done) -> None:
        comments = [_as_sent(comment) for comment in batch]
        body: Json = {"commit_id": self.head, "event": "COMMENT", "body": "", "comments": [*comments]}
        try:
            self.api.write("POST", f"/repos/{self.repository}/pulls/{self.pull}/reviews", body)
        except RefusedError as error:
            done.refused = str(error)

    def _resolve(self, action: Resolve, done: Done) -> None:
        if action.word is not None:
            done.begun.add(action.thread.id)
            self._say(action.thread, action.word, "fixed")
        done.resolved += self._allowed(resolve, action.thread, done)

    def _reopen(self, action: Reopen, done: Done) -> None:
        if self._allowed(reopen, action.thread, done):
            done.reopened += 1
            self._say(action.thread, action.word, "back")

    def _allowed(self, change: Callable[[Api, Thread], None], thread: Thread, done: Done) -> bool:
        """Whether the change was made; a token that may not is told so once, and the rest is posted."""
        if done.may_resolve:
            try:
                change(self.api, thread)
            except DeniedError:
                done.may_resolve = False
        done.left += not done.may_resolve
        return done.may_resolve

    def _say(self, thread: Thread, word: str, kind: Kind) -> None:
        body: Json = {"body": marked(word, Mark(kind=kind, finding=thread.finding))}
        self.api.write("POST", f"/repos/{self.repository}/pulls/{self.pull}/comments/{thread.comment}/replies", body)


def _as_sent(comment: Inline) -> Json:
    body: Json = {"path": comment.path, "line": comment.line, "side": "RIGHT", "body": comment.body}
    if comment.start_line is None:
        return body
    return {**body, "start_line": comment.start_line, "start_side": "RIGHT"}
