"""Measures the runtime's side of tools: what a call through the toolbox adds to the SDK's own, and the file tools."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import anyio

from measure import BenchError
from rows import Bench, Row

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient
    from pydantic import JsonValue

    from orchestrator.toolbox.offered import OfferedTool
    from orchestrator.workspace.sandbox import Sandbox

CALL_GOAL = 10.0
SEARCH_GOAL = 50.0
FILES, LINES = 200, 250
CATALOGS = "unity-catalog__list_catalogs"


class _Reader:
    """An agent that has what is measured."""

    name = "reader"
    plugin = None
    tools = ("Read", "Grep", "Glob", "mcp__plugin_databricks-engineering_unity-catalog__list_catalogs")


def toolbox_call(bench: Bench) -> Iterator[Row]:
    """One tool call as a specialist makes it, against the same question to the SDK in this process."""
    from databricks.sdk import WorkspaceClient

    from orchestrator.workspace.sandbox import Sandbox

    calls = 20 * bench.sizes.runs
    with Sandbox.start() as sandbox:
        client = WorkspaceClient(host=sandbox.host, token=sandbox.token)
        list(client.catalogs.list())
        direct = statistics.median(_milliseconds(client) for _ in range(calls))
        by_tool = statistics.median(anyio.run(_by_toolbox, sandbox, calls))
    added = by_tool - direct
    yield Row(
        what="one tool call (`list_catalogs`) through the runtime's toolbox, beyond the SDK's own call",
        goal=f"under {CALL_GOAL:g} ms",
        measured=f"**{added:.1f} ms** ({by_tool:.1f} ms against {direct:.1f} ms)",
        met=added < CALL_GOAL,
    )


def file_tools(bench: Bench) -> Iterator[Row]:
    """A search over a project of 50,000 lines, after the first one, which prepares the lines."""
    first, later = anyio.run(_searches, 5 * bench.sizes.runs)
    yield Row(
        what=f"`search_code` over {FILES} files with {FILES * LINES:,} lines",
        goal=f"under {SEARCH_GOAL:g} ms, the first one apart",
        measured=f"**{later:.1f} ms** (the first {first:.0f} ms)",
        met=later < SEARCH_GOAL,
    )


def _milliseconds(client: WorkspaceClient) -> float:
    started = time.perf_counter()
    list(client.catalogs.list())
    return 1_000 * (time.perf_counter() - started)


async def _by_toolbox(sandbox: Sandbox, calls: int) -> list[float]:
    from orchestrator.toolbox.project.files import ProjectFiles
    from orchestrator.toolbox.settings import ToolSettings
    from orchestrator.toolbox.toolbox import Toolbox
    from orchestrator.workspace.connection import Access

    settings = ToolSettings(access=Access(host=sandbox.host, token=sandbox.token))
    async with Toolbox(ProjectFiles(sources=()), settings=settings) as toolbox:
        tool = toolbox.offered_to(_Reader())[CATALOGS]
        await _taken(tool, {})
        return [await _taken(tool, {}) for _ in range(calls)]


async def _searches(calls: int) -> tuple[float, float]:
    from orchestrator.code.source import SourceFile
    from orchestrator.toolbox.project.files import ProjectFiles
    from orchestrator.toolbox.toolbox import Toolbox

    line = "rows = spark.table('main.sales.orders').filter(col('day') == day)  # number {}\n"
    sources = tuple(
        SourceFile(path=f"src/load_{file}.py", text="".join(map(line.format, range(LINES))), digest=str(file))
        for file in range(FILES)
    )
    tool = Toolbox(ProjectFiles(sources=sources)).offered_to(_Reader())["search_code"]
    given: dict[str, JsonValue] = {"text": "number 77", "path_glob": None, "ignore_case": False}
    first = await _taken(tool, given)
    return first, statistics.median([await _taken(tool, given) for _ in range(calls)])


async def _taken(tool: OfferedTool, given: dict[str, JsonValue]) -> float:
    """The milliseconds of one call.

    Raises:
        BenchError: the tool did not answer.
    """
    started = time.perf_counter()
    answer = await tool.call(given)
    if answer.is_error:
        raise BenchError(f"{tool.name}: {answer.text}")
    return 1_000 * (time.perf_counter() - started)


TOOLS = (toolbox_call, file_tools)
