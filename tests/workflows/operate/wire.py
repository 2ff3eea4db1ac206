"""The line between a command and the sandbox: it passes requests on until it is told to break at one step."""

from __future__ import annotations

import http.client
import json
import os
import signal
import threading
from dataclasses import dataclass
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Self

SECONDS = 60
_STATEMENTS = "/api/2.0/sql/statements"
_READING = ("SELECT", "DESCRIBE", "SHOW", "WITH")
_PASSED_ON = ("authorization", "content-type", "accept", "x-databricks-org-id")
_REFUSED = json.dumps({"error_code": "PERMISSION_DENIED", "message": "The wire was told to refuse this."}).encode()


class Break(Enum):
    """What happens at the first request of a step that changes something."""

    REFUSED = auto()
    """it is refused, and nothing is changed"""
    ANSWER_LOST = auto()
    """it is made, and the answer says that it was refused"""
    DROPPED = auto()
    """from then on nothing is reached"""
    KILLED_BEFORE = auto()
    """the command is killed before it is made"""
    KILLED_AFTER = auto()
    """the command is killed when it was made"""
    INTERRUPTED = auto()
    """somebody presses Ctrl-C while it is made, and its answer never comes"""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """At which step to break, and how; steps count from 1."""

    step: int
    how: Break


@dataclass(frozen=True, kw_only=True)
class _Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Wire:
    """A loopback server in front of a sandbox; which step is being made it reads from the journal on disk."""

    def __init__(self, host: str, journals: Path) -> None:
        self._target = host.removeprefix("http://")
        self._journals = journals
        self._lock = threading.Lock()
        self._plan: Plan | None = None
        self._broken = False
        self._gone = False
        self.process: int | None = None
        """The process of the command that runs, to be killed."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def host(self) -> str:
        """The address that the command is given."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def struck(self) -> bool:
        """Whether the step came."""
        return self._broken

    def break_at(self, plan: Plan | None) -> None:
        """Break once, at this step; None to pass everything on."""
        self._plan, self._broken, self._gone = plan, False, False

    def answered(self, request: _Request) -> tuple[int, bytes] | None:
        """The answer, or None for a line that was cut."""
        how = self._struck(request)
        if how is None:
            return None if self._gone else self._forwarded(request)
        if how is Break.REFUSED:
            return 403, _REFUSED
        if how is Break.DROPPED:
            self._gone = True
            return None
        if how in {Break.ANSWER_LOST, Break.KILLED_AFTER, Break.INTERRUPTED}:
            self._forwarded(request)
        if how is Break.ANSWER_LOST:
            return 403, _REFUSED
        if self.process is not None:
            os.kill(self.process, signal.SIGINT if how is Break.INTERRUPTED else signal.SIGKILL)
        return None

    def _struck(self, request: _Request) -> Break | None:
        """How this request breaks: the first one of the planned step that changes something."""
        with self._lock:
            plan = self._plan
            if plan is None or self._broken or not _changes(request) or self._step() != plan.step:
                return None
            self._broken = True
            return plan.how

    def _step(self) -> int | None:
        """The step that the newest journal says is being tried."""
        files = sorted(self._journals.glob("*.journal.jsonl"), key=lambda file: file.stat().st_mtime_ns)
        if not files:
            return None
        last = json.loads(files[-1].read_text(encoding="utf-8").splitlines()[-1])
        return int(last["step"]) if last["what"] == "trying" else None

    def _forwarded(self, request: _Request) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(self._target, timeout=SECONDS)
        try:
            connection.request(request.method, request.path, body=request.body or None, headers=request.headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def _changes(request: _Request) -> bool:
    """Whether the request changes the workspace; a statement is one that reads by its first word."""
    if request.method == "GET" or "/search" in request.path:
        return False
    if request.path != _STATEMENTS:
        return not request.path.startswith(_STATEMENTS)
    return not str(json.loads(request.body)["statement"]).lstrip().upper().startswith(_READING)


class _Handler(BaseHTTPRequestHandler):
    """Passes on every method alike."""

    protocol_version = "HTTP/1.1"
    wire: Wire

    def _any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name: value for name, value in self.headers.items() if name.lower() in _PASSED_ON}
        answer = self.wire.answered(_Request(method=self.command, path=self.path, headers=headers, body=body))
        if answer is None:
            self.close_connection = True
            return
        status, content = answer
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        self._any()

    def do_POST(self) -> None:
        self._any()

    def do_PUT(self) -> None:
        self._any()

    def do_PATCH(self) -> None:
        self._any()

    def do_DELETE(self) -> None:
        self._any()

    def log_message(self, *_: object) -> None:
        """Nothing: the tests look at answers."""


def _handler(wire: Wire) -> type[_Handler]:
    return type("Handler", (_Handler,), {"wire": wire})
