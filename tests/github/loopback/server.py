"""The server: `serving` starts it; every request comes through `_Handler`."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from pydantic import JsonValue

from tests.github.loopback import graph, reading, writing
from tests.github.loopback.answers import Answer, RefusedError, forbidden, not_found, refused
from tests.github.loopback.calls import Call, Route
from tests.github.loopback.records import Limits, Permissions, Repository, Request
from tests.github.loopback.told import user
from tests.github.loopback.world import Failure, GitHub

ROUTES: tuple[Route, ...] = (*reading.ROUTES, *writing.ROUTES)
_REPOSITORY = re.compile(r"/repos/([^/]+/[^/]+)(/.*|)")


@contextmanager
def serving(
    *repositories: Repository, limits: Limits | None = None, clock: Callable[[], float] = time.monotonic
) -> Iterator[GitHub]:
    """A GitHub with these repositories on a free port of the loopback interface.

    `clock` decides when the secondary limit ends; a fault of the server fails the test at the end.
    """
    github = GitHub(repositories, limits or Limits(), clock)
    http = _Server(("127.0.0.1", 0), _handler(github))
    github.address = f"http://127.0.0.1:{http.server_address[1]}"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield github
    finally:
        http.shutdown()
        http.server_close()
        thread.join()
    if github.problems:
        raise github.problems[0]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients of these tests go away on purpose."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    github: GitHub

    def do_GET(self) -> None:
        self._respond()

    def do_POST(self) -> None:
        self._respond()

    def do_PATCH(self) -> None:
        self._respond()

    def do_PUT(self) -> None:
        self._respond()

    def do_DELETE(self) -> None:
        self._respond()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: the tests read the requests themselves."""

    def _respond(self) -> None:
        data = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        with self.github.lock:
            answer = _answer(self.github, self.command, self.path, headers, data)
        body = answer.text if answer.text is not None else json.dumps(answer.body).encode()
        self.send_response(answer.status)
        for name, value in (
            ("content-type", answer.content_type),
            ("content-length", str(len(body))),
            ("x-github-request-id", "0000:LOOPBACK"),
            *answer.headers,
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _handler(served: GitHub) -> type[BaseHTTPRequestHandler]:
    class Handler(_Handler):
        github = served

    return Handler


def _answer(github: GitHub, method: str, target: str, headers: dict[str, str], data: bytes) -> Answer:
    """The answer of a request, which is kept with it."""
    address = urlsplit(target)
    login, body, answer = "", _body(data), Answer(status=500, body={"message": "the loopback GitHub failed"})
    with _Noted(github.problems):
        try:
            permissions = _permissions(github, headers)
            login = permissions.login
            answer = _failing(github, method, address.path) or _known(
                github, permissions, Asked(method, address.path, dict(parse_qsl(address.query)), headers, body)
            )
        except RefusedError as error:
            answer = error.answer
    github.requests.append(
        Request(
            method=method,
            path=address.path,
            query=dict(parse_qsl(address.query)),
            headers=headers,
            body=body,
            login=login,
            status=answer.status,
            at=github.clock(),
            mutations=graph.mutations(body) if address.path.endswith("/graphql") else (),
        )
    )
    return answer


class Asked:
    """What a request asks, once its token is known."""

    def __init__(self, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: JsonValue) -> None:
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body


def _known(github: GitHub, permissions: Permissions, asked: Asked) -> Answer:
    if asked.path in {"/graphql", "/api/graphql"}:
        return graph.answer(github, permissions, asked.body)
    if asked.path == "/user":
        if permissions.login.endswith("[bot]"):
            raise forbidden()
        return Answer(body=user(permissions.login))
    if asked.path == "/rate_limit":
        return Answer(body={"resources": {"core": {"limit": 1000, "remaining": 999, "used": 1, "reset": 0}}})
    found = _REPOSITORY.fullmatch(asked.path)
    repository = github.repositories.get(found[1].lower()) if found is not None else None
    if found is None or repository is None:
        raise not_found()
    for route in ROUTES:
        if route.method != asked.method or (parts := route.pattern.fullmatch(found[2])) is None:
            continue
        call = Call(
            github=github,
            repository=repository,
            permissions=permissions,
            path=asked.path,
            query=asked.query,
            accept=asked.headers.get("accept", ""),
            body=asked.body if isinstance(asked.body, dict) else {},
            parts=parts.groups(),
        )
        return _routed(call, route)
    raise not_found()


def _routed(call: Call, route: Route) -> Answer:
    if route.scopes:
        call.need(route.access, *route.scopes)
    if route.access == "write":
        call.github.book()
    return route.answer(call)


def _permissions(github: GitHub, headers: dict[str, str]) -> Permissions:
    if "user-agent" not in headers:
        raise refused(403, "Request forbidden by administrative rules. Please make sure your request has a User-Agent")
    kind, _, token = headers.get("authorization", "").partition(" ")
    if kind.lower() not in {"bearer", "token"} or token not in github.tokens:
        raise refused(401, "Bad credentials")
    return github.tokens[token]


def _failing(github: GitHub, method: str, path: str) -> Answer | None:
    for failure in github.failures:
        if failure.times > 0 and path.endswith(failure.path) and failure.method in {None, method}:
            failure.times -= 1
            return Answer(status=failure.status, text=failure.body.encode(), headers=failure.headers)
    return None


def _body(data: bytes) -> JsonValue:
    try:
        body: JsonValue = json.loads(data) if data else None
    except ValueError:
        return None
    return body


class _Noted:
    """Keeps a fault of the server, so that the test fails and not only the request."""

    def __init__(self, problems: list[BaseException]) -> None:
        self.problems = problems

    def __enter__(self) -> None:
        """Nothing to begin."""

    def __exit__(self, kind: object, mistake: BaseException | None, trace: object) -> bool:
        if mistake is not None:
            self.problems.append(mistake)
        return True


__all__ = ["Failure", "GitHub", "serving"]
