"""An answer of the API, and what its status, headers and body mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import JsonValue

_LIMIT_WORDS = ("secondary rate limit", "abuse detection", "api rate limit exceeded")
_MINUTE = 60.0

_BY_PATH = (
    ("/check-runs", "checks"),
    ("/issues/", "pull-requests"),
    ("/pulls/", "pull-requests"),
)
_AS_IN_A_WORKFLOW = {"pull_requests": "pull-requests", "issues": "issues", "checks": "checks", "contents": "contents"}
_NAME = re.compile(r"[a-z_]+")


Access = Literal["read", "write"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """Status, headers with names in lower case, and the body, None where it is no JSON."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: JsonValue = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Denial:
    """What a token may not do; the permission is as a workflow file writes it, empty where nobody says."""

    said: str
    permission: str

    @property
    def sentence(self) -> str:
        """For whoever has to mend it."""
        if not self.permission:
            return (
                f"GitHub does not take the token (it says: {self.said}); set GITHUB_TOKEN to `${{{{ github.token }}}}`"
            )
        return (
            f"the token may not do this (GitHub says: {self.said}); "
            f"give the job `{self.permission}` under `permissions`"
        )


def message_of(answer: Answer) -> str:
    """What the body says went wrong, on one line and bounded."""
    body = answer.body if isinstance(answer.body, dict) else {}
    errors = body.get("errors")
    said = [_said(error) for error in errors[:5]] if isinstance(errors, list) else []
    return " ".join("; ".join((_said(body), *said)).split())[:300]


def pause_of(answer: Answer, *, now: float, attempt: int) -> float | None:
    """The seconds to wait where the answer is a refusal for the sake of a limit, else None."""
    if not _is_limit(answer):
        return None
    asked = _number(answer.headers.get("retry-after"))
    if asked is not None:
        return max(0.0, asked)
    reset = _number(answer.headers.get("x-ratelimit-reset"))
    if reset is not None and answer.headers.get("x-ratelimit-remaining") == "0":
        return max(0.0, reset - now) + 1
    return _MINUTE * (1 << attempt)


def denial(answer: Answer, path: str, access: Access) -> Denial | None:
    """What the token may not do, where the answer says so; `access` is what the job needs of the permission."""
    said = message_of(answer)
    if answer.status == 401:
        return Denial(said=said, permission="")
    if answer.status != 403:
        return None
    return Denial(said=said, permission=f"{_permission(answer, path)}: {access}")


def _said(error: JsonValue) -> str:
    if not isinstance(error, dict):
        return str(error)
    return str(error.get("message") or error.get("code") or "no reason given")


def _is_limit(answer: Answer) -> bool:
    if answer.status == 200:
        return _is_graphql_limit(answer)
    if answer.status not in {403, 429}:
        return False
    if answer.status == 429 or "retry-after" in answer.headers:
        return True
    if answer.headers.get("x-ratelimit-remaining") == "0":
        return True
    return _speaks_of_a_limit(message_of(answer))


def _is_graphql_limit(answer: Answer) -> bool:
    """GraphQL may answer 200 to a request that it refuses for the sake of a limit."""
    errors = answer.body.get("errors") if isinstance(answer.body, dict) else None
    return isinstance(errors, list) and any(
        isinstance(error, dict) and (error.get("type") == "RATE_LIMITED" or _speaks_of_a_limit(_said(error)))
        for error in errors
    )


def _speaks_of_a_limit(said: str) -> bool:
    return any(words in said.lower() for words in _LIMIT_WORDS)


def _permission(answer: Answer, path: str) -> str:
    """From the header that names it, else from the path."""
    accepted = answer.headers.get("x-accepted-github-permissions", "")
    named = [_AS_IN_A_WORKFLOW[name] for name in _NAME.findall(accepted) if name in _AS_IN_A_WORKFLOW]
    by_path = [name for part, name in _BY_PATH if part in path]
    # Of several the last by name: for a comment `issues` would do, and `pull-requests` is wanted anyway.
    return next(iter((*sorted(named, reverse=True), *by_path)), "pull-requests")


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text is not None else None
    except ValueError:
        return None
