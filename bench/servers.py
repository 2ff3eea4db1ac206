"""Measures the MCP servers: how fast they start, alone and together, and what a tool call adds to the SDK's own."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import anyio

from measure import BenchError
from peers import ROOT
from rows import Bench, Row

if TYPE_CHECKING:
    from orchestrator.workspace.sandbox import Sandbox

PROGRAM = ROOT / ".venv" / "bin" / "orchestrate"
START_GOAL, CALL_GOAL = 1.0, 10.0
HANDSHAKE = (
    '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},'
    '"clientInfo":{"name":"bench","version":"1"}}}\n'
    '{"jsonrpc":"2.0","method":"notifications/initialized"}\n'
    '{"jsonrpc":"2.0","id":2,"method":"tools/list"}\n'
)


def servers_start(bench: Bench) -> Iterator[Row]:
    """From the start of the process to the list of tools, with an empty environment but for the PATH."""
    from orchestrator.toolbox.servers import server_programs

    names = [server.name for server in server_programs()]
    for name in names:
        listed(name)
    alone = {name: statistics.median(listed(name) for _ in range(bench.sizes.runs)) for name in names}
    slowest = max(alone, key=lambda name: alone[name])
    yield Row(
        what="start of an MCP server, from the process to its list of tools (recorded ones), the slowest of the seven",
        goal="under 1 s",
        measured=f"**{alone[slowest]:.2f} s** ({slowest})",
        met=alone[slowest] < START_GOAL,
    )
    started = time.perf_counter()
    with ThreadPoolExecutor(len(names)) as pool:
        list(pool.map(listed, names))
    together = time.perf_counter() - started
    yield Row(
        what=f"start of all {len(names)} MCP servers at once",
        goal="under 2 s, what the client waits",
        measured=f"**{together:.2f} s**",
        met=together < 2 * START_GOAL,
    )


def listed(name: str) -> float:
    """The seconds until a server has listed its tools.

    Raises:
        BenchError: it did not.
    """
    started = time.perf_counter()
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    ended = subprocess.run(
        [PROGRAM, "mcp", name], input=HANDSHAKE, env=environment, capture_output=True, text=True, check=False
    )
    if ended.returncode or '"id": 2' not in ended.stdout:
        raise BenchError(f"{name} did not list its tools: {ended.stderr[-500:]}")
    return time.perf_counter() - started


def tool_call(bench: Bench) -> Iterator[Row]:
    """A tool over stdio and the same call of the SDK, both against one sandbox workspace."""
    from orchestrator.workspace.sandbox import Sandbox

    with Sandbox.start() as sandbox:
        direct = statistics.median(_direct(sandbox, 20 * bench.sizes.runs))
        first, *taken = anyio.run(_by_tool, sandbox, 20 * bench.sizes.runs)
    by_tool = statistics.median(taken)
    added = by_tool - direct
    yield Row(
        what="one tool call (`list_catalogs`) over stdio, beyond the SDK's own call against the same workspace",
        goal=f"under {CALL_GOAL:g} ms",
        measured=f"**{added:.1f} ms** ({by_tool:.1f} ms against {direct:.1f} ms; "
        f"the first call of a process, its start included: {first / 1_000:.1f} s)",
        met=added < CALL_GOAL,
    )


def _direct(sandbox: Sandbox, calls: int) -> list[float]:
    from databricks.sdk import WorkspaceClient

    client = WorkspaceClient(host=sandbox.host, token=sandbox.token)
    list(client.catalogs.list())
    return [_milliseconds(lambda: list(client.catalogs.list())) for _ in range(calls)]


async def _by_tool(sandbox: Sandbox, calls: int) -> list[float]:
    """The milliseconds of the first call, from the start of the process, and of each call after it."""
    from mcp import Client, StdioServerParameters

    environment = {**os.environ, "DATABRICKS_HOST": sandbox.host, "DATABRICKS_TOKEN": sandbox.token}
    program = StdioServerParameters(command=str(PROGRAM), args=["mcp", "unity-catalog"], env=environment)
    started = time.perf_counter()
    async with Client(program) as client:
        await client.call_tool("list_catalogs", {})
        taken = [1_000 * (time.perf_counter() - started)]
        for _ in range(calls):
            started = time.perf_counter()
            await client.call_tool("list_catalogs", {})
            taken.append(1_000 * (time.perf_counter() - started))
    return taken


def _milliseconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return 1_000 * (time.perf_counter() - started)


SERVERS = (servers_start, tool_call)
