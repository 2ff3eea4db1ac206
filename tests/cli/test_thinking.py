"""`--model` of an audit: specialists read the facts, quote a row, and the refuter judges what they say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.command import imported, orchestrate, told
from tests.models.answers import Asked, Said, structured, use
from tests.models.messages_api import serving

pytestmark = pytest.mark.enable_socket

MODEL = "claude-opus-5-5"
AUDIT = ("audit-permissions", "--catalog", "retail_prod", "--workspace", "sandbox", "--quiet")
FACTS = ".orchestrate/live/audit-permissions/holdings.jsonl"
INCOMPLETE, BAD_INPUT = 3, 2


def _claims(quote: str, line: int) -> dict[str, object]:
    return {
        "path": FACTS,
        "start_line": line,
        "end_line": line,
        "quote": quote,
        "category": "figures-open-to-change",
        "severity": "critical",
        "confidence": 100,
        "message": "monthly figures of finance may be altered by interns",
        "why": "the row lets anybody write to gold",
        "fix": None,
    }


def _judges(quote: str) -> dict[str, object]:
    at = {"path": FACTS, "start_line": 1, "end_line": 1, "quote": quote}
    reason = "the row says it"
    return {"verdict": "keep", "reason": reason, "real": "yes", "handled": "no", "new": "not-asked", "quotes": [at]}


def test_a_specialist_of_an_audit_reads_the_facts_and_its_claim_is_held_against_their_rows(tmp_path: Path) -> None:
    plain = orchestrate(tmp_path, *AUDIT, "--output", "json")
    row = (tmp_path / FACTS).read_text(encoding="utf-8").splitlines()[0]
    known = len(json.loads(plain.stdout)["findings"])

    def answers(asked: Asked) -> Said:
        if "You are the refuter" in asked.system:
            return structured(_judges(row))
        if asked.turn == 0:
            return [use("read_file", "toolu_1", path=FACTS)]
        invented = _claims('{"principal": "nobody"}', 1)
        return structured({"findings": [_claims(row, 1), invented], "not_reviewed": []})

    with serving(answers) as api:
        ended = orchestrate(tmp_path, *AUDIT, "--model", MODEL, "--output", "json", api=api)
        paid = len(api.paid)
        again = orchestrate(tmp_path, *AUDIT, "--model", MODEL, "--output", "json", api=api)
        assert len(api.paid) == paid
    review = json.loads(ended.stdout)
    by_model = [finding for finding in review["findings"] if finding["source"] == "model"]
    assert [finding["standing"] for finding in by_model if finding["evidence"] == row] == ["verified"], ended.stderr
    assert all(finding["standing"] == "withheld" for finding in by_model if finding["evidence"] != row)
    assert len(review["findings"]) - len(by_model) == known
    assert review["tables"] == json.loads(plain.stdout)["tables"]
    assert json.loads(again.stdout)["asked"]["spending"]["calls"] == 0


def test_without_a_key_the_audit_stands_and_is_incomplete(tmp_path: Path) -> None:
    ended = orchestrate(tmp_path, *AUDIT, "--model", MODEL, "--fail-on", "never")
    assert ended.returncode == INCOMPLETE
    assert "no model was asked: --model claude-opus-5-5 needs ANTHROPIC_API_KEY" in ended.stdout
    assert "grant-to-everybody" in ended.stdout


def test_without_a_model_nothing_of_one_is_imported(tmp_path: Path) -> None:
    assert imported(orchestrate(tmp_path, *AUDIT)).isdisjoint({"anthropic", "langgraph", "mcp"})


def test_a_limit_without_a_model_is_bad_input(tmp_path: Path) -> None:
    ended = orchestrate(tmp_path, *AUDIT, "--max-usd", "2")
    assert ended.returncode == BAD_INPUT
    assert "--max-usd is for a run with a model" in told(ended)


def test_a_change_set_is_judged_by_a_model_before_it_is_applied_never_while(tmp_path: Path) -> None:
    words = ("configure-access-control", "--catalog", "retail_prod", "--least-privilege", "--workspace", "sandbox")
    ended = orchestrate(tmp_path, *words, "--apply", "--model", MODEL)
    assert ended.returncode == BAD_INPUT
    assert "run with --model first" in told(ended)
