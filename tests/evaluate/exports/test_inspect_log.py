"""The inspect_ai log: valid by the schema of its own reader's models, and as rich as a reader needs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from orchestrator.evaluate.exports import render
from orchestrator.evaluate.exports.report import Report
from tests.evaluate.exports.samples import full, hostile, stale, synthetic
from tests.evaluate.exports.test_every_format import STORABLE

SCHEMA = json.loads((Path(__file__).parents[2] / "samples" / "inspect_ai" / "eval_log.schema.json").read_text("utf-8"))


def wrong(log: object) -> list[str]:
    errors = jsonschema.Draft202012Validator(SCHEMA).iter_errors(log)
    return [f"{error.json_path}: {error.message[:200]}" for error in errors]


@pytest.mark.parametrize("report", [full, synthetic, stale])
def test_the_log_is_valid_by_the_schema(report: Callable[[], Report]) -> None:
    assert wrong(json.loads(render("inspect_log", report()))) == []


@pytest.mark.parametrize("change", [{"scores": {"score_v1": {"value": None}}}, {"target": None}, {"events": ["x"]}])
def test_the_schema_would_see_a_wrong_log(change: dict[str, object]) -> None:
    log = json.loads(render("inspect_log", full()))
    log["samples"][0] |= change
    assert wrong(log) != []


@pytest.mark.parametrize("trap", STORABLE)
def test_hostile_text_is_text(trap: str) -> None:
    assert wrong(json.loads(render("inspect_log", hostile(trap)))) == []


def test_every_name_of_the_log_is_one_that_the_reader_knows() -> None:
    log = json.loads(render("inspect_log", full()))
    known = SCHEMA["$defs"]
    assert set(log) <= set(SCHEMA["properties"])
    assert set(log["eval"]) <= set(known["EvalSpec"]["properties"])
    assert set(log["results"]) <= set(known["EvalResults"]["properties"])
    assert set(log["samples"][0]) <= set(known["EvalSample"]["properties"])


def test_a_sample_says_what_was_expected_said_and_counted() -> None:
    log = json.loads(render("inspect_log", full()))
    sample = next(each for each in log["samples"] if each["id"] == "two-queries")
    assert sample["target"] == [
        "src/load.py:6: g2 missing-watermark (high)",
        "src/load.py:8: g1 shared-checkpoint (critical)",
    ]
    score = sample["scores"]["score_v1"]
    assert score["value"] == {"tp": 1, "fp": 3, "fn": 1, "duplicates": 1, "unlabelled": 1, "neutral": 1}
    assert log["results"]["scores"][0]["metrics"]["recall"]["value"] == 0.5
    assert "src/load.py:8: STR002" in sample["output"]["completion"]
