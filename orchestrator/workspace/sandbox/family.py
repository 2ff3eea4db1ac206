"""A family of REST calls: one file in `routes/`, found by its place, with a route for each call."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from orchestrator.workspace.sandbox.call import Call, Reply
from orchestrator.workspace.sandbox.seed.part import Json

Answer = Json | Reply
Handle = Callable[[Call], Answer] | Callable[[Call], Awaitable[Answer]]
RAW = "api_client.do"
"""The name for calls that the SDK has no method for."""


@dataclass(frozen=True, kw_only=True)
class Route:
    """One call: its HTTP method and path, the SDK method that makes it, and what answers it; `raw` leaves
    the body as it came."""

    method: str
    path: str
    sdk: str
    handle: Handle
    raw: bool = False

    @property
    def answers(self) -> str:
        """What is answered: the first line of the docstring of the function."""
        return (inspect.getdoc(self.handle) or "").partition("\n")[0]


@dataclass(kw_only=True)
class Family:
    """The routes of one file; `unguarded` families answer without a token."""

    title: str
    unguarded: bool = False
    routes: list[Route] = field(default_factory=list)

    def get(self, path: str, sdk: str, *, raw: bool = False) -> Callable[[Handle], Handle]:
        """Answer GET of a path with the function below."""
        return self._on("GET", path, sdk, raw=raw)

    def post(self, path: str, sdk: str, *, raw: bool = False) -> Callable[[Handle], Handle]:
        """Answer POST of a path with the function below."""
        return self._on("POST", path, sdk, raw=raw)

    def put(self, path: str, sdk: str, *, raw: bool = False) -> Callable[[Handle], Handle]:
        """Answer PUT of a path with the function below."""
        return self._on("PUT", path, sdk, raw=raw)

    def patch(self, path: str, sdk: str, *, raw: bool = False) -> Callable[[Handle], Handle]:
        """Answer PATCH of a path with the function below."""
        return self._on("PATCH", path, sdk, raw=raw)

    def delete(self, path: str, sdk: str, *, raw: bool = False) -> Callable[[Handle], Handle]:
        """Answer DELETE of a path with the function below."""
        return self._on("DELETE", path, sdk, raw=raw)

    def _on(self, method: str, path: str, sdk: str, *, raw: bool) -> Callable[[Handle], Handle]:
        def keep(handle: Handle) -> Handle:
            self.routes.append(Route(method=method, path=path, sdk=sdk, handle=handle, raw=raw))
            return handle

        return keep
