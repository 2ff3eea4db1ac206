"""A tool server as the official client sees it, in memory."""

from __future__ import annotations

import runpy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from mcp import Client
from mcp_types import CallToolResult, TextContent

from orchestrator.toolbox.options import ServerOptions

PROGRAM = Path(__file__).parent / "demo.py"


@asynccontextmanager
async def demo(options: ServerOptions | None = None) -> AsyncIterator[Client]:
    server = runpy.run_path(str(PROGRAM))["SERVER"]
    server.configure(options or ServerOptions())
    async with Client(server.mcp) as client:
        yield client


def said(result: object) -> str:
    assert isinstance(result, CallToolResult)
    assert result.is_error
    block = result.content[0]
    assert isinstance(block, TextContent)
    return block.text


@pytest.mark.anyio
async def test_a_tool_is_listed_with_bounded_arguments_a_result_schema_and_honest_hints() -> None:
    async with demo() as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    limit = tools["echo"].input_schema["properties"]["limit"]
    assert (limit["minimum"], limit["maximum"]) == (1, 1000)
    assert "call" not in tools["echo"].input_schema["properties"]
    assert tools["echo"].output_schema is not None
    hints = tools["echo"].annotations, tools["drop"].annotations
    assert hints[0] is not None
    assert hints[1] is not None
    assert hints[0].read_only_hint is True
    assert (hints[1].read_only_hint, hints[1].destructive_hint) == (False, True)


@pytest.mark.anyio
async def test_a_result_is_structured_and_progress_reaches_the_client() -> None:
    heard: list[tuple[float, float | None, str | None]] = []

    async def listen(progress: float, total: float | None, message: str | None) -> None:
        heard.append((progress, total, message))

    async with demo() as client:
        result = await client.call_tool("echo", {"limit": 3}, progress_callback=listen)
    assert isinstance(result, CallToolResult)
    assert result.structured_content == {"limit": 3, "text": ""}
    assert heard == [(1, 2, "half")]


@pytest.mark.anyio
async def test_credentials_and_invisible_characters_do_not_leave_a_tool() -> None:
    async with demo() as client:
        result = await client.call_tool("leak", {})
    assert "3f9a1c2e4b5d" not in str(result)
    assert "\u202e" not in str(result)
    assert "⟨U+202E⟩" in str(result)


@pytest.mark.anyio
async def test_a_control_character_alone_and_the_keys_of_a_map_are_made_safe_too() -> None:
    async with demo() as client:
        result = await client.call_tool("leak_in_a_map", {})
    assert "⟨U+001B⟩[31m" in str(result.structured_content["text"] if result.structured_content else "")
    assert "3f9a1c2e4b5d" not in str(result)


@pytest.mark.anyio
async def test_a_refusal_of_the_workspace_is_one_sentence_without_the_credential() -> None:
    async with demo() as client:
        text = said(await client.call_tool("refuse", {}))
    assert "it needs USE SCHEMA" in text
    assert "3f9a1c2e4b5d" not in text


@pytest.mark.anyio
async def test_a_fault_of_ours_tells_nothing_internal() -> None:
    async with demo() as client:
        text = said(await client.call_tool("break_down", {}))
    assert text == "Error executing tool break_down"


@pytest.mark.anyio
async def test_an_argument_out_of_bounds_names_the_bound() -> None:
    async with demo() as client:
        text = said(await client.call_tool("echo", {"limit": 0}))
    assert "greater than or equal to 1" in text


@pytest.mark.anyio
async def test_a_cursor_goes_on_with_its_own_listing_and_with_no_other() -> None:
    async with demo() as client:
        first = await client.call_tool("count", {"upto": 3, "limit": 2})
        cursor = (first.structured_content or {})["next_cursor"]
        rest = await client.call_tool("count", {"upto": 3, "limit": 2, "cursor": cursor})
        other = said(await client.call_tool("count", {"upto": 9, "limit": 2, "cursor": cursor}))
        wrong = said(await client.call_tool("count", {"upto": 3, "cursor": "none"}))
    assert rest.structured_content == {"next_cursor": None, "items": [2]}
    assert "belongs to a listing with other arguments" in other
    assert "is not one of this server" in wrong


@pytest.mark.anyio
async def test_a_call_that_hangs_ends_at_the_deadline() -> None:
    async with demo(ServerOptions(deadline_seconds=0.05)) as client:
        text = said(await client.call_tool("hang", {}))
    assert "did not end within 0.05 s" in text


@pytest.mark.anyio
async def test_a_change_that_runs_past_the_deadline_says_that_it_is_taken_back() -> None:
    async with demo(ServerOptions(deadline_seconds=0.05, allow_writes=True)) as client:
        text = said(await client.call_tool("hang_in_a_change", {}))
    assert "did not end within 0.05 s" in text
    assert "what was changed is being taken back now; read the state before you try again" in text


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("tool", "given", "sentence"),
    [
        ("echo", {"limit": 0}, "echo: the argument 'limit' should be greater than or equal to 1, not 0"),
        ("echo", {"limit": "many"}, "echo: the argument 'limit' should be an integer, not 'many'"),
        ("count", {}, "count: the argument 'upto' is missing"),
        (
            "count",
            {"upto": [], "cursor": 5},
            "'upto' should be an integer; the argument 'cursor' should be a text, not",
        ),
        ("drop", {"name": {"a": 1}}, "drop: the argument 'name' should be a text"),
    ],
)
async def test_a_wrong_argument_is_told_in_one_sentence(tool: str, given: dict[str, object], sentence: str) -> None:
    async with demo(ServerOptions(allow_writes=True)) as client:
        text = said(await client.call_tool(tool, given))
    assert sentence in text
    assert not any(part in text for part in ("pydantic", "https://", "validation error", "[type=", "\n"))


@pytest.mark.anyio
async def test_a_credential_that_is_given_as_an_argument_is_not_said_again() -> None:
    async with demo() as client:
        text = said(await client.call_tool("echo", {"limit": "dapi" + "3f9a1c2e4b5d6f708192a3b4c5d6e7f8"}))
    assert "3f9a1c2e" not in text


@pytest.mark.anyio
async def test_a_password_and_the_value_of_a_setting_do_not_leave_a_tool() -> None:
    async with demo() as client:
        result = await client.call_tool("leak_a_password", {})
    assert isinstance(result, CallToolResult)
    assert "Tr0ub4dor" not in str(result)
    assert result.structured_content == {
        "text": 'jdbc(url, password="…redacted")',
        "values": {"spark.password": "…redacted", "spark.sql.shuffle.partitions": "200"},
    }


@pytest.mark.anyio
async def test_a_change_is_refused_until_writes_are_allowed() -> None:
    async with demo() as client:
        assert "--allow-writes" in said(await client.call_tool("drop", {"name": "x"}))
    async with demo(ServerOptions(allow_writes=True)) as client:
        result = await client.call_tool("drop", {"name": "x"})
    assert isinstance(result, CallToolResult)
    assert result.structured_content == {"limit": 0, "text": "x"}


@pytest.mark.anyio
@pytest.mark.parametrize(("given", "said_of_it"), [("limits", "did you mean 'limit'?"), ("since", "it has limit")])
async def test_an_argument_that_a_tool_does_not_have_is_refused(given: str, said_of_it: str) -> None:
    async with demo() as client:
        text = said(await client.call_tool("echo", {given: 1}))
    assert f"no argument {given!r}" in text
    assert said_of_it in text


@pytest.mark.anyio
async def test_half_a_character_in_a_comment_is_spelled_out_and_breaks_no_answer() -> None:
    async with demo() as client:
        result = await client.call_tool("half_a_character", {})
    assert result.structured_content == {"limit": 1, "text": "a⟨U+D800⟩b"}
