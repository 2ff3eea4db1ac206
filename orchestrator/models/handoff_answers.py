"""An answer that a person wrote, read and checked as the API would have made it."""

from __future__ import annotations

import json
import re

from pydantic import JsonValue

Body = dict[str, JsonValue]

STOPS = frozenset({"end_turn", "tool_use", "max_tokens", "refusal", "stop_sequence"})
USAGE: Body = {
    "input_tokens": 0,
    "output_tokens": 0,
    "cache_creation_input_tokens": 0,
    "cache_read_input_tokens": 0,
}
"""Nothing was bought and nothing counted, so that is what is said."""
_FENCE = re.compile(r"\s*```[A-Za-z0-9]*[ \t]*\n(.*?)\n?```\s*", re.DOTALL)


class AnswerError(ValueError):
    """What is wrong with an answer, as a sentence for the person who wrote it."""


def answer_of(text: str, body: Body, *, is_json: bool, digest: str) -> Body:
    """The content and the stop reason of a response.

    Raises:
        AnswerError: it is empty, no JSON, of another schema, or calls a tool that there is not.
    """
    if not text.strip():
        raise AnswerError("it is empty; write the answer into it")
    schema = wanted_schema(body)
    value = _parsed(text) if is_json else None
    if not is_json:
        blocks, stop = [_words(_unfenced(text) if schema is not None else text)], None
    elif schema is not None and not _is_message(value):
        blocks, stop = [_words(json.dumps(value, ensure_ascii=False))], None
    else:
        blocks, stop = _blocks(value, body, digest)
    uses = any(block["type"] == "tool_use" for block in blocks)
    if schema is not None and not uses and stop in {None, "end_turn"}:
        _check(_parsed("".join(str(block["text"]) for block in blocks)), schema, "the answer")
    if uses and stop not in {None, "tool_use"}:
        raise AnswerError(f"it calls a tool, so its stop_reason is 'tool_use' and not {stop!r}")
    content: list[JsonValue] = list(blocks)
    return {"content": content, "stop_reason": stop or ("tool_use" if uses else "end_turn"), "stop_sequence": None}


def wanted_schema(body: Body) -> Body | None:
    """The schema of the structured answer that a request wants; None where it wants words."""
    config = body.get("output_config")
    form = config.get("format") if isinstance(config, dict) else None
    schema = form.get("schema") if isinstance(form, dict) else None
    return schema if isinstance(schema, dict) else None


def schema_problem(body: Body) -> str | None:
    """What is wrong with the schemas of a request, as a sentence; None where nothing is."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError

    try:
        for schema in (wanted_schema(body) or {}, *tools_of(body).values()):
            Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        return f"a schema of the request is none: {error.message[:200]}"
    return None


def tools_of(body: Body) -> dict[str, Body]:
    """The schemas of the tools of a request, by name."""
    tools = body.get("tools")
    found = {}
    for tool in tools if isinstance(tools, list) else []:
        if isinstance(tool, dict):
            schema = tool.get("input_schema")
            found[str(tool.get("name"))] = schema if isinstance(schema, dict) else {}
    return found


def text_of(value: JsonValue) -> str:
    """Indented JSON, in characters that every encoding can spell where one of them is no character."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        text = json.dumps(value, indent=2)
    return text + "\n"


def _is_message(value: JsonValue) -> bool:
    """Whether a value is a list of blocks, or a message that has one."""
    blocks = value.get("content") if isinstance(value, dict) else value
    if not isinstance(blocks, list) or not blocks:
        return False
    return all(isinstance(block, dict) and block.get("type") in {"text", "tool_use"} for block in blocks)


def _blocks(value: JsonValue, body: Body, digest: str) -> tuple[list[Body], str | None]:
    if isinstance(value, str):
        return [_words(value)], None
    if not _is_message(value):
        raise AnswerError(
            'it is no list of blocks; write {"content": [{"type": "text", "text": "..."}]} or, of words, a .md file'
        )
    blocks = value.get("content") if isinstance(value, dict) else value
    stop = value.get("stop_reason") if isinstance(value, dict) else None
    if stop is not None and stop not in STOPS:
        raise AnswerError(f"its stop_reason is {stop!r}; known are {', '.join(sorted(STOPS))}")
    given = [block for block in blocks if isinstance(block, dict)] if isinstance(blocks, list) else []
    read = [_block(block, body, f"toolu_{digest}_{index}") for index, block in enumerate(given)]
    return read, stop if isinstance(stop, str) else None


def _block(block: Body, body: Body, identifier: str) -> Body:
    if block["type"] == "text":
        text = block.get("text")
        if not isinstance(text, str):
            raise AnswerError("a block of the type 'text' has no 'text'")
        return _words(text)
    tools, name, arguments = tools_of(body), block.get("name"), block.get("input", {})
    if not isinstance(name, str) or name not in tools:
        offered = ", ".join(sorted(tools)) or "none"
        raise AnswerError(f"it calls the tool {name!r}, which there is not; there are: {offered}")
    if not isinstance(arguments, dict):
        raise AnswerError(f"the 'input' of the tool {name!r} is no object")
    _check(arguments, tools[name], f"the 'input' of the tool {name!r}")
    given = block.get("id")
    return {
        "type": "tool_use",
        "id": given if isinstance(given, str) and re.fullmatch(r"[A-Za-z0-9_-]{1,64}", given) else identifier,
        "name": name,
        "input": arguments,
    }


def _words(text: str) -> Body:
    return {"type": "text", "text": text}


def _unfenced(text: str) -> str:
    """What stands in the one fence of a text; the text itself where it is none."""
    fenced = _FENCE.fullmatch(text)
    return fenced[1] if fenced else text


def _parsed(text: str) -> JsonValue:
    try:
        value: JsonValue = json.loads(text)
    except json.JSONDecodeError as error:
        raise AnswerError(f"it is no JSON: {error.msg} in line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise AnswerError("it is nested too deep") from None
    return value


def _check(value: JsonValue, schema: Body, what: str) -> None:
    """Nothing, where a value is of a schema.

    Raises:
        AnswerError: it is not; it says where and why.
    """
    from jsonschema import Draft202012Validator
    from referencing import Registry
    from referencing.exceptions import Unresolvable

    # An empty registry: a reference to another document is refused and not fetched.
    errors = Draft202012Validator(schema, registry=Registry()).iter_errors(value)
    try:
        wrong = next(errors, None)
    except Unresolvable as error:
        raise AnswerError(f"the schema of {what} refers to what there is not: {str(error)[:200]}") from None
    if wrong is not None:
        place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in wrong.absolute_path)
        raise AnswerError(f"{what} is not of the wanted schema at '${place}': {wrong.message[:300]}")
