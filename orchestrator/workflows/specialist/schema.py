"""The JSON schema of a specialist's answer, strict as structured outputs want it, derived from the claims we read."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, JsonValue

from orchestrator.workflows.claims import Claim

_UNSUPPORTED = frozenset(
    {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern",
     "minItems", "maxItems", "uniqueItems", "default", "title"}
)  # fmt: skip
"""Keywords that structured outputs refuse, or that only cost tokens; pydantic checks the answer against them later."""
_MEANINGS = {
    "path": "the file's path as it was given",
    "start_line": "the first line of the quote, by the number in front of it",
    "end_line": "the last line of the quote",
    "quote": "those lines as they were shown, character for character, without numbers and bars",
    "category": "the kind of defect in kebab-case, at most 80 characters",
    "severity": "what happens in production if nobody acts",
    "confidence": "100 proved by the quote, 75 by the project, 50 if a named condition holds; below it is not shown",
    "message": "one sentence: what happens, and what to do",
    "why": "the path from the code to the damage, with the lines that decide it",
    "fix": "the text that replaces the whole quoted lines, or null",
}


class _LeftOut(BaseModel):
    """A file or part that was not looked at."""

    model_config = ConfigDict(extra="forbid")

    path: str
    why: str


class _Answer(BaseModel):
    """What a specialist answers."""

    model_config = ConfigDict(extra="forbid")

    findings: list[Claim]
    not_reviewed: list[_LeftOut]


def answer_schema() -> dict[str, JsonValue]:
    """The schema of a specialist's answer."""
    schema = strict_schema(_Answer)
    claim = _properties(_properties(schema)["findings"], "items")
    for name, meaning in _MEANINGS.items():
        claim[name] = {**_mapping(claim[name]), "description": meaning}
    return schema


def strict_schema(model: type[BaseModel]) -> dict[str, JsonValue]:
    """A model's JSON schema without references: every key required, no other allowed, no limits of size or form."""
    schema: dict[str, JsonValue] = model.model_json_schema(mode="validation")
    definitions = _mapping(schema.pop("$defs", {}))
    return _mapping(_strict(schema, definitions))


def _strict(value: JsonValue, definitions: dict[str, JsonValue]) -> JsonValue:
    if isinstance(value, list):
        return [_strict(each, definitions) for each in value]
    if not isinstance(value, dict):
        return value
    if isinstance(reference := value.get("$ref"), str):
        return _strict(definitions[reference.rpartition("/")[2]], definitions)
    kept: dict[str, JsonValue] = {
        key: {name: _strict(each, definitions) for name, each in _mapping(inner).items()}
        if key == "properties"
        else _strict(inner, definitions)
        for key, inner in value.items()
        if key not in _UNSUPPORTED and key != "description"
    }
    if kept.get("type") == "object":
        kept["required"] = list(_mapping(kept.get("properties")))
        kept["additionalProperties"] = False
    return kept


def _mapping(value: JsonValue) -> dict[str, JsonValue]:
    return value if isinstance(value, dict) else {}


def _properties(value: JsonValue, *keys: str) -> dict[str, JsonValue]:
    """The properties of the object under those keys."""
    for key in keys:
        value = _mapping(value)[key]
    return _mapping(_mapping(value)["properties"])
