"""The sandbox workspace as a running server: loopback only, in a thread of its own."""

from __future__ import annotations

import asyncio
import datetime as dt
import secrets
import socket
import threading
from collections.abc import Iterable
from types import TracebackType
from typing import TYPE_CHECKING

import uvicorn

from orchestrator.errors import OrchestratorError, UsageError
from orchestrator.workspace.sandbox.application import application
from orchestrator.workspace.sandbox.faults import Fault
from orchestrator.workspace.sandbox.gate import Gate, House
from orchestrator.workspace.sandbox.mlflow import MlflowServer, mlflow_server
from orchestrator.workspace.sandbox.seed import Seed
from orchestrator.workspace.sandbox.state import State
from orchestrator.workspace.sandbox.warehouse.statements import Statements

if TYPE_CHECKING:
    from typing import Self

LOOPBACK = "127.0.0.1"
START_SECONDS = 20.0
STOP_SECONDS = 5.0
BACKLOG = 128


class _Server(uvicorn.Server):
    """A server that tells when it listens, and on which loop."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = threading.Event()
        self.loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell so."""
        self.loop = asyncio.get_running_loop()
        await super().startup(sockets)
        self.listening.set()


class Sandbox:
    """A sandbox workspace that runs until it is closed; `start` makes one."""

    def __init__(self, house: House, opened: socket.socket, mlflow: MlflowServer | None) -> None:
        self._house = house
        self._socket = opened
        self._mlflow = mlflow
        self._server = _Server(
            uvicorn.Config(
                application(house),
                log_level="critical",
                access_log=False,
                lifespan="off",
                ws="none",
                http="h11",
                timeout_keep_alive=30,
                timeout_graceful_shutdown=2,
            )
        )
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="sandbox-workspace", daemon=True)

    @classmethod
    def start(
        cls,
        seed: Seed | None = None,
        *,
        mlflow_url: str | None = None,
        faults: Iterable[Fault] = (),
        token: str | None = None,
        port: int = 0,
        now: dt.datetime | None = None,
    ) -> Self:
        """A running sandbox; without a seed the company that is shipped, with its times as seen from `now`.

        `mlflow_url` is a real MLflow server that answers the MLflow calls, or `auto` to start one where `mlflow` is
        installed. Port 0 takes a free one. The token belongs to the workspace's admin.

        Raises:
            UsageError: the port is taken, or there is no such MLflow server.
        """
        seed = seed or Seed.read(now=now)
        opened = _listen(port)
        try:
            mlflow = mlflow_server(mlflow_url) if mlflow_url else None
        except UsageError:
            opened.close()
            raise
        gate = Gate(tokens={token or f"sandbox-{secrets.token_hex(16)}": seed.place.admin})
        gate.faults.set(*faults)
        state = State.of(seed)
        house = House(state=state, statements=Statements(state), gate=gate, mlflow_url=mlflow.url if mlflow else None)
        sandbox = cls(house, opened, mlflow)
        sandbox.open()
        return sandbox

    @property
    def host(self) -> str:
        """The URL of the workspace, for DATABRICKS_HOST."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._socket.getsockname()[1])

    @property
    def token(self) -> str:
        """The token of the admin, for DATABRICKS_TOKEN."""
        return next(iter(self._house.gate.tokens))

    @property
    def seed(self) -> Seed:
        """What it began with."""
        return self._house.state.seed

    @property
    def calls(self) -> tuple[str, ...]:
        """The calls so far, as `GET /api/...`; of very many, the newest."""
        return tuple(self._house.gate.calls)

    def token_for(self, principal: str) -> str:
        """A token of another principal, who then may do only what grants allow.

        Raises:
            UsageError: there is no such principal.
        """
        if not self._house.state.people.knows(principal):
            raise UsageError(f"the sandbox knows no principal {principal!r}; name a user or group of its seed")
        token = f"sandbox-{secrets.token_hex(16)}"
        self._house.gate.tokens[token] = principal
        return token

    def fault(self, *faults: Fault) -> None:
        """Set faults."""
        self._house.gate.faults.set(*faults)

    def clear_faults(self) -> None:
        """Take all faults away."""
        self._house.gate.faults.clear()

    def open(self) -> None:
        """Begin to answer.

        Raises:
            OrchestratorError: the server did not come up.
        """
        self._thread.start()
        if not self._server.listening.wait(START_SECONDS):
            raise OrchestratorError(f"the sandbox workspace did not start within {START_SECONDS:.0f} seconds")

    def wait(self) -> None:
        """Return when the server has ended."""
        # A wait without an end would not let Ctrl-C through.
        while not self._ended.wait(0.5):
            pass

    def close(self) -> None:
        """Stop the server; calls that hang are let go."""
        loop = self._server.loop
        self._server.should_exit = True
        if loop is not None and not self._ended.is_set():
            loop.call_soon_threadsafe(self._house.gate.closing.set)
        # Not `join`: on Python 3.11 an interrupted one takes the thread for stopped.
        self._ended.wait(STOP_SECONDS)
        self._socket.close()
        self._house.statements.close()
        if self._mlflow is not None:
            self._mlflow.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _serve(self) -> None:
        try:
            asyncio.run(self._server.serve(sockets=[self._socket]))
        finally:
            self._ended.set()


def _listen(port: int) -> socket.socket:
    # With the protocol named, asyncio switches off Nagle's delay; without, each answer takes 40 ms more.
    opened = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((LOOPBACK, port))
    except (OSError, OverflowError) as error:
        opened.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(
            f"port {port} cannot be used ({reason}); name another with --port, or 0 for a free one"
        ) from None
    opened.listen(BACKLOG)
    return opened
