"""A loopback server that speaks the Messages API: it says what a script says, checks, counts and keeps every request.

with serving(lambda asked: [text("done")]) as api:
    ...                     # ANTHROPIC_BASE_URL=api.address, any key
assert len(api.asked) == 1
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import ThreadingHTTPServer
from typing import Any

from tests.models.answers import Answer, Asked, Block, Broken, Pace, Raw, Said, Script, failing
from tests.models.cache import Booked, Cache, Usage, count, minimum_tokens
from tests.models.checking import problem
from tests.models.connection import Connection
from tests.models.streaming import event, events, message, output_tokens

MAX_BODY = 32 * 1024 * 1024
_VERTEX = re.compile(r"/models/([^/:]+):(?:streamR|r)awPredict$")


@dataclass(frozen=True)
class Paid:
    """A call whose answer has begun, so that it is paid for."""

    asked: Asked
    usage: Usage
    at: float


@dataclass
class Served:
    """The server while it runs: `asked` is every request that was understood, `paid` every call that was paid for."""

    script: Script
    checked: bool = True
    key: str | None = None
    pace: Pace | None = None
    minimum: int | None = None
    clock: Callable[[], float] = time.monotonic
    address: str = ""
    asked: list[Asked] = field(default_factory=list)
    paid: list[Paid] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    """What was wrong with the requests that were refused."""
    dropped: int = 0
    """How many clients went away before their answer ended; `left` is set with the first."""
    left: threading.Event = field(default_factory=threading.Event)
    peak: int = 0
    """How many requests were being answered at once, at most."""
    problems: list[BaseException] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)
    _now: int = 0
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        self.cache = Cache(self.clock)

    @property
    def usage(self) -> Usage:
        """The tokens of all paid calls together."""
        all_paid = [paid.usage for paid in self.paid]
        return Usage(**{name: sum(getattr(each, name) for each in all_paid) for name in Usage.__dataclass_fields__})

    def respond(self, connection: Connection, path: str, headers: dict[str, str], data: bytes) -> None:
        """Answer one request, whatever it is."""
        if not path.endswith(("/v1/messages", "/v1/messages/count_tokens")) and _VERTEX.search(path) is None:
            connection.send(self._refuse(404, "not_found_error", "Not found"))
            return
        taken = self._take(path, headers, data)
        if isinstance(taken, Raw):
            connection.send(taken)
        elif path.endswith("/count_tokens"):
            connection.send(Raw(body=json.dumps({"input_tokens": count(taken)}).encode()))
        else:
            self._answer(connection, self._keep(taken, path, headers))

    def _take(self, path: str, headers: dict[str, str], data: bytes) -> dict[str, Any] | Raw:
        """The body of a request, or why it is refused."""
        given = headers.get("authorization", "").removeprefix("Bearer ") or headers.get("x-api-key", "")
        if not given or (self.key is not None and given != self.key):
            return self._refuse(401, "authentication_error", "invalid x-api-key")
        if len(data) > MAX_BODY:
            return self._refuse(413, "request_too_large", "Request exceeds the maximum size")
        try:
            body: dict[str, Any] = json.loads(data)
        except ValueError:
            return self._refuse(400, "invalid_request_error", "The request body is not valid JSON")
        if (model := _VERTEX.search(path)) is not None:
            headers.setdefault("anthropic-version", str(body.pop("anthropic_version", "")))
            body = {"model": model[1], **body}
            if self.checked and "cache_control" in body:
                return self._refuse(400, "invalid_request_error", "cache_control: Extra inputs are not permitted")
        if not self.checked or path.endswith("/count_tokens"):
            return body
        found = problem(body, has_version="anthropic-version" in headers)
        return body if found is None else self._refuse(found.status, found.kind, found.message)

    def _refuse(self, status: int, kind: str, message: str) -> Raw:
        self.refused.append(message)
        return failing(status, kind, message)

    def _keep(self, body: dict[str, Any], path: str, headers: dict[str, str]) -> Asked:
        with self._lock:
            asked = Asked(body, len(self.asked), headers, path, self.clock())
            self.asked.append(asked)
            self._now += 1
            self.peak = max(self.peak, self._now)
        return asked

    def _answer(self, connection: Connection, asked: Asked) -> None:
        model = str(asked.body.get("model"))
        minimum = minimum_tokens(model) if self.minimum is None else self.minimum
        booked = self.cache.book(asked.body, asked.headers.get("authorization", ""), minimum)
        try:
            self._say(connection, asked, booked, self._said(asked))
        except ConnectionError:
            self.dropped += 1
            self.left.set()
        finally:
            with self._lock:
                self._now -= 1

    def _said(self, asked: Asked) -> Answer | Raw | Broken:
        said: Said = failing(400, "invalid_request_error", "the script of this test failed")
        with _Noted(self.problems):
            said = self.script(asked)
        return Answer(blocks=said) if isinstance(said, list) else said

    def _say(self, connection: Connection, asked: Asked, booked: Booked, said: Answer | Raw | Broken) -> None:
        if isinstance(said, Raw):
            connection.send(said)
            return
        broken, answer = (said, said.answer) if isinstance(said, Broken) else (None, said)
        seconds = answer.seconds if answer.seconds is not None else self.pace(asked) if self.pace else 0.0
        connection.wait(seconds * answer.first)
        if broken is not None and broken.after == 0:
            connection.end_badly(broken)
            return
        spent = 1 if broken else output_tokens(answer)
        usage = replace(booked.usage, output_tokens=spent)
        self.cache.begin(booked)
        with self._lock:
            self.paid.append(Paid(asked, usage, self.clock()))
        rest = seconds * (1 - answer.first)
        if asked.body.get("stream"):
            said_events = list(events(asked, answer, usage))
            connection.stream(said_events, broken, rest / max(len(said_events) - 1, 1))
        else:
            connection.wait(rest)
            connection.whole(json.dumps(message(asked, answer, usage)).encode(), broken)


@contextmanager
def serving(
    script: Script,
    *,
    checked: bool = True,
    key: str | None = None,
    pace: Pace | None = None,
    minimum: int | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Served]:
    """A server on a free port of the loopback interface; a script that failed fails the test at the end.

    `checked` refuses what the API refuses, `key` is the only one it takes, `pace` says how long answers take,
    `minimum` is the shortest prefix that the cache takes, `clock` decides when entries of the cache die.
    """
    served = Served(script, checked, key, pace, minimum, clock)
    http = _Server(("127.0.0.1", 0), _handler(served))
    served.address = f"http://127.0.0.1:{http.server_address[1]}"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        served.stopped.set()
        http.shutdown()
        http.server_close()
        thread.join()
    if served.problems:
        raise served.problems[0]


class _Noted:
    """Keeps what a script raised, so that the test fails and not only the request."""

    def __init__(self, problems: list[BaseException]) -> None:
        self.problems = problems

    def __enter__(self) -> None:
        """Nothing to begin."""

    def __exit__(self, kind: object, mistake: BaseException | None, trace: object) -> bool:
        if mistake is not None:
            self.problems.append(mistake)
        return True


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients of these tests go away on purpose."""


def _handler(served: Served) -> type[Connection]:
    class Handler(Connection):
        stopped = served.stopped

        def receive(self, path: str, headers: dict[str, str], data: bytes) -> None:
            served.respond(self, path, headers, data)

    return Handler


__all__ = ["Answer", "Asked", "Block", "Broken", "Paid", "Raw", "Served", "event", "serving"]
