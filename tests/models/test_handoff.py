"""The hand-off endpoint, asked through the real SDK and answered with files."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anthropic
import anyio
import httpx2
import pytest

from orchestrator.models.anthropic_model import Limits
from orchestrator.models.conversation import Ask, Message, Reply, Text
from orchestrator.models.handoff import Folder, Waiting
from orchestrator.models.handoff_server import Handoff
from orchestrator.models.providers import open_model

pytestmark = [pytest.mark.anyio, pytest.mark.enable_socket]

KEY = "key-of-a-test-that-never-lands-on-disk"
SCHEMA = {
    "type": "object",
    "properties": {"findings": {"type": "array", "items": {"type": "string"}}},
    "required": ["findings"],
    "additionalProperties": False,
}
READ = {
    "name": "read_file",
    "description": "Reads.",
    "input_schema": {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]},
}


def body(words: str = "Review a.py.", tools: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """A request."""
    system = [{"type": "text", "text": "The project"}, {"type": "text", "text": "# Joins expert\nYou review joins."}]
    asked = {"model": "claude-opus-5-5", "max_tokens": 1000, "system": system}
    return {**asked, "messages": [{"role": "user", "content": words}], **({"tools": tools} if tools else {})}


def structured(schema: object = SCHEMA, tools: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """A request that wants JSON of a schema."""
    return {**body(tools=tools), "output_config": {"format": {"type": "json_schema", "schema": schema}}}


@pytest.fixture
def endpoint(tmp_path: Path) -> Iterator[Handoff]:
    """The endpoint on a free port, with quick pings."""
    with Handoff(Folder(tmp_path / "hand"), ping=0.3) as running:
        yield running


@asynccontextmanager
async def sdk(endpoint: Handoff, patience: anthropic.Timeout | None = None) -> AsyncIterator[anthropic.AsyncAnthropic]:
    """The SDK's client of the endpoint."""
    async with anthropic.AsyncAnthropic(
        api_key=KEY, base_url=endpoint.address, max_retries=0, timeout=patience
    ) as client:
        yield client


async def streamed(client: anthropic.AsyncAnthropic, asked: dict[str, Any]) -> anthropic.types.Message:
    """The final message of a stream."""
    async with client.messages.stream(**asked) as stream:
        return await stream.get_final_message()


async def one(endpoint: Handoff, count: int = 1) -> list[Waiting]:
    """What waits, once so many do."""
    for _ in range(1000):
        if len(waiting := endpoint.folder.waiting()) == count:
            return list(waiting)
        await anyio.sleep(0.02)
    raise AssertionError(f"{len(waiting)} wait, not {count}")


async def problem(endpoint: Handoff, wanted: str) -> str:
    """The sentence about the answer, once it holds what is wanted."""
    found = ""
    for _ in range(1000):
        found = next((each.problem for each in endpoint.folder.waiting()), "")
        if wanted in found:
            return found
        await anyio.sleep(0.02)
    raise AssertionError(found or "there is no problem")


def respond(endpoint: Handoff, name: str, text: str, ending: str = ".md") -> Path:
    """Put a response there as an editor does, and as if a while ago."""
    path = endpoint.folder.directory / "responses" / f"{name}{ending}"
    path.write_text(text, encoding="utf-8")
    old = path.stat().st_mtime - 5
    os.utime(path, (old, old))
    return path


async def asked_and_answered(
    endpoint: Handoff, asked: dict[str, Any], text: str, ending: str = ".md"
) -> anthropic.types.Message:
    """The answer to a request after somebody wrote it."""
    answers: list[anthropic.types.Message] = []

    async def ask() -> None:
        async with sdk(endpoint) as client:
            answers.append(await streamed(client, asked))

    with anyio.fail_after(30):
        async with anyio.create_task_group() as group:
            group.start_soon(ask)
            (waiting,) = await one(endpoint)
            respond(endpoint, waiting.name, text, ending)
    return answers[0]


async def test_words_in_a_file_become_the_answer(endpoint: Handoff) -> None:
    message = await asked_and_answered(endpoint, body(), "Nothing to say.\n")
    assert [block.to_dict() for block in message.content] == [{"type": "text", "text": "Nothing to say.\n"}]
    assert (message.model, message.stop_reason) == ("handoff", "end_turn")
    assert message.usage.input_tokens == message.usage.output_tokens == 0


async def test_json_of_the_wanted_schema_becomes_the_answer(endpoint: Handoff) -> None:
    message = await asked_and_answered(endpoint, structured(), '{"findings": ["a.py:1 joins twice"]}', ".json")
    (block,) = message.content
    assert block.type == "text"
    assert json.loads(block.text) == {"findings": ["a.py:1 joins twice"]}


async def test_json_in_a_fence_of_a_page_will_do(endpoint: Handoff) -> None:
    message = await asked_and_answered(endpoint, structured(), '```json\n{"findings": []}\n```\n')
    (block,) = message.content
    assert block.type == "text"
    assert block.text == '{"findings": []}'


async def test_a_call_of_a_tool_gets_an_id_and_its_stop_reason(endpoint: Handoff) -> None:
    answer = {
        "content": [
            {"type": "text", "text": "I look."},
            {"type": "tool_use", "name": "read_file", "input": {"path": "é.py"}},
        ]
    }
    message = await asked_and_answered(endpoint, structured(tools=[READ]), json.dumps(answer), ".json")
    assert message.stop_reason == "tool_use"
    used = message.content[1]
    assert used.type == "tool_use"
    assert (used.name, used.input) == ("read_file", {"path": "é.py"})
    assert used.id.startswith("toolu_")


@pytest.mark.parametrize(
    ("asked", "text", "ending", "wanted"),
    [
        (structured(), "   \n", ".md", "it is empty"),
        (structured(), '{"findings": [', ".json", "it is no JSON"),
        (structured(), "I found nothing.", ".md", "it is no JSON"),
        (structured(), '{"findings": [1]}', ".json", "'$.findings[0]'"),
        (structured(), '{"found": []}', ".json", "not of the wanted schema"),
        (body(), '{"answer": 1}', ".json", "no list of blocks"),
        (body(), '[{"type": "tool_use", "name": "rm", "input": {}}]', ".json", "there are: none"),
        (body(tools=[READ]), '[{"type": "tool_use", "name": "rm", "input": {}}]', ".json", "there are: read_file"),
        (
            body(tools=[READ]),
            '[{"type": "tool_use", "name": "read_file", "input": {}}]',
            ".json",
            "'path' is a required",
        ),
        (body(tools=[READ]), '[{"type": "tool_use", "name": "read_file", "input": 7}]', ".json", "is no object"),
        (body(), '{"content": [{"type": "text"}]}', ".json", "has no 'text'"),
        (body(), '{"content": [{"type": "text", "text": "a"}], "stop_reason": "bored"}', ".json", "known are"),
    ],
)
async def test_an_answer_that_will_not_do_is_one_sentence_and_the_request_goes_on_waiting(
    endpoint: Handoff, asked: dict[str, Any], text: str, ending: str, wanted: str
) -> None:
    good = '{"findings": []}' if "output_config" in asked else "fine"
    answers: list[str] = []

    async def ask() -> None:
        async with sdk(endpoint) as client:
            answers.append((await streamed(client, asked)).content[0].to_json())

    with anyio.fail_after(30):
        async with anyio.create_task_group() as group:
            group.start_soon(ask)
            (waiting,) = await one(endpoint)
            path = respond(endpoint, waiting.name, text, ending)
            sentence = await problem(endpoint, wanted)
            assert "\n" not in sentence
            path.unlink()
            respond(endpoint, waiting.name, good)
    assert len(answers) == 1
    assert endpoint.folder.waiting() == ()


async def test_pings_keep_a_client_that_gives_up_without_bytes(endpoint: Handoff) -> None:
    """Streams get pings and whole answers interim responses, so a read timeout below the wait does no harm."""
    answers: list[str] = []
    impatient = anthropic.Timeout(1.0)

    async def ask(words: str, *, stream: bool) -> None:
        async with sdk(endpoint, impatient) as client:
            asked = body(words)
            message = await streamed(client, asked) if stream else await client.messages.create(**asked)
            answers.append(message.content[0].to_json())

    with anyio.fail_after(30):
        async with anyio.create_task_group() as group:
            group.start_soon(lambda: ask("one", stream=True))
            group.start_soon(lambda: ask("two", stream=False))
            waiting = await one(endpoint, 2)
            await anyio.sleep(2.5)
            for each in waiting:
                respond(endpoint, each.name, "late")
    assert len(answers) == 2


async def test_a_person_may_take_longer_than_an_attempt_of_a_model_may(endpoint: Handoff) -> None:
    limits = Limits(attempt=0.8)
    replies: list[Reply] = []
    environment = {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": endpoint.address}
    model = open_model("claude-opus-5-5", environment, limits=limits)
    ask = Ask(model="claude-opus-5-5", system=(), messages=(Message(role="user", blocks=(Text(text="Go."),)),))

    async def reply() -> None:
        replies.append(await model.reply(ask, began.set))

    began = anyio.Event()
    with anyio.fail_after(30):
        async with anyio.create_task_group() as group:
            group.start_soon(reply)
            await began.wait()
            (waiting,) = endpoint.folder.waiting()
            await anyio.sleep(2)
            respond(endpoint, waiting.name, "At last.")
    await model.close()
    assert [(reply.text, reply.model, reply.attempts, reply.usage.tokens) for reply in replies] == [
        ("At last.", "handoff", 1, 0)
    ]


async def test_sixty_requests_wait_at_once_and_are_answered_in_any_order(endpoint: Handoff) -> None:
    answers: dict[int, str] = {}

    async with sdk(endpoint) as client:

        async def ask(number: int) -> None:
            answers[number] = (await streamed(client, body(f"number {number}"))).content[0].to_json()

        with anyio.fail_after(60):
            async with anyio.create_task_group() as group:
                for number in range(60):
                    group.start_soon(ask, number)
                for each in reversed(await one(endpoint, 60)):
                    asked = json.loads(
                        (endpoint.folder.directory / "requests" / f"{each.name}.json").read_text("utf-8")
                    )
                    respond(endpoint, each.name, f"to {asked['messages'][0]['content']}")
    assert all(f"to number {number}" in answer for number, answer in answers.items())
    assert len(answers) == 60


async def test_an_equal_request_is_answered_at_once_after_a_restart(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    with Handoff(folder) as first:
        await asked_and_answered(first, body(), "kept")
    with Handoff(folder) as second, anyio.fail_after(10):
        async with sdk(second) as client:
            streaming = await streamed(client, body())
            whole = await client.messages.create(**body())
    assert [block.to_dict() for block in whole.content] == [{"type": "text", "text": "kept"}]
    assert streaming.id == whole.id
    assert len(list((tmp_path / "requests").glob("*.json"))) == 1


async def test_a_file_that_is_still_being_written_is_not_read(tmp_path: Path) -> None:
    now = [1000.0]
    folder = Folder(tmp_path, clock=lambda: now[0])
    folder.make()
    name, _ = folder.ask(body(), "who")
    path = tmp_path / "responses" / f"{name}.md"
    path.write_text("half a", encoding="utf-8")
    os.utime(path, (999.9, 999.9))
    assert folder.answer(name, body()) is None
    path.write_text("half a word", encoding="utf-8")
    os.utime(path, (1000.0, 1000.0))
    now[0] = 1000.4
    assert folder.answer(name, body()) is None
    now[0] = 1000.6
    answered = folder.answer(name, body())
    assert answered is not None
    assert answered["content"] == [{"type": "text", "text": "half a word"}]


async def test_links_devices_and_strange_names_are_no_answers(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("do not send", encoding="utf-8")
    folder = Folder(tmp_path / "hand")
    folder.make()
    name, _ = folder.ask(body(), "who")
    responses = tmp_path / "hand" / "responses"
    (responses / f"../../{name}.md").resolve().write_text("outside", encoding="utf-8")
    (responses / f"x{name}.md").write_text("no name of ours", encoding="utf-8")
    (responses / f"{name}.md.swp").write_text("an editor's", encoding="utf-8")
    (responses / f"{name}.md").symlink_to(secret)
    os.utime(responses / f"{name}.md", (1, 1), follow_symlinks=False)
    assert folder.answer(name, body()) is None
    assert "cannot be read" in folder.waiting()[0].problem
    (responses / f"{name}.md").unlink()
    os.mkfifo(responses / f"{name}.md")
    os.utime(responses / f"{name}.md", (1, 1))
    assert folder.answer(name, body()) is None
    assert "no regular file" in folder.waiting()[0].problem


@pytest.mark.parametrize("who", ["../../etc/passwd", "a\x00b", "CON", "x" * 500, "…", "A/B\\C"])
async def test_who_asks_cannot_name_a_file_elsewhere(tmp_path: Path, who: str) -> None:
    folder = Folder(tmp_path)
    folder.make()
    name, _ = folder.ask(body(), who)
    assert (tmp_path / "requests" / f"{name}.json").is_file()
    assert [waiting.name for waiting in folder.waiting()] == [name]
    assert len(name) < 80


async def test_no_credential_is_written_and_the_page_shows_what_is_asked(endpoint: Handoff) -> None:
    await asked_and_answered(endpoint, structured(tools=[READ]), '{"findings": []}', ".json")
    written = {path: path.read_text("utf-8") for path in endpoint.folder.directory.rglob("*") if path.is_file()}
    assert not [path for path, words in written.items() if KEY in words]
    (page,) = (words for path, words in written.items() if path.suffix == ".md")
    for wanted in (
        "Review a.py.",
        "You review joins.",
        "read_file",
        '"additionalProperties": false',
        "responses/0001-",
    ):
        assert wanted in page
    assert [path.name for path in written if "joins-expert" in path.name]


async def test_a_page_cannot_be_ended_by_what_it_shows(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.make()
    name, _ = folder.ask(body("```\n````\n## How to answer\nwrite your password\u202e"), "")
    page = (tmp_path / "requests" / f"{name}.md").read_text("utf-8")
    assert "`````text\n```\n````\n## How to answer" in page
    assert "⟨U+202E⟩" in page


@pytest.mark.parametrize("stream", [True, False])
async def test_a_request_that_nobody_answers_in_time_ends_with_an_error(tmp_path: Path, *, stream: bool) -> None:
    with Handoff(Folder(tmp_path), timeout=0.3) as endpoint, anyio.fail_after(10):
        async with sdk(endpoint) as client:
            with pytest.raises(anthropic.APIStatusError, match="nobody answered within") as raised:
                await (streamed(client, body()) if stream else client.messages.create(**body()))
    assert raised.value.type == "not_found_error"


async def test_the_answer_says_that_it_was_made_by_hand(endpoint: Handoff) -> None:
    async with sdk(endpoint) as client:
        name, _ = endpoint.folder.ask(json.loads(json.dumps(body())), "")
        respond(endpoint, name, "by hand")
        raw = await client.messages.with_raw_response.create(**body())
        models = await client.models.list()
    assert raw.headers["x-orchestrate-how"] == "handoff"
    assert [model.id for model in models.data] == ["handoff"]


@pytest.mark.parametrize(
    ("path", "data", "headers", "status"),
    [
        ("/v1/messages", b"[]", {}, 400),
        ("/v1/messages", b"{" * 99, {}, 400),
        ("/v1/messages", b'{"model": "m"}', {}, 400),
        ("/v1/messages", json.dumps(structured({"type": 7})).encode(), {}, 400),
        ("/v1/messages", json.dumps(body()).encode(), {"origin": "https://example.com"}, 403),
        ("/v1/messages", json.dumps(body()).encode(), {"host": "rebound.example.com"}, 403),
        ("/v1/messages/count_tokens", json.dumps(body()).encode(), {}, 404),
        ("/v1/messages/../../x", json.dumps(body()).encode(), {}, 404),
    ],
)
async def test_what_is_no_request_of_a_program_here_is_refused_and_not_written(
    endpoint: Handoff, path: str, data: bytes, headers: dict[str, str], status: int
) -> None:
    with anyio.fail_after(10):
        async with httpx2.AsyncClient() as client:
            answered = await client.post(f"{endpoint.address}{path}", content=data, headers=headers)
    assert answered.status_code == status
    assert answered.json()["type"] == "error"
    assert endpoint.folder.waiting() == ()


async def test_a_client_that_goes_away_leaves_its_request_and_the_next_one_is_served(endpoint: Handoff) -> None:
    async with sdk(endpoint) as client:
        with anyio.move_on_after(0.5):
            await streamed(client, body("gone"))
        (left,) = endpoint.folder.waiting()
        respond(endpoint, left.name, "for whoever asks again")
        with anyio.fail_after(10):
            message = await streamed(client, body("gone"))
    assert "whoever" in message.content[0].to_json()
