"""What the API refuses of tools and of the schema of structured output."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

STRICT_TOOLS = 20
OPTIONAL = 24
UNIONS = 16
TOOL = frozenset(
    {"name", "description", "input_schema", "strict", "type", "cache_control", "input_examples", "defer_loading"}
)
SCHEMA = frozenset(
    {"type", "enum", "const", "anyOf", "allOf", "description", "title", "properties", "required"}
    | {"additionalProperties", "items", "format", "minItems", "$ref", "$defs", "default"}
)
"""What a strict schema may say; limits of numbers and lengths, and patterns, are refused."""


def tool_problems(tools: list[dict[str, Any]]) -> Iterator[str]:
    """What is wrong with the tools, one sentence each."""
    names = [str(tool.get("name", "")) for tool in tools]
    if len(set(names)) != len(names):
        yield "tools: Tool names must be unique."
    for number, tool in enumerate(tools):
        yield from (f"tools.{number}.{name}: Extra inputs are not permitted" for name in sorted(set(tool) - TOOL))
        yield from (f"tools.{number}.{name}: Field required" for name in ("name", "input_schema") if name not in tool)
        if not re.fullmatch(r"[a-zA-Z0-9_-]{1,128}", names[number]):
            yield f"tools.{number}.name: String should match pattern '^[a-zA-Z0-9_-]{{1,128}}$'"
        if (tool.get("input_schema") or {}).get("type") != "object":
            yield f"tools.{number}.input_schema.type: Input should be 'object'"
    strict = [tool["input_schema"] for tool in tools if tool.get("strict") and "input_schema" in tool]
    if len(strict) > STRICT_TOOLS:
        yield f"tools: at most {STRICT_TOOLS} tools may be strict, found {len(strict)}"
    yield from _schemas("tools", strict)


def format_problems(form: dict[str, Any]) -> Iterator[str]:
    """What is wrong with the form of the output."""
    if form.get("type") != "json_schema" or not isinstance(form.get("schema"), dict):
        yield "output_config.format: needs `type` 'json_schema' and a `schema`"
        return
    yield from _schemas("output_config.format.schema", [form["schema"]])


def _schemas(where: str, schemas: list[dict[str, Any]]) -> Iterator[str]:
    optional = unions = 0
    for schema in schemas:
        for part in _parts(schema):
            yield from _part(where, part)
            properties = part.get("properties") or {}
            optional += len(set(properties) - set(part.get("required") or ()))
            unions += "anyOf" in part or isinstance(part.get("type"), list)
        yield from _recursive(where, schema)
    if optional > OPTIONAL:
        yield f"{where}: at most {OPTIONAL} parameters may be optional, found {optional}"
    if unions > UNIONS:
        yield f"{where}: at most {UNIONS} parameters may be unions, found {unions}"


def _part(where: str, part: dict[str, Any]) -> Iterator[str]:
    for name in sorted(set(part) - SCHEMA):
        yield f"{where}: For {part.get('type')!r} type, property {name!r} is not supported"
    if part.get("type") == "object" and part.get("additionalProperties") is not False:
        yield f"{where}: For 'object' type, 'additionalProperties' must be explicitly set to false"
    if part.get("minItems", 0) not in {0, 1}:
        yield f"{where}: For 'array' type, 'minItems' values other than 0 or 1 are not supported"


def _parts(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield schema
    inner = [*(schema.get("properties") or {}).values(), *(schema.get("$defs") or {}).values()]
    inner += [*(schema.get("anyOf") or ()), *(schema.get("allOf") or ())]
    inner += [schema["items"]] if isinstance(schema.get("items"), dict) else []
    for each in inner:
        yield from _parts(each)


def _recursive(where: str, schema: dict[str, Any]) -> Iterator[str]:
    defined = schema.get("$defs") or {}
    uses = {name: {_name(part) for part in _parts(each) if "$ref" in part} for name, each in defined.items()}
    for name in defined:
        seen: set[str] = set()
        waiting = set(uses[name])
        while waiting:
            other = waiting.pop()
            waiting |= uses.get(other, set()) - seen
            seen.add(other)
        if name in seen:
            yield f"{where}: Circular reference detected in schema definitions: {name}"


def _name(part: dict[str, Any]) -> str:
    return str(part["$ref"]).rsplit("/", 1)[-1]
