"""The loopback API itself: its cache by the API's rules, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from tests.models.answers import Asked, in_order, log_normal, text
from tests.models.cache import Booked, Cache, Usage, count
from tests.models.checking import problem
from tests.models.messages_api import serving

MODEL = "claude-opus-5-5"
CACHED = {"type": "ephemeral"}
Body = dict[str, Any]


def said(words: str, *, cached: bool = False, ttl: str = "5m") -> Body:
    """A block of text, with a breakpoint or without."""
    block: Body = {"type": "text", "text": words}
    return {**block, "cache_control": {"type": "ephemeral", "ttl": ttl}} if cached else block


def body(*system: Body, user: str = "go", **more: object) -> Body:
    return {
        "model": MODEL,
        "max_tokens": 100,
        "system": list(system),
        "messages": [{"role": "user", "content": user}],
        **more,
    }


class Time:
    """A clock that stands still until it is moved."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class Caller:
    """Books requests one after the other, each begun at once."""

    def __init__(self, minimum: int = 100) -> None:
        self.time = Time()
        self.cache = Cache(self.time)
        self.minimum = minimum

    def __call__(self, request: Body, credential: str = "k") -> Usage:
        booked = self.cache.book(request, credential, self.minimum)
        self.cache.begin(booked)
        return booked.usage

    def waiting(self, request: Body) -> Booked:
        return self.cache.book(request, "k", self.minimum)


SHARED = said("project " * 200, cached=True)


def test_the_first_call_writes_the_prefix_and_the_second_reads_it() -> None:
    call = Caller()
    one, two = call(body(SHARED, said("a"))), call(body(SHARED, said("bb")))
    assert one.written == two.read > 400
    assert (one.read, two.written) == (0, 0)
    assert one.input_tokens + one.written == one.input_total == count(body(SHARED, said("a")))
    assert two.input_cost == two.input_tokens + 0.1 * two.read


def test_an_entry_is_readable_only_when_its_writer_has_begun() -> None:
    call = Caller()
    first = call.waiting(body(SHARED))
    assert call(body(SHARED)).read == 0, "calls that start cold together all write"
    call.cache.begin(first)
    assert call(body(SHARED)).read > 0


@pytest.mark.parametrize(("turns", "ratio"), [(1, 0.196), (5, 0.119)])
def test_a_primed_cohort_of_twelve_pays_for_its_context_about_once(turns: int, ratio: float) -> None:
    call = Caller()
    shared = body(said("project " * 20_000, cached=True))
    whole = count(shared)
    cost = sum(call(shared).input_cost for _ in range(12 * turns))
    assert cost / (12 * turns * whole) == pytest.approx(ratio, abs=0.002)


def test_twelve_that_start_cold_together_pay_more_than_without_a_cache() -> None:
    call = Caller()
    shared = body(said("project " * 20_000, cached=True))
    cost = sum(booked.usage.input_cost for booked in [call.waiting(shared) for _ in range(12)])
    assert cost / (12 * count(shared)) == pytest.approx(1.25, abs=0.002)


@pytest.mark.parametrize(
    "change",
    [
        {"model": "claude-sonnet-5-5"},
        {"output_config": {"effort": "high"}},
        {"output_config": {"format": {"type": "json_schema", "schema": {"type": "object"}}}},
        {"thinking": {"type": "adaptive"}},
        {"tools": [{"name": "a", "input_schema": {"type": "object"}}]},
        {"system": [said("project " * 199, cached=True)]},
        {"system": [said("before"), SHARED]},
    ],
)
def test_a_change_before_the_breakpoint_is_another_prefix(change: Body) -> None:
    call = Caller()
    call(body(SHARED))
    assert call({**body(SHARED), **change}).read == 0
    assert call(body(SHARED)).read > 0


def test_another_credential_reads_nothing() -> None:
    call = Caller()
    call(body(SHARED), "one")
    assert call(body(SHARED), "two").read == 0


def test_tools_come_before_the_system_prompt_and_their_order_counts() -> None:
    call = Caller()
    tools = [{"name": name, "input_schema": {"type": "object"}} for name in ("a", "b")]
    call(body(SHARED, tools=tools))
    assert call(body(SHARED, tools=tools)).read > 0
    assert call(body(SHARED, tools=tools[::-1])).read == 0


def test_a_prefix_that_is_too_short_is_not_kept() -> None:
    call = Caller(minimum=1024)
    for _ in range(2):
        usage = call(body(SHARED))
    assert usage == Usage(input_tokens=count(body(SHARED)))


@pytest.mark.parametrize(("lifetime", "seconds"), [("5m", 300), ("1h", 3600)])
def test_an_entry_lives_from_its_last_read(lifetime: str, seconds: int) -> None:
    call = Caller()
    request = body(said("project " * 200, cached=True, ttl=lifetime))
    call(request)
    for _ in range(3):
        call.time.now += seconds - 1
        assert call(request).read > 0
    call.time.now += seconds
    assert call(request).read == 0


def test_writes_are_told_apart_by_their_lifetime() -> None:
    call = Caller()
    usage = call(body(said("a" * 2000, cached=True, ttl="1h"), said("b" * 1000, cached=True)))
    assert 500 < usage.written_1h < 520
    assert 250 < usage.written < 270


def test_the_automatic_breakpoint_moves_with_the_conversation() -> None:
    call = Caller()
    first = body(SHARED, cache_control=CACHED, user="u" * 400)
    wrote = call(first)
    turn = [{"role": "assistant", "content": [said("a" * 400)]}, {"role": "user", "content": "next"}]
    usage = call({**first, "messages": [*first["messages"], *turn]})
    assert usage.read == wrote.written == count(first)
    assert 100 < usage.written < 140
    assert usage.input_tokens == 0


@pytest.mark.parametrize(("blocks", "is_found"), [(19, True), (20, False)])
def test_an_entry_is_looked_for_twenty_blocks_back(blocks: int, *, is_found: bool) -> None:
    call = Caller()
    opening = said("u" * 4000)
    first = {
        "model": MODEL,
        "max_tokens": 9,
        "cache_control": CACHED,
        "messages": [{"role": "user", "content": [opening]}],
    }
    call(first)
    more = [opening, *(said(f"block {number}") for number in range(blocks))]
    usage = call({**first, "messages": [{"role": "user", "content": more}]})
    assert (usage.read > 0) is is_found


def tool(name: str = "read_file", **more: object) -> Body:
    return {"name": name, "input_schema": {"type": "object", "additionalProperties": False, "properties": {}}, **more}


def form(schema: Body) -> Body:
    return {"output_config": {"format": {"type": "json_schema", "schema": schema}}}


CALLED = {"role": "assistant", "content": [{"type": "tool_use", "id": "t1", "name": "read_file", "input": {}}]}
ANSWERED = {"type": "tool_result", "tool_use_id": "t1", "content": "x"}
RESULT = {"role": "user", "content": [ANSWERED]}
USER = {"role": "user", "content": "go"}
OPTIONAL = {f"p{number}": {"type": "string"} for number in range(25)}
RECURSIVE = {"$ref": "#/$defs/A", "$defs": {"A": {"anyOf": [{"$ref": "#/$defs/A"}, {"type": "null"}]}}}
REFUSED: list[tuple[Body, str]] = [
    ({"temperature": 0.5}, "`temperature` is not supported"),
    ({"tool": []}, "tool: Extra inputs are not permitted"),
    ({"max_tokens": 128_001}, "max_tokens: 128001"),
    ({"max_tokens": -1}, "max_tokens: Input should be"),
    ({"max_tokens": 0, "stream": True}, "max_tokens: 0 is not supported"),
    ({"messages": []}, "at least one message"),
    ({"messages": [{"role": "tool", "content": "x"}]}, "role: Input should be"),
    ({"messages": [{"role": "user", "content": ""}]}, "non-empty content"),
    ({"messages": [CALLED, RESULT]}, "first message must use"),
    ({"messages": [USER, {"role": "assistant", "content": "so"}]}, "does not support assistant message prefill"),
    ({"messages": [{"role": "user", "content": [said(" ")]}]}, "non-whitespace"),
    ({"messages": [{"role": "user", "content": [{"type": "words"}]}]}, "Input tag 'words'"),
    ({"messages": [{"role": "user", "content": [{**said("x"), "note": 1}]}]}, "note: Extra inputs"),
    ({"messages": [USER, CALLED, USER]}, "`tool_use` ids were found without `tool_result` blocks"),
    ({"messages": [USER, RESULT]}, "unexpected `tool_use_id`"),
    ({"messages": [USER, CALLED, {"role": "user", "content": [ANSWERED, ANSWERED]}]}, "single result"),
    ({"tools": [tool(), tool()]}, "Tool names must be unique"),
    ({"tools": [tool("read file")]}, "should match pattern"),
    ({"tools": [{"name": "a"}]}, "input_schema: Field required"),
    ({"tools": [tool(f"t{number}", strict=True) for number in range(21)]}, "at most 20 tools may be strict"),
    ({"tools": [{**tool(strict=True), "input_schema": {"type": "object"}}]}, "'additionalProperties' must be"),
    (form({"type": "object"}), "'additionalProperties' must be"),
    (form({"type": "integer", "minimum": 1}), "property 'minimum' is not supported"),
    (form({"type": "array", "items": {"type": "string"}, "maxItems": 3}), "property 'maxItems' is not supported"),
    (form({"type": "object", "additionalProperties": False, "properties": OPTIONAL}), "at most 24"),
    (form({"anyOf": [{"anyOf": [{"type": "null"}]}] * 17}), "at most 16"),
    (form(RECURSIVE), "Circular reference"),
    ({"output_config": {"effort": "huge"}}, "effort: Input should be"),
    ({"output_config": {"format": {"type": "xml"}}}, "needs `type` 'json_schema'"),
    ({"system": [said("x", cached=True)] * 4, "cache_control": CACHED}, "maximum of 4 blocks"),
    ({"system": [said("x", cached=True), said("y", cached=True, ttl="1h")]}, "must not come after"),
    ({"system": [said("x", cached=True, ttl="2h")]}, "ttl: Input should be"),
    ({"tool_choice": {"type": "tool", "name": "a"}}, "forced tool use is not supported"),
    ({"thinking": {"type": "disabled"}}, "thinking.type"),
    ({"messages": [{"role": "user", "content": "x" * 4_100_000}]}, "prompt is too long"),
]


@pytest.mark.parametrize(("change", "message"), REFUSED, ids=[message for _, message in REFUSED])
def test_what_the_api_refuses_is_refused(change: Body, message: str) -> None:
    found = problem({**body(), **change}, has_version=True)
    assert found is not None
    assert (found.status, found.kind) == (400, "invalid_request_error")
    assert message in found.message


@pytest.mark.parametrize(
    "change",
    [{}, {"messages": [USER, CALLED, RESULT]}, {"tools": [tool(strict=True)]}, {"messages": [USER, USER]}],
    ids=["plain", "a tool", "a strict tool", "two messages of one role"],
)
def test_what_the_api_takes_is_taken(change: Body) -> None:
    assert problem({**body(), **change}, has_version=True) is None


def post(address: str, sent: object, path: str = "/v1/messages", **headers: str) -> httpx2.Response:
    data = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
    given = {"authorization": "Bearer k", "anthropic-version": "2026-10-21", **headers}
    return httpx2.post(f"{address}{path}", content=data, headers=given, timeout=10)


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("sent", "path", "headers", "status"),
    [
        (body(), "/v1/messages", {}, 200),
        (body(), "/v1/messages/count_tokens", {}, 200),
        (body(), "/v2/messages", {}, 404),
        ({**body(), "model": "another"}, "/v1/messages", {}, 404),
        (b"{", "/v1/messages", {}, 400),
        (body(), "/v1/messages", {"authorization": ""}, 401),
        (body(), "/v1/messages", {"authorization": "", "x-api-key": "k"}, 200),
        (b'"' + b"x" * (32 * 1024 * 1024) + b'"', "/v1/messages", {}, 413),
    ],
)
def test_each_request_gets_its_status(sent: object, path: str, headers: dict[str, str], status: int) -> None:
    with serving(lambda _: [text("done")]) as api:
        answer = post(api.address, sent, path, **headers)
    assert (answer.status_code, len(api.refused)) == (status, int(status != 200))
    assert (len(api.paid) == 1) is (status == 200 and "count" not in path)
    assert answer.json().get("type") == ("error" if status != 200 else None if "count" in path else "message")


@pytest.mark.enable_socket
def test_a_script_that_fails_fails_the_test() -> None:
    def script(asked: Asked) -> list[Body]:
        assert asked.turn == 1, "another turn was expected"
        return []

    with pytest.raises(AssertionError, match="another turn was expected"), serving(script) as api:
        assert post(api.address, body()).status_code == 400


@pytest.mark.enable_socket
def test_answers_come_in_order_and_the_last_again() -> None:
    with serving(in_order([text("one")], [text("two")])) as api:
        answers = [post(api.address, body()).json()["content"][0]["text"] for _ in range(3)]
    assert answers == ["one", "two", "two"]


def test_equal_requests_take_equal_times_in_any_order() -> None:
    pace: Callable[[Asked], float] = log_normal(0.4, sigma=0.5, seed=3)
    times = [pace(Asked(body(user=f"{number}"), number)) for number in range(400)]
    assert times[7] == pace(Asked(body(user="7"), 0))
    assert times[7] != log_normal(0.4, sigma=0.5, seed=4)(Asked(body(user="7"), 0))
    assert 0.35 < sorted(times)[200] < 0.45
