"""The schema of answers: what structured outputs take, and what our own reading takes."""

from __future__ import annotations

from collections.abc import Iterator

import jsonschema
import pytest
from pydantic import JsonValue

from orchestrator.workflows.claims import Claim, read_answer
from orchestrator.workflows.refuter.schema import verdict_schema
from orchestrator.workflows.specialist.schema import answer_schema
from tests.workflows.specialist.reviewing import answer, claim

REFUSED = {
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
    "$ref",
    "$defs",
    "default",
}
SCHEMAS = pytest.mark.parametrize("schema", [answer_schema(), verdict_schema()], ids=["answer", "verdict"])


def nodes(value: JsonValue) -> Iterator[dict[str, JsonValue]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from nodes(inner)


@SCHEMAS
def test_a_schema_holds_nothing_that_structured_outputs_refuse(schema: dict[str, JsonValue]) -> None:
    assert not [node for node in nodes(schema) if REFUSED & node.keys()]


@SCHEMAS
def test_every_object_requires_all_its_keys_and_no_other(schema: dict[str, JsonValue]) -> None:
    objects = [node for node in nodes(schema) if node.get("type") == "object"]
    assert objects
    for each in objects:
        properties, required = each["properties"], each["required"]
        assert isinstance(properties, dict)
        assert isinstance(required, list)
        assert each["additionalProperties"] is False
        assert list(properties) == required


def test_the_schema_takes_what_the_claims_take() -> None:
    import json

    text = answer(claim(), claim(fix="x = 1"), left_out=(("a.py", "not read"),))
    jsonschema.validate(json.loads(text), answer_schema())
    assert len(read_answer("a", text).claims) == 2


def test_the_keys_of_a_claim_are_the_ten_of_the_prompts() -> None:
    (finding,) = [node for node in nodes(answer_schema()) if "quote" in node]
    assert list(finding) == list(Claim.model_fields)
    assert len(finding) == 10
