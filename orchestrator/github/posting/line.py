"""One exchange with GitHub through PyGithub, whose own retries and pauses are off: ours go by the headers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from pydantic import JsonValue

from orchestrator.errors import GitHubError
from orchestrator.github.posting.answers import Answer
from orchestrator.github.posting.api import GRAPHQL, Json

PUBLIC = "https://api.github.com"
TIMEOUT = 30
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class GitHubLine:
    """A line to the API at the address, for the token, to be closed after use."""

    def __init__(self, token: str, address: str = PUBLIC) -> None:
        from github import Auth, Github

        _check_address(address)
        if not token or not token.isascii() or not token.isprintable():
            raise GitHubError("GITHUB_TOKEN holds no token; give the step `GITHUB_TOKEN: ${{ github.token }}`")
        self._github = Github(
            base_url=address.rstrip("/"),
            auth=Auth.Token(token),
            timeout=TIMEOUT,
            retry=0,
            seconds_between_requests=None,
            seconds_between_writes=None,
            user_agent="orchestrate",
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._github.close()

    def send(self, method: str, path: str, *, query: Mapping[str, str], body: Json | None) -> Answer:
        """What the server answered, whatever its status.

        Raises:
            OSError: there was no answer.
        """
        requester = self._github.requester
        url = requester.graphql_url if path == GRAPHQL else path
        headers = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
        try:
            status, got, text = requester.requestJson(method, url, dict(query), headers, body)
        except RuntimeError as error:
            raise OSError("it redirects elsewhere") from error
        return Answer(
            status=status, headers={name.lower(): str(value) for name, value in got.items()}, body=_json(text)
        )


def _check_address(address: str) -> None:
    """A token is sent over TLS, or to this machine.

    Raises:
        GitHubError: the address is none of both.
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        host = None
    if host is None or parts.username is not None or parts.query or parts.fragment:
        raise GitHubError(f"GITHUB_API_URL is {address!r}, no address of an API; GitHub's own is {PUBLIC}")
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _LOOPBACK):
        raise GitHubError(f"GITHUB_API_URL is {address!r}; a token is sent to https addresses only")


def _json(text: str) -> JsonValue:
    try:
        parsed: JsonValue = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return parsed
