"""One request on its way: what was asked, by whom, of which repository."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from pydantic import JsonValue

from tests.github.loopback.answers import Answer, forbidden, invalid
from tests.github.loopback.records import Access, Permissions, PullRequest, Repository
from tests.github.loopback.world import GitHub

Scopes = tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """A request whose token and repository are known."""

    github: GitHub
    repository: Repository
    permissions: Permissions
    path: str
    """As it was asked for, with `/repos/OWNER/NAME`."""
    query: Mapping[str, str]
    accept: str
    body: Mapping[str, JsonValue]
    parts: tuple[str, ...] = ()
    """What the route's pattern took out of the path."""

    @property
    def number(self) -> int:
        """The first part, as a number."""
        return int(self.parts[0])

    @property
    def pull(self) -> PullRequest:
        """The pull request that the first part names."""
        return self.github.pull(self.repository, self.number)

    def need(self, access: Access, *scopes: str) -> None:
        """One of these scopes is wanted.

        Raises:
            RefusedError: the token has none of them.
        """
        if not any(self.permissions.allows(scope, access) for scope in scopes):
            raise forbidden()

    def text(self, name: str, default: str | None = None) -> str:
        """A string of the body.

        Raises:
            RefusedError: it is missing and has no default, or is no string.
        """
        value = self.body.get(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, str):
            raise invalid("Body", name, f"{name} wasn't supplied or is not a string")
        return value

    def paged(self, items: Sequence[JsonValue], *, key: str | None = None) -> Answer:
        """One page of a list, with the links to the others; `key` names the list in an object with a total."""
        size = min(max(_number(self.query.get("per_page"), 30), 1), 100)
        page = max(_number(self.query.get("page"), 1), 1)
        shown: JsonValue = list(items[(page - 1) * size : page * size])
        last = max(-(-len(items) // size), 1)
        wanted = [("next", page + 1), ("last", last)] if page < last else []
        if page > 1:
            wanted = [("prev", page - 1), *wanted, ("first", 1)]
        links = ", ".join(f'<{self._page(number)}>; rel="{name}"' for name, number in wanted)
        return Answer(
            body=shown if key is None else {"total_count": len(items), key: shown},
            headers=(("link", links),) if links else (),
        )

    def _page(self, number: int) -> str:
        return f"{self.github.address}{self.path}?{urlencode({**self.query, 'page': str(number)})}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """A path of the API under the repository, what it wants and what answers it."""

    method: str
    pattern: re.Pattern[str]
    scopes: Scopes
    answer: Callable[[Call], Answer]

    @property
    def access(self) -> Access:
        """Reading for a GET, else writing."""
        return "read" if self.method == "GET" else "write"


def route(method: str, pattern: str, scopes: Scopes, answer: Callable[[Call], Answer]) -> Route:
    """A route, its pattern anchored at both ends."""
    return Route(method=method, pattern=re.compile(pattern), scopes=scopes, answer=answer)


def _number(value: str | None, default: int) -> int:
    return int(value) if value is not None and value.isascii() and value.isdigit() else default
