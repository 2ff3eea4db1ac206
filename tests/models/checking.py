"""What the API refuses: the first thing that is wrong with a request, in words like its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.models.cache import LIFETIMES, breakpoints, count
from tests.models.schemas import format_problems, tool_problems

KEYS = frozenset(
    {"model", "max_tokens", "messages", "system", "tools", "tool_choice", "thinking", "output_config", "cache_control"}
    | {"stream", "stop_sequences", "metadata", "container", "diagnostics", "inference_geo", "service_tier", "speed"}
)
SAMPLING = ("temperature", "top_p", "top_k")
EFFORTS = ("low", "medium", "high", "xhigh", "max")
BLOCKS = frozenset({"text", "image", "document", "tool_use", "tool_result", "thinking", "redacted_thinking"})
CONTEXT = 1_000_000
ANSWER = 128_000
CHOOSES_ITSELF = ("sonnet-5-5", "opus-5-5", "fable")
"""Models that refuse a forced tool, a prefilled answer and thinking that is switched off."""

Problems = Iterator[str]


@dataclass(frozen=True)
class Problem:
    """Why a request is refused."""

    status: int
    kind: str
    message: str


def problem(body: dict[str, Any], *, has_version: bool) -> Problem | None:
    """The first problem of a request, None where the API would take it."""
    if not has_version:
        return _invalid("anthropic-version: header is required")
    model = body.get("model")
    if isinstance(model, str) and "claude" not in model:
        return Problem(404, "not_found_error", f"model: {model}")
    return next((_invalid(message) for check in CHECKS for message in check(body)), None)


def _invalid(message: str) -> Problem:
    return Problem(400, "invalid_request_error", message)


def _keys(body: dict[str, Any]) -> Problems:
    for name in ("model", "max_tokens", "messages"):
        if name not in body:
            yield f"{name}: Field required"
    for name in body:
        if name in SAMPLING:
            yield f"`{name}` is not supported by this model"
        elif name not in KEYS:
            yield f"{name}: Extra inputs are not permitted"


def _limits(body: dict[str, Any]) -> Problems:
    limit = body["max_tokens"]
    if not isinstance(limit, int) or limit < 0:
        yield "max_tokens: Input should be greater than or equal to 0"
    elif limit > ANSWER:
        yield f"max_tokens: {limit} > {ANSWER}, the maximum allowed number of output tokens for {body['model']}"
    elif limit == 0 and (body.get("stream") or (body.get("output_config") or {}).get("format")):
        yield "max_tokens: 0 is not supported with `stream` or `output_config.format`"


def _messages(body: dict[str, Any]) -> Problems:
    messages = body["messages"]
    if not isinstance(messages, list) or not messages:
        yield "messages: at least one message is required"
        return
    for number, message in enumerate(messages):
        if not isinstance(message, dict) or set(message) - {"role", "content"}:
            yield f"messages.{number}: Extra inputs are not permitted"
        elif message.get("role") not in {"user", "assistant", "system"}:
            yield f"messages.{number}.role: Input should be 'user' or 'assistant'"
        elif not message.get("content"):
            yield f"messages.{number}: all messages must have non-empty content"
    if messages[0].get("role") != "user":
        yield 'messages: first message must use the "user" role'
    if messages[-1].get("role") == "assistant":
        yield "This model does not support assistant message prefill. The conversation must end with a user message."


def _blocks(body: dict[str, Any]) -> Problems:
    system = body.get("system") or ()
    for number, block in enumerate(() if isinstance(system, str) else system):
        yield from _block(f"system.{number}", block, {"text"})
    for number, message in enumerate(body["messages"]):
        content = message["content"]
        for place, block in enumerate([{"type": "text", "text": content}] if isinstance(content, str) else content):
            yield from _block(f"messages.{number}.content.{place}", block, BLOCKS)


def _block(where: str, block: dict[str, Any], kinds: set[str] | frozenset[str]) -> Problems:
    kind = str(block.get("type"))
    if kind not in kinds:
        yield f"{where}: Input tag {kind!r} found using 'type' does not match any of the expected tags"
        return
    if kind == "text" and not str(block.get("text", "")).strip():
        yield f"{where}: text content blocks must contain non-whitespace text"
    extra = set(block) - FIELDS.get(kind, set(block)) - {"type", "cache_control"}
    yield from (f"{where}.{name}: Extra inputs are not permitted" for name in sorted(extra))
    missing = REQUIRED.get(kind, frozenset()) - set(block)
    yield from (f"{where}.{name}: Field required" for name in sorted(missing))
    if kind == "tool_use" and not isinstance(block.get("input"), dict):
        yield f"{where}.tool_use.input: Input should be a valid dictionary"


FIELDS = {
    "text": {"text", "citations"},
    "tool_use": {"id", "name", "input", "caller"},
    "tool_result": {"tool_use_id", "content", "is_error"},
    "thinking": {"thinking", "signature"},
}
REQUIRED = {
    "text": frozenset({"text"}),
    "tool_use": frozenset({"id", "name", "input"}),
    "tool_result": frozenset({"tool_use_id"}),
    "thinking": frozenset({"thinking", "signature"}),
}


def _pairs(body: dict[str, Any]) -> Problems:
    asked: list[str] = []
    for number, message in enumerate(body["messages"]):
        answered = _ids(message, "tool_result", "tool_use_id")
        missing = [identifier for identifier in asked if identifier not in answered]
        if missing:
            yield (
                f"messages.{number}: `tool_use` ids were found without `tool_result` blocks immediately after: "
                f"{', '.join(missing)}. Each `tool_use` block must have a corresponding `tool_result` block in the "
                "next message."
            )
        for identifier in answered:
            if identifier not in asked:
                yield f"messages.{number}: unexpected `tool_use_id` found in `tool_result` blocks: {identifier}."
        if len(set(answered)) != len(answered):
            yield f"messages.{number}: each tool_use must have a single result. Found multiple `tool_result` blocks"
        asked = _ids(message, "tool_use", "id") if message["role"] == "assistant" else []
        if len(set(asked)) != len(asked):
            yield f"messages.{number}: `tool_use` ids must be unique"
        yield from (
            f"messages.{number}: tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'"
            for identifier in asked
            if not re.fullmatch(r"[a-zA-Z0-9_-]+", identifier)
        )


def _ids(message: dict[str, Any], kind: str, name: str) -> list[str]:
    content = message["content"]
    return [] if isinstance(content, str) else [str(block.get(name)) for block in content if block.get("type") == kind]


def _output(body: dict[str, Any]) -> Problems:
    config = body.get("output_config") or {}
    for name in set(config) - {"effort", "format"}:
        yield f"output_config.{name}: Extra inputs are not permitted"
    if config.get("effort", "low") not in EFFORTS:
        yield f"output_config.effort: Input should be one of {', '.join(EFFORTS)}"
    if config.get("format") is not None:
        yield from format_problems(config["format"])


def _cached(body: dict[str, Any]) -> Problems:
    found = breakpoints(body)
    if len(found) > 4:
        yield f"A maximum of 4 blocks with cache_control may be provided. Found {len(found)}."
    yield from (
        f"cache_control.ttl: Input should be '5m' or '1h', not {each!r}" for each in set(found) - set(LIFETIMES)
    )
    if found != sorted(found):
        yield "cache_control: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block"


def _thought(body: dict[str, Any]) -> Problems:
    if not any(name in body["model"] for name in CHOOSES_ITSELF):
        return
    if (body.get("tool_choice") or {}).get("type") in {"any", "tool"}:
        yield "tool_choice: forced tool use is not supported by this model"
    if (body.get("thinking") or {}).get("type") in {"disabled", "enabled"}:
        yield "thinking.type: is not supported by this model"


def _tools(body: dict[str, Any]) -> Problems:
    yield from tool_problems(body.get("tools") or [])


def _length(body: dict[str, Any]) -> Problems:
    found = count(body)
    if found > CONTEXT:
        yield f"prompt is too long: {found} tokens > {CONTEXT} maximum"


CHECKS: tuple[Callable[[dict[str, Any]], Problems], ...] = (
    _keys,
    _limits,
    _messages,
    _blocks,
    _pairs,
    _tools,
    _output,
    _cached,
    _thought,
    _length,
)
