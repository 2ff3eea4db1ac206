"""`orchestrate mcp`: list the MCP servers, or serve one."""

from __future__ import annotations

import argparse

from orchestrator.cli.front import Command

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
    parser.add_argument("--http", metavar="[HOST:]PORT", help="serve streamable HTTP; default: stdio")
    parser.add_argument("--allow-writes", action="store_true", help="let tools change the workspace")
    parser.add_argument("--profile", help="a profile of ~/.databrickscfg")
    parser.add_argument("--deadline", type=float, default=60.0, metavar="SECONDS", help="of one tool call; default: 60")


def run(arguments: argparse.Namespace) -> int:
    """List, or serve until the client leaves."""
    if arguments.server is None:
        return _list()
    from orchestrator.errors import UsageError
    from orchestrator.toolbox.options import ServerOptions
    from orchestrator.toolbox.program import run_http, run_stdio
    from orchestrator.toolbox.servers import server_program

    if not 0 < arguments.deadline <= 3600:
        raise UsageError(
            f"--deadline {arguments.deadline:g} is out of range; give more than 0 and at most 3600 seconds"
        )
    program = server_program(arguments.server)
    options = ServerOptions(
        allow_writes=arguments.allow_writes,
        profile=arguments.profile,
        deadline_seconds=arguments.deadline,
        answer_seconds=min(arguments.deadline, ServerOptions.answer_seconds),
    )
    if arguments.http is None:
        run_stdio(program, options)
    else:
        host, port = _address(arguments.http)
        run_http(program, options, host, port)
    return 0


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
