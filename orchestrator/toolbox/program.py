"""Runs a server's program: fast over stdio, or over streamable HTTP."""

from __future__ import annotations

import runpy
from typing import TYPE_CHECKING

from orchestrator.errors import OrchestratorError, UsageError
from orchestrator.toolbox.front import serve, standard_wire
from orchestrator.toolbox.manifest import load_manifest

if TYPE_CHECKING:
    from orchestrator.toolbox.options import ServerOptions
    from orchestrator.toolbox.server import ToolServer
    from orchestrator.toolbox.servers import ServerProgram

EXTRA = "install the package with its extra 'workspace', in a clone with: uv tool install '.[workspace]'"


def load_server(program: ServerProgram, options: ServerOptions) -> ToolServer:
    """The server that a program declares, ready to serve by these options.

    Raises:
        UsageError: the libraries of the extra `workspace` are not installed.
        OrchestratorError: the program declares no `SERVER`.
    """
    try:
        names = runpy.run_path(str(program.program))
    except ModuleNotFoundError as error:
        raise UsageError(f"the servers need the library {error.name!r}: {EXTRA}") from error
    server: ToolServer | None = names.get("SERVER")
    if server is None:
        raise OrchestratorError(f"{program.program.name} declares no SERVER")
    server.configure(options)
    return server


def run_stdio(program: ServerProgram, options: ServerOptions) -> None:
    """Serve over stdin and stdout until the client closes its end."""
    serve(load_manifest(program.manifest), lambda: load_server(program, options), standard_wire())


def run_http(program: ServerProgram, options: ServerOptions, host: str, port: int) -> None:
    """Serve streamable HTTP at `http://HOST:PORT/mcp` until the process is interrupted."""
    load_server(program, options).run_http(host, port)
