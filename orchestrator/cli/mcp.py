"""`orchestrate mcp`: list the MCP servers, or serve one."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from orchestrator.cli.extra import require_extra
from orchestrator.cli.front import Command

if TYPE_CHECKING:
    from orchestrator.toolbox.options import ServerOptions
    from orchestrator.toolbox.servers import ServerProgram

_EPILOG = """examples:
  orchestrate mcp                                        the servers and their tools
  orchestrate mcp unity-catalog                          serve over stdio, as an MCP client starts it
  orchestrate mcp governance-api --allow-writes          tools that change the workspace work
  orchestrate mcp audit-logs --http 8765                 serve http://127.0.0.1:8765/mcp

Credentials come from the Databricks SDK's own chain: DATABRICKS_HOST and DATABRICKS_TOKEN, a profile, OAuth.
With no account: orchestrate workspace serve.
"""
_LOOPBACK = "127.0.0.1"


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("server", nargs="?", help="the server to run; without it the servers are listed")
    parser.add_argument(
        "--http", metavar="[HOST:]PORT", help="serve streamable HTTP, without a login, on 127.0.0.1; default: stdio"
    )
    parser.add_argument("--allow-writes", action="store_true", help="let tools change the workspace")
    parser.add_argument("--profile", help="a profile of ~/.databrickscfg")
    parser.add_argument("--deadline", type=float, default=60.0, metavar="SECONDS", help="of one tool call; default: 60")


def run(arguments: argparse.Namespace) -> int:
    """List, or serve until the client leaves."""
    from orchestrator.errors import UsageError

    if not 0 < arguments.deadline <= 3600:
        raise UsageError(
            f"--deadline {arguments.deadline:g} is out of range; give more than 0 and at most 3600 seconds"
        )
    if arguments.server is None:
        if arguments.http or arguments.allow_writes or arguments.profile:
            raise UsageError("name the server that these options are for; `orchestrate mcp` lists them")
        return _list()
    from orchestrator.toolbox.options import ServerOptions
    from orchestrator.toolbox.program import run_stdio
    from orchestrator.toolbox.servers import server_program

    program = server_program(arguments.server)
    require_extra("workspace", f"the server {program.name!r}")
    options = ServerOptions(
        allow_writes=arguments.allow_writes,
        profile=arguments.profile,
        deadline_seconds=arguments.deadline,
        answer_seconds=min(arguments.deadline, ServerOptions.answer_seconds),
    )
    if arguments.http is None:
        run_stdio(program, options)
    else:
        _serve_http(program, options, *_address(arguments.http))
    return 0


def _serve_http(program: ServerProgram, options: ServerOptions, host: str, port: int) -> None:
    from orchestrator.errors import UsageError
    from orchestrator.toolbox.program import load_server

    if host not in (_LOOPBACK, "localhost") and options.allow_writes:
        raise UsageError(f"--http {host} with --allow-writes would let anybody who reaches it change the workspace")
    _check_free(host, port)
    server = load_server(program, options)
    print(f"{program.name}: http://{host}:{port}/mcp, until Ctrl-C", file=sys.stderr)
    if host not in (_LOOPBACK, "localhost"):
        warning = "warning: it asks for no login; whoever reaches this address acts with your credentials"
        print(warning, file=sys.stderr)
    try:
        server.run_http(host, port)
    except KeyboardInterrupt:
        # The way to end it: no error.
        return


def _check_free(host: str, port: int) -> None:
    """Nothing where the address can be listened on: the server itself would tell it in a line of its log."""
    import socket

    from orchestrator.errors import UsageError

    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(address)
    except OSError as error:
        raise UsageError(
            f"--http {host}:{port} cannot be served there ({error.strerror}); give another port, or no host"
        ) from None


def _address(text: str) -> tuple[str, int]:
    from orchestrator.errors import UsageError

    host, _, port = text.rpartition(":")
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise UsageError(f"--http {text!r} is no address; write a port such as 8765, or HOST:PORT")
    return host or _LOOPBACK, int(port)


def _list() -> int:
    from orchestrator.toolbox.manifest import load_manifest
    from orchestrator.toolbox.servers import server_programs

    for server in server_programs():
        tools = load_manifest(server.manifest).tools
        print(f"{server.name} ({len(tools)} tools)")
        print("  " + " ".join(tools))
    return 0


COMMAND = Command(
    name="mcp",
    help="serve an MCP server, or list the seven",
    description="Serve one of the MCP servers over stdio or HTTP; without a name, list them with their tools.",
    configure=configure,
    run=run,
    epilog=_EPILOG,
)
