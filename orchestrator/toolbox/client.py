"""One client over the servers: each is started at the first call of one of its tools and kept until the run ends."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import anyio
import mcp_types
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.stdio import stdio_client

from orchestrator.toolbox.answers import answer_of, problem
from orchestrator.toolbox.launch import Launch
from orchestrator.toolbox.offered import ToolAnswer
from orchestrator.toolbox.redaction import redacted_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from anyio.abc import TaskGroup
    from pydantic import JsonValue

STARTS = 2
"""How often a server is started in one run: once, and once more if it ended."""
_BEYOND_THE_MANIFEST = "all"
"""A cursor: no manifest answers a question with one, so that the list comes from the program that will be called."""
_CLOSED = (anyio.ClosedResourceError, anyio.BrokenResourceError, anyio.EndOfStream)
_FAULTS = (MCPError, OSError, RuntimeError, ValueError, TypeError, AttributeError, LookupError, *_CLOSED)
_TOLD = 300
"""Characters of a server's last words that a person is told."""


class UnavailableError(Exception):
    """A server that cannot be asked; its text is one sentence for the model."""


@dataclass(eq=False, slots=True)
class _Process:
    """One run of a server's program."""

    ready: anyio.Event = field(default_factory=anyio.Event)
    ended: anyio.Event = field(default_factory=anyio.Event)
    scope: anyio.CancelScope = field(default_factory=anyio.CancelScope)
    client: Client | None = None
    refused: frozenset[str] = frozenset()


class Server:
    """One server as its callers see it; calls may run side by side.

    `group` holds the task that owns the connection: that one opens and closes it, whichever task calls first. When it
    is cancelled the program gets the end of its input and two seconds, then signals; it cannot ignore the last one.
    """

    def __init__(
        self, launch: Launch, group: TaskGroup, *, folder: Path, seconds: float, warn: Callable[[str], None]
    ) -> None:
        self._launch = launch
        self._name = launch.name
        self._group = group
        self._folder = folder
        self._seconds = seconds
        self._warn = warn
        self._lock = anyio.Lock()
        self._process: _Process | None = None
        self._starts = 0
        self._closed = False

    async def call(self, tool: str, arguments: Mapping[str, JsonValue]) -> ToolAnswer:
        """The answer of a tool; whatever goes wrong is an answer too, in one sentence and within the time limit."""
        try:
            return await self._answer(tool, dict(arguments))
        except UnavailableError as error:
            return problem(str(error))

    def close(self) -> None:
        """Start nothing any more; who owns `group` ends what runs, by cancelling it."""
        self._closed = True

    async def _answer(self, tool: str, arguments: dict[str, JsonValue]) -> ToolAnswer:
        while True:
            process, client = await self._connected()
            if tool in process.refused:
                return problem(f"{tool} of {self._name} is not what this installation knows it as; it was not called")
            try:
                with anyio.fail_after(self._seconds):
                    return answer_of(await client.call_tool(tool, arguments))
            except TimeoutError:
                # The server itself ends a call earlier than this: one that did not is stuck.
                self._give_up(process)
                raise UnavailableError(self._late(tool)) from None
            except _FAULTS as error:
                if not _has_ended(process, error):
                    return problem(_said(error, tool))
            if self._process is process:
                self._give_up(process)
                self._warn(f"the server {self._name} ended in the middle of a call")

    def _late(self, tool: str) -> str:
        return f"{tool} of {self._name} did not answer within {self._seconds:g} s; ask for less at once"

    async def _connected(self) -> tuple[_Process, Client]:
        if self._closed:
            raise UnavailableError(f"the server {self._name} cannot be asked: the run is over")
        async with self._lock:
            process = self._process or self._start()
        with anyio.move_on_after(self._seconds):
            await process.ready.wait()
        if process.client is None:
            self._give_up(process)
            raise UnavailableError(f"the server {self._name} does not start, so that its tools cannot be called")
        return process, process.client

    def _start(self) -> _Process:
        if self._starts == STARTS:
            raise UnavailableError(f"the server {self._name} ended {STARTS} times and is not started again")
        self._starts += 1
        self._process = process = _Process()
        self._group.start_soon(self._run, process)
        return process

    def _give_up(self, process: _Process) -> None:
        """End the program, if it still runs; the next call starts it again, if it may."""
        process.scope.cancel()
        if process is self._process:
            self._process = None

    async def _run(self, process: _Process) -> None:
        # What the SDK says of a message that it cannot read is a trace; what matters comes back as an error.
        logging.getLogger("mcp").setLevel(logging.CRITICAL)
        with (self._folder / f"{self._name}-{self._starts}.txt").open(
            "w+", encoding="utf-8", errors="replace"
        ) as words:
            try:
                # Who waits for an answer is told by the connection; what the program said itself tells a person more.
                with suppress(*_FAULTS, ExceptionGroup), process.scope:
                    await self._serve(process, words)
            finally:
                if process.client is None:
                    self._warn(f"the server {self._name} did not start: {_last_words(words)}")
                process.client = None
                process.ended.set()
                process.ready.set()

    async def _serve(self, process: _Process, words: TextIO) -> None:
        first, *rest = self._launch.command
        program = StdioServerParameters(
            command=first,
            args=rest,
            env=dict(self._launch.environment),
            cwd=self._folder,
            encoding_error_handler="replace",
        )
        async with Client(stdio_client(program, words), cache=None) as client:
            process.refused = await self._differing(client)
            process.client = client
            process.ready.set()
            await anyio.sleep_forever()

    async def _differing(self, client: Client) -> frozenset[str]:
        """The tools of the manifest that the program does not have, or has otherwise."""
        found = {tool.name: tool for tool in (await client.list_tools(cursor=_BEYOND_THE_MANIFEST)).tools}
        known = {name: mcp_types.Tool.model_validate(tool.entry) for name, tool in self._launch.tools.items()}
        differing = frozenset(name for name, tool in known.items() if found.get(name) != tool)
        if differing:
            shown = ", ".join(sorted(differing)[:5])
            self._warn(f"the server {self._name} differs from its manifest in {shown}; these are not called")
        return differing


def _has_ended(process: _Process, error: Exception) -> bool:
    closed = isinstance(error, MCPError) and error.code == mcp_types.CONNECTION_CLOSED
    return closed or process.ended.is_set() or process.scope.cancel_called or isinstance(error, _CLOSED)


def _said(error: Exception, tool: str) -> str:
    if isinstance(error, MCPError):
        return f"{tool} failed: {error.message}"
    return f"{tool} answered in a form that cannot be read"


def _last_words(words: TextIO) -> str:
    """The end of what a program wrote to stderr, for a person."""
    size = words.seek(0, 2)
    words.seek(max(0, size - 4 * _TOLD))
    lines = [line.strip() for line in words.read().splitlines() if line.strip()]
    return redacted_text(lines[-1])[:_TOLD] if lines else "it said nothing"
