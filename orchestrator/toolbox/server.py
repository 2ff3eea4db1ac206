"""What each of our MCP servers is made of: typed functions become tools, with one deadline, one kind of error and
one place where secrets are masked.

A tool takes a `Call` first, then its typed arguments, and returns a pydantic model:

    SERVER = ToolServer("unity-catalog", instructions="...")

    @SERVER.reads
    def list_catalogs(call: Call, limit: Limit = 100) -> Catalogs:
        ...
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import anyio
import anyio.from_thread
import anyio.to_thread
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from pydantic import BaseModel

from orchestrator import __version__
from orchestrator.errors import OrchestratorError, UsageError
from orchestrator.toolbox.options import ServerOptions
from orchestrator.toolbox.redaction import redacted, redacted_text
from orchestrator.toolbox.strict import StrictServer
from orchestrator.workspace.connection import Access, Workspace
from orchestrator.workspace.pages import Listings
from orchestrator.workspace.waiting import waited_for

if TYPE_CHECKING:
    from collections.abc import Awaitable

Tool = TypeVar("Tool", bound=Callable[..., BaseModel])
Progress = Callable[[float, float | None, str], None]


@dataclass(frozen=True, kw_only=True)
class Call:
    """What a tool is given besides its arguments."""

    workspace: Workspace
    listings: Listings
    options: ServerOptions
    progress: Progress
    """Tells the client how far a long call is: done, total (None where it is not known), and one short sentence."""
    asked: str = ""
    """The tool and its arguments without `limit` and `cursor`: a cursor goes on only with the same."""


@dataclass(kw_only=True)
class _Shared:
    options: ServerOptions = field(default_factory=ServerOptions)
    workspace: Workspace = field(default_factory=Workspace)
    listings: Listings = field(default_factory=Listings)


class ToolServer:
    """An MCP server of ours: the official SDK's server, and the tools that were declared on it."""

    def __init__(self, name: str, *, title: str, instructions: str) -> None:
        self.name = name
        self.mcp = StrictServer(
            name=name,
            title=title,
            instructions=instructions,
            version=__version__,
            log_level="WARNING",
            # The lists never change: a client that is told so does not ask to be told of changes.
            subscriptions=False,
        )
        self._shared = _Shared()
        self._changing: set[str] = set()

    def configure(self, options: ServerOptions) -> None:
        """Serve by these options from now on."""
        access = Access(profile=options.profile, answer_seconds=options.answer_seconds)
        self._shared = _Shared(options=options, workspace=Workspace(access))

    def reads(self, tool: Tool) -> Tool:
        """Declare a tool that changes nothing."""
        self._add(tool, ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True))
        return tool

    def changes(self, tool: Tool) -> Tool:
        """Declare a tool that changes the workspace: refused unless the server was started with `--allow-writes`.

        A tool with an argument `dry_run` is answered on a read-only server too, as long as that is true.
        """

        @functools.wraps(tool)
        def allowed(call: Call, **arguments: object) -> BaseModel:
            if not call.options.allow_writes and arguments.get("dry_run") is not True:
                raise UsageError(
                    f"{tool.__name__} changes the workspace and this server is read-only; "
                    f"start it with: orchestrate mcp {self.name} --allow-writes"
                )
            return tool(call, **arguments)

        self._changing.add(tool.__name__)
        self._add(allowed, ToolAnnotations(read_only_hint=False, destructive_hint=True, idempotent_hint=True))
        return tool

    def run(self) -> None:
        """Serve stdio by the SDK alone: what a program does when it is started by itself."""
        self.mcp.run("stdio")

    def run_http(self, host: str, port: int) -> None:
        """Serve streamable HTTP until the process is interrupted."""
        self.mcp.run("streamable-http", host=host, port=port)

    def _add(self, tool: Callable[..., BaseModel], annotations: ToolAnnotations) -> None:
        self.mcp.add_tool(
            self._served(tool),
            name=tool.__name__,
            description=inspect.cleandoc(tool.__doc__ or ""),
            annotations=annotations,
            structured_output=True,
        )

    def _late(self, tool: str, seconds: float, arguments: dict[str, object]) -> str:
        late = f"{tool} did not end within {seconds:g} s"
        if tool not in self._changing or arguments.get("dry_run") is True:
            return f"{late}; ask for less at once"
        return (
            f"{late}: unless all of it was made by then, what was changed is being taken back now; read the state "
            "before you try again, and ask for less at once"
        )

    def _served(self, tool: Callable[..., BaseModel]) -> Callable[..., Awaitable[BaseModel]]:
        """The tool as the SDK wants it: a coroutine function that takes a `Context` in place of the `Call`."""

        async def served(context: Context, **arguments: object) -> BaseModel:
            return await self._call(tool, context, arguments)

        parameters = list(inspect.signature(tool, eval_str=True).parameters.values())[1:]
        returned = inspect.signature(tool, eval_str=True).return_annotation
        first = inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Context)
        # The SDK makes the schema of the arguments from this signature.
        vars(served)["__signature__"] = inspect.Signature([first, *parameters], return_annotation=returned)
        served.__annotations__ = {"context": Context, **{item.name: item.annotation for item in parameters}}
        served.__annotations__["return"] = returned
        served.__name__ = tool.__name__
        return served

    async def _call(self, tool: Callable[..., BaseModel], context: Context, arguments: dict[str, object]) -> BaseModel:
        shared = self._shared
        given_up = threading.Event()
        call = Call(
            workspace=shared.workspace,
            listings=shared.listings,
            options=shared.options,
            progress=functools.partial(_report, context, given_up),
            asked=_asked(tool.__name__, arguments),
        )
        seconds = shared.options.deadline_seconds
        try:
            with anyio.fail_after(seconds):
                work = functools.partial(_worked, given_up, tool, call, arguments)
                result = await anyio.to_thread.run_sync(work, abandon_on_cancel=True)
        except TimeoutError:
            raise ToolError(self._late(tool.__name__, seconds, arguments)) from None
        except OrchestratorError as error:
            raise ToolError(redacted_text(str(error))) from None
        finally:
            # Nobody can stop a thread: it ends by itself at the next request that it would send.
            given_up.set()
        return redacted(result)


def _asked(name: str, arguments: dict[str, object]) -> str:
    kept = sorted((key, repr(value)) for key, value in arguments.items() if key not in {"limit", "cursor"})
    return f"{name} {kept}"


def _worked(
    given_up: threading.Event, tool: Callable[..., BaseModel], call: Call, arguments: dict[str, object]
) -> BaseModel:
    with waited_for(given_up, call.options.deadline_seconds):
        return tool(call, **arguments)


def _report(
    context: Context, given_up: threading.Event, done: float, total: float | None, message: str
) -> None:  # A client that left hears nothing, and a change set must not break off for that.
    if not given_up.is_set():
        with contextlib.suppress(RuntimeError, CancelledError, anyio.ClosedResourceError, anyio.BrokenResourceError):
            anyio.from_thread.run(context.report_progress, done, total, message)
