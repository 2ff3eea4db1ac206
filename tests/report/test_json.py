"""The JSON format: valid by its published schema, whole, and read back unchanged."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import jsonschema
import pytest

from orchestrator.report import render
from orchestrator.report.json_schema import schema
from orchestrator.report.json_text import json_text
from orchestrator.types import Review
from tests.report.reviews import CLEAN, FULL, INCOMPLETE, TRAPS, context, hostile, hostile_context

PUBLISHED = Path(__file__).parents[2] / "docs" / "schema" / "review.schema.json"


def test_the_published_schema_is_fresh() -> None:
    assert PUBLISHED.read_text(encoding="utf-8") == json_text(schema()), "stale: run `make schema`"


@pytest.mark.parametrize("review", [CLEAN, FULL, INCOMPLETE, hostile(TRAPS[0]), hostile(TRAPS[5])])
def test_what_is_printed_is_valid_by_the_schema(review: Review) -> None:
    validator = jsonschema.Draft202012Validator(json.loads(PUBLISHED.read_text(encoding="utf-8")))
    printed = json.loads(render("json", review, context()))
    assert list(validator.iter_errors(printed)) == []


def test_the_schema_refuses_a_review_with_a_key_missing() -> None:
    printed = json.loads(render("json", FULL, context()))
    del printed["findings"][0]["evidence"]
    assert not jsonschema.Draft202012Validator(schema()).is_valid(printed)


def test_every_field_of_the_review_is_there_in_order_behind_the_verdict() -> None:
    printed = json.loads(render("json", FULL, context()))
    first = ["schema_version", "outcome", "gate", "gated", "totals"]
    assert list(printed) == [*first, *asdict(FULL)]
    assert [finding["id"] for finding in printed["findings"]] == [finding.id for finding in FULL.findings]
    assert (printed["outcome"], printed["gate"], printed["gated"]) == ("failed", "high", 2)
    assert printed["totals"] == {"critical": 1, "high": 1, "medium": 1, "low": 1, "info": 1}


@pytest.mark.parametrize("trap", TRAPS)
def test_text_is_read_back_unchanged(trap: str) -> None:
    review = hostile(trap)
    printed = json.loads(render("json", review, hostile_context(trap)))
    assert printed["findings"][0]["evidence"] == review.findings[0].evidence
    assert printed["coverage"][0]["path"] == trap


def test_readable_text_is_not_escaped() -> None:
    assert json_text({"a": "Übergröße"}) == '{\n  "a": "Übergröße"\n}\n'
