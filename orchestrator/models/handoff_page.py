"""A request as a page that a person can read and answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from pydantic import JsonValue

from orchestrator.code.visible import visible
from orchestrator.models.handoff_answers import wanted_schema

Body = dict[str, JsonValue]

_YOU = re.compile(r"^you are (?:an? |the )?", re.IGNORECASE)
_TICKS = re.compile(r"`{3,}")


def page(name: str, body: Body) -> str:
    """The page of a request; what others wrote stands in fences, with its invisible characters spelled out."""
    return "\n".join(_parts(name, body)) + "\n"


def who_of(body: Body) -> str:
    """Who asks, by the first words of the last block of the system prompt."""
    blocks = _list(body.get("system"))
    last = blocks[-1] if blocks else body.get("system")
    text = last.get("text") if isinstance(last, dict) else last
    lines = text.strip().splitlines() if isinstance(text, str) else []
    sentence = re.split(r"[.:;,](?:\s|$)", lines[0].lstrip("# "))[0] if lines else ""
    return " ".join(_YOU.sub("", sentence).split()[:5])


def _parts(name: str, body: Body) -> Iterator[str]:
    schema = wanted_schema(body)
    yield f"# Request {name}\n"
    yield f"Asked of the model `{_inline(body.get('model'))}`, at most {_inline(body.get('max_tokens'))} tokens.\n"
    yield "## How to answer\n"
    yield from _how(name, schema, _list(body.get("tools")))
    yield "## System prompt\n"
    for block in _list(body.get("system")) or [body.get("system") or ""]:
        yield _fenced(_words(block))
    for number, message in enumerate(_list(body.get("messages")), start=1):
        yield from _message(number, message)
    for tool in _list(body.get("tools")):
        if isinstance(tool, dict):
            yield f"## Tool `{_inline(tool.get('name'))}`\n"
            yield _fenced(str(tool.get("description") or ""))
            yield _fenced(json.dumps(tool.get("input_schema"), ensure_ascii=False, indent=2), "json")
    if schema is not None:
        yield "## The wanted schema\n"
        yield _fenced(json.dumps(schema, ensure_ascii=False, indent=2), "json")


def _how(name: str, schema: Body | None, tools: list[JsonValue]) -> Iterator[str]:
    if schema is None:
        yield f"Write the answer as words into `responses/{name}.md`.\n"
    else:
        yield f"Write JSON of the wanted schema (at the end of this page) into `responses/{name}.json`.\n"
    if tools:
        call = {"content": [{"type": "tool_use", "name": "NAME", "input": {}}]}
        yield f"To call a tool first, write `{json.dumps(call)}` into `responses/{name}.json`.\n"
    yield f"If the answer will not do, `problems/{name}.txt` says why; mend the file, the request goes on waiting.\n"


def _message(number: int, message: JsonValue) -> Iterator[str]:
    if not isinstance(message, dict):
        return
    yield f"## Message {number}, {_inline(message.get('role'))}\n"
    content = message.get("content")
    for block in [content] if isinstance(content, str) else _list(content):
        if isinstance(block, dict) and block.get("type") == "tool_use":
            yield f"calls the tool `{_inline(block.get('name'))}`:\n"
        elif isinstance(block, dict) and block.get("type") == "tool_result":
            yield "the tool says:\n" if not block.get("is_error") else "the tool failed:\n"
        yield _fenced(_words(block))


def _words(block: JsonValue) -> str:
    if isinstance(block, str):
        return block
    if not isinstance(block, dict):
        return json.dumps(block)
    match block.get("type"):
        case "text":
            return str(block.get("text", ""))
        case "tool_use":
            return json.dumps(block.get("input"), ensure_ascii=False, indent=2)
        case "tool_result":
            content = block.get("content")
            return content if isinstance(content, str) else "\n".join(_words(item) for item in _list(content))
        case _:
            return json.dumps(block, ensure_ascii=False, indent=2)


def _fenced(text: str, kind: str = "text") -> str:
    """The text in a fence that is longer than any in it."""
    longest = max((len(run) for run in _TICKS.findall(text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{kind}\n{visible(text)}\n{fence}\n"


def _inline(value: JsonValue) -> str:
    return visible(re.sub(r"[`\s]+", " ", str(value))[:100])


def _list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []
