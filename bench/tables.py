"""Measures a catalog of 10,000 tables through the server unity-catalog: seconds, and the peak memory of the server.

`python bench/tables.py` starts the sandbox workspace with generated tables, and the server as a program over stdio. A
small catalog goes first, so that the difference of the peaks is what the tables cost.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import anyio
from mcp import Client, StdioServerParameters
from mcp_types import CallToolResult

from orchestrator.workspace.sandbox import Sandbox, Seed

SIZES = (100, 1_000, 10_000)
PAGE = 1_000
COLUMNS = 10
KIB_PER_MIB = 1024


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One catalog through one server: seconds from the first call to the last answer, memory in MiB."""

    tables: int
    listed: int
    list_seconds: float
    found: int
    search_seconds: float
    peak_mib: float


def seed(tables: int) -> Seed:
    """A catalog of so many tables in one schema; every tenth is called an invoice."""
    columns = {f"column_{number}": {"type": "string", "comment": "what it holds"} for number in range(COLUMNS)}
    names = (f"{'invoice' if number % 10 == 0 else 'event'}_{number:05}" for number in range(tables))
    made = {name: {"columns": columns, "comment": f"the table {name}"} for name in names}
    return Seed.of({"now": "2026-11-23T09:00:00Z", "catalogs": {"main": {"schemas": {"large": {"tables": made}}}}})


async def measured(tables: int) -> Measured:
    """Every table listed in pages, and the invoices found by name."""
    with Sandbox.start(seed(tables)) as sandbox:
        found = {"DATABRICKS_HOST": sandbox.host, "DATABRICKS_TOKEN": sandbox.token}
        program = StdioServerParameters(
            command=sys.executable,
            args=["-m", "orchestrator", "mcp", "unity-catalog"],
            env={**os.environ, **found, "DATABRICKS_CONFIG_FILE": os.devnull},
        )
        async with Client(program) as client:
            # The first call loads the SDK and connects.
            await client.call_tool("list_catalogs", {})
            listed, list_seconds = await walked(client, "list_tables", {"schema": "main.large"})
            hits, search_seconds = await walked(client, "search_tables", {"text": "invoice", "catalog": "main"})
            peak = peak_of_children()
    return Measured(
        tables=tables,
        listed=listed,
        list_seconds=list_seconds,
        found=hits,
        search_seconds=search_seconds,
        peak_mib=peak,
    )


def peak_of_children() -> float:
    """The largest peak of resident memory of a process that this one started and that still runs, in MiB.

    `getrusage` would count the moment between fork and exec, when a child still shares the memory of this process.
    """
    children = [pid for file in Path("/proc/self/task").glob("*/children") for pid in file.read_text().split()]
    lines = (line for pid in children for line in Path("/proc", pid, "status").read_text().splitlines())
    return max(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / KIB_PER_MIB


async def walked(client: Client, tool: str, arguments: dict[str, object]) -> tuple[int, float]:
    """The number of items of all pages, and the seconds."""
    count, began = 0, time.perf_counter()
    cursor: str | None = None
    while True:
        result = await client.call_tool(tool, {**arguments, "limit": PAGE, "cursor": cursor})
        if not isinstance(result, CallToolResult) or result.is_error or result.structured_content is None:
            raise SystemExit(f"{tool} failed: {result}")
        count += len(result.structured_content["items"])
        cursor = result.structured_content["next_cursor"]
        if cursor is None:
            return count, time.perf_counter() - began


async def main() -> None:
    """Print one row a size."""
    print("| tables | listed | list s | found | search s | peak RSS of the server MiB |")
    print("|---|---|---|---|---|---|")
    for size in SIZES:
        row = await measured(size)
        print(
            f"| {row.tables} | {row.listed} | {row.list_seconds:.2f} | {row.found} | {row.search_seconds:.2f} "
            f"| {row.peak_mib:.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    anyio.run(main)
