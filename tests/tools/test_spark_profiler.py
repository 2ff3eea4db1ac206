"""The server `spark-profiler` as the official client sees it, in memory."""

from __future__ import annotations

import runpy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from mcp_types import CallToolResult, TextContent

from orchestrator.toolbox.options import ServerOptions
from orchestrator.workspace.spark.limits import MEBIBYTE
from orchestrator.workspace.spark.thresholds import GIBIBYTE
from tests.workspace.spark import events

PROGRAM = Path(__file__).parents[2] / "tools" / "spark_profiler.py"
TOKEN = "dapi" + "3f9a1c2e4b5d6f708192a3b4c5d6e7f8"
PLAN = "== Physical Plan ==\n*(1) Project [x]\n+- CartesianProduct\n   :- Range (0, 5)\n   +- Range (0, 6)\n"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return events.written(
        tmp_path / "log",
        events.started(),
        events.executor("driver"),
        events.execution(1, events.node("Range"), f"a report, token {TOKEN}"),
        events.job(0, [1], execution=1),
        events.task(1, 500, spilled=GIBIBYTE),
        events.stage_completed(1, 1),
        events.job_ended(0),
        events.execution_ended(1),
        events.job(1, [2]),
        events.task(2, 40),
        events.stage_completed(2, 1),
        events.ended(3_601_000),
    )


@asynccontextmanager
async def profiler() -> AsyncIterator[Client]:
    server = runpy.run_path(str(PROGRAM))["SERVER"]
    server.configure(ServerOptions())
    async with Client(server.mcp) as client:
        yield client


async def answer(client: Client, tool: str, **arguments: object) -> dict[str, Any]:
    result = await client.call_tool(tool, arguments)
    assert isinstance(result, CallToolResult)
    assert not result.is_error, result.content
    content: dict[str, Any] | None = result.structured_content
    assert content is not None
    return content


async def refusal(client: Client, tool: str, **arguments: object) -> str:
    result = await client.call_tool(tool, arguments)
    assert isinstance(result, CallToolResult)
    assert result.is_error
    block = result.content[0]
    assert isinstance(block, TextContent)
    return block.text


@pytest.mark.anyio
async def test_the_four_tools_only_read() -> None:
    async with profiler() as client:
        tools = (await client.list_tools()).tools
    assert {tool.name for tool in tools} == {
        "analyze_plan", "analyze_metrics", "estimate_cost", "get_optimization_tips"
    }  # fmt: skip
    assert all(tool.annotations and tool.annotations.read_only_hint and tool.output_schema for tool in tools)


@pytest.mark.anyio
async def test_a_log_gives_its_totals_and_its_largest_stages_first(log: Path) -> None:
    async with profiler() as client:
        report = await answer(client, "analyze_metrics", event_log=str(log), limit=1)
        narrowed = await answer(client, "analyze_metrics", event_log=str(log), execution=1)
    assert (report["application"], report["duration"], report["task_time"]) == ("app-1", 3_600_000, 540)
    assert [stage["id"] for stage in report["stages"]] == [1]
    assert (report["stage_count"], narrowed["stage_count"], narrowed["task_time"]) == (2, 1, 500)


@pytest.mark.anyio
async def test_a_credential_in_a_description_does_not_leave_the_server(log: Path) -> None:
    async with profiler() as client:
        report = await answer(client, "analyze_metrics", event_log=str(log))
    assert "a report, token dapi" in report["executions"][0]["description"]
    assert TOKEN[8:] not in str(report)


@pytest.mark.anyio
async def test_tips_come_from_a_log_with_numbers_and_from_a_plan_without(log: Path) -> None:
    async with profiler() as client:
        measured = await answer(client, "get_optimization_tips", event_log=str(log))
        planned = await answer(client, "get_optimization_tips", plan=PLAN)
        none = await answer(client, "get_optimization_tips", plan=PLAN, at_least="high")
    assert [(tip["kind"], tip["stage"]) for tip in measured["tips"]] == [("spill", 1)]
    assert measured["tips"][0]["measures"][0] == {"name": "spilled to disk", "value": GIBIBYTE, "unit": "bytes"}
    assert [(tip["kind"], tip["rules"], tip["measures"]) for tip in planned["tips"]] == [
        ("compared-pairs", ["PYS010"], [])
    ]
    assert (none["tips"], len(planned["notes"])) == ([], 1)


@pytest.mark.anyio
async def test_a_plan_is_listed_in_reading_order_with_its_depth() -> None:
    async with profiler() as client:
        report = await answer(client, "analyze_plan", plan=PLAN, limit=3)
    assert [(item["depth"], item["name"]) for item in report["operators"]] == [
        (0, "Project"), (1, "CartesianProduct"), (2, "Range")
    ]  # fmt: skip
    assert report["left_out"] == 1


@pytest.mark.anyio
async def test_costs_come_from_a_shape_or_from_a_log(log: Path) -> None:
    async with profiler() as client:
        shape = await answer(client, "estimate_cost", cluster={"worker_type": "i3.xlarge", "workers": 2, "hours": 1})
        run = await answer(client, "estimate_cost", event_log=str(log), cluster={"worker_type": "i3.xlarge"})
    assert shape["estimate"]["usd"] == pytest.approx(3 * (0.15 + 0.312))
    assert run["estimate"]["usd"] == pytest.approx(0.15 + 0.312)
    assert run["estimate"]["as_of"]


@pytest.mark.anyio
async def test_wrong_questions_are_answered_with_what_would_work(log: Path, tmp_path: Path) -> None:
    async with profiler() as client:
        assert "give either event_log or plan" in await refusal(client, "get_optimization_tips")
        assert "there is no event log at" in await refusal(client, "analyze_metrics", event_log=str(tmp_path / "no"))
        assert "cannot be read: File name too long" in await refusal(client, "analyze_metrics", event_log="x" * 3_000)
        assert "give the whole path" in await refusal(client, "analyze_metrics", event_log="~nobody-of-this-name/log")
        assert "it has 1" in await refusal(client, "analyze_metrics", event_log=str(log), execution=9)
        assert "known ones: m5.large" in await refusal(
            client, "estimate_cost", cluster={"worker_type": "huge", "workers": 1, "hours": 1}
        )
        assert "workers and hours" in await refusal(client, "estimate_cost", cluster={"worker_type": "i3.xlarge"})
        assert "holds no physical plan" in await refusal(client, "analyze_plan", plan="== Physical Plan ==")


@pytest.mark.anyio
async def test_a_changed_log_is_read_again_and_a_long_one_tells_its_progress(log: Path) -> None:
    heard: list[str] = []

    async def listen(progress: float, total: float | None, message: str | None) -> None:
        del progress, total
        heard.append(message or "")

    async with profiler() as client:
        before = await answer(client, "analyze_metrics", event_log=str(log))
        with log.open("a", encoding="utf-8") as stream:
            stream.write(f"{events.task(3, 70)}\n" + ("x" * 1_000 + "\n") * (17 * MEBIBYTE // 1_000))
        after = await client.call_tool("analyze_metrics", {"event_log": str(log)}, progress_callback=listen)
    assert isinstance(after, CallToolResult)
    assert after.structured_content is not None
    assert after.structured_content["task_time"] == before["task_time"] + 70
    assert heard
    assert heard[0].endswith("MiB of events read")
