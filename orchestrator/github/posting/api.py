"""The API of GitHub as the poster uses it: one request at a time, at most one write a second, waits as long as the
answer's headers ask for.

What is read is asked for again after a failure of the server. A write is not: whether it was done is unknown, so the
caller has to look first.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from pydantic import JsonValue

from orchestrator.github.posting.answers import Access, Answer, Denial, denial, message_of, pause_of
from orchestrator.github.posting.failures import ApiError, DeniedError, RefusedError, UncertainError

BETWEEN_WRITES = 1.0
"""Seconds from one write to the next, as GitHub asks of those who write a lot."""
PATIENCE = 900.0
"""Seconds that a run waits for limits, in all."""
ATTEMPTS = 4
GRAPHQL = "/graphql"
"""The path that stands for the address of the GraphQL API, wherever it is."""
_SERVER_FAULT = 500

Json = dict[str, JsonValue]


class Line(Protocol):
    """One exchange with the server."""

    def send(self, method: str, path: str, *, query: Mapping[str, str], body: Json | None) -> Answer:
        """What the server answered, whatever its status.

        Raises:
            OSError: there was no answer.
        """
        ...


class Clock(Protocol):
    """Time, which tests turn by hand."""

    def now(self) -> float:
        """Seconds since the epoch."""
        ...

    def sleep(self, seconds: float) -> None:
        """Nothing until then."""
        ...


class WallClock:
    """The machine's own time."""

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Nothing until then."""
        time.sleep(seconds)


@dataclass(kw_only=True)
class Api:
    """The API for one token.

    `access` is what the job needs of each permission; `patience` is what is left of the seconds to wait for limits.
    """

    line: Line
    access: Access = "read"
    clock: Clock = field(default_factory=WallClock)
    patience: float = PATIENCE
    _free_at: float = 0.0

    def get(self, path: str, **query: str) -> JsonValue:
        """What is at the path.

        Raises:
            ApiError: it cannot be read, in four attempts where the server fails.
            DeniedError: the token may not read it.
        """
        return self._read("GET", path, query=query, body=None).body

    def write(self, method: str, path: str, body: Json) -> JsonValue:
        """What the server says of a write that was done.

        Raises:
            RefusedError: the API found it wrong, and did nothing.
            UncertainError: nobody knows whether it was done.
            DeniedError: the token may not do it.
            ApiError: it was not done for another reason.
        """
        if method == "PATCH":
            # The same text twice is as good as once.
            return self._read(method, path, query={}, body=body, writes=True).body
        return self._written(method, path, body).body

    def ask(self, query: str, variables: Json) -> Json:
        """The data of a GraphQL query.

        Raises:
            ApiError: it cannot be read.
            DeniedError: the token may not read it.
        """
        return self._data(self._read("POST", GRAPHQL, query={}, body={"query": query, "variables": variables}))

    def change(self, mutation: str, variables: Json, *, again: bool = False) -> Json:
        """The data of a GraphQL mutation that was done; `again` where doing it twice is as good as once.

        Raises:
            UncertainError: nobody knows whether it was done.
            DeniedError: the token may not do it.
            ApiError: it was not done for another reason.
        """
        body: Json = {"query": mutation, "variables": variables}
        if again:
            return self._data(self._read("POST", GRAPHQL, query={}, body=body, writes=True))
        return self._data(self._written("POST", GRAPHQL, body))

    def pause(self, seconds: float) -> None:
        """Nothing until then, out of the patience of the run.

        Raises:
            ApiError: it is longer than what is left of it.
        """
        if seconds > self.patience:
            raise ApiError(
                f"GitHub asks to wait {seconds:.0f} s, longer than the {self.patience:.0f} s that this run has left; "
                "run the job again later"
            )
        self.patience -= seconds
        self.clock.sleep(seconds)

    def _read(
        self, method: str, path: str, *, query: Mapping[str, str], body: Json | None, writes: bool = False
    ) -> Answer:
        problem = ""
        for attempt in range(ATTEMPTS):
            if attempt:
                self.pause(2.0 ** (attempt - 1))
            try:
                answer = self._within_limits(method, path, query=query, body=body, writes=writes)
            except OSError as error:
                problem = f"did not answer ({error})"
                continue
            if answer.status < _SERVER_FAULT:
                return self._checked(answer, method, path)
            problem = f"failed with {answer.status}"
        raise ApiError(f"GitHub {problem} on {method} {path}, {ATTEMPTS} times; run the job again later")

    def _written(self, method: str, path: str, body: Json) -> Answer:
        try:
            answer = self._within_limits(method, path, query={}, body=body, writes=True)
        except OSError as error:
            raise UncertainError(f"the line to GitHub broke on {method} {path} ({error})") from error
        if answer.status >= _SERVER_FAULT:
            raise UncertainError(f"GitHub failed with {answer.status} on {method} {path}", status=answer.status)
        return self._checked(answer, method, path)

    def _within_limits(
        self, method: str, path: str, *, query: Mapping[str, str], body: Json | None, writes: bool = False
    ) -> Answer:
        """The first answer that is not a refusal for the sake of a limit, which never did anything."""
        for attempt in range(ATTEMPTS):
            if writes:
                self._take_turn()
            answer = self.line.send(method, path, query=query, body=body)
            pause = pause_of(answer, now=self.clock.now(), attempt=attempt)
            if pause is None:
                return answer
            self.pause(pause)
        raise ApiError(f"GitHub's rate limit refused {method} {path} {ATTEMPTS} times; run the job again later")

    def _take_turn(self) -> None:
        delay = self._free_at - self.clock.now()
        if delay > 0:
            self.clock.sleep(delay)
        self._free_at = self.clock.now() + BETWEEN_WRITES

    def _checked(self, answer: Answer, method: str, path: str) -> Answer:
        if answer.status < 300:
            return answer
        refusal = denial(answer, path, self.access)
        if refusal is not None:
            raise DeniedError(refusal.sentence)
        said = message_of(answer)
        if answer.status == 422:
            raise RefusedError(f"GitHub refused {method} {path}: {said}", status=answer.status)
        raise ApiError(f"GitHub answered {answer.status} to {method} {path}: {said}", status=answer.status)

    def _data(self, answer: Answer) -> Json:
        body = answer.body if isinstance(answer.body, dict) else {}
        errors, data = body.get("errors"), body.get("data")
        if isinstance(errors, list) and errors:
            first = errors[0] if isinstance(errors[0], dict) else {}
            said = str(first.get("message", "no reason given"))[:300]
            if first.get("type") in {"FORBIDDEN", "INSUFFICIENT_SCOPES"}:
                raise DeniedError(Denial(said=said, permission=f"pull-requests: {self.access}").sentence)
            raise ApiError(f"GitHub's GraphQL API refused a query: {said}", status=answer.status)
        if not isinstance(data, dict):
            raise ApiError("GitHub's GraphQL API answered without data", status=answer.status)
        return data
