"""What agents claim joins the review by rules, when the code bears it out."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.types import Change, Finding, Severity, Source, Standing, Status
from orchestrator.workflows.cache import cached_review
from orchestrator.workflows.claims import read_answer
from orchestrator.workflows.merge import merged
from orchestrator.workflows.request import Request, Reviewed
from orchestrator.workflows.selection import Selection

CODE = """from pyspark.sql import DataFrame


def trim_all(df: DataFrame, names: list[str]) -> DataFrame:
    for name in names:
        df = df.withColumn(name, df[name])
    return df


def send(batch: DataFrame) -> None:
    post(batch.limit(10).collect())
"""
TOKEN = "dapi" + "3f9a1c2e4b5d6f708192a3b4c5d6e7f8"


WHOLE = "def send(batch: DataFrame) -> None:\n    post(batch.limit(10).collect())"


def claim(**changed: object) -> dict[str, object]:
    return {
        "path": "job.py",
        "start_line": 11,
        "end_line": 11,
        "quote": "    post(batch.limit(10).collect())",
        "category": "effect-repeated-on-retry",
        "severity": "critical",
        "confidence": 75,
        "message": "a batch that runs again posts twice",
        "why": "delivery is at least once",
        "fix": None,
        **changed,
    }


def answer(*claims: dict[str, object]) -> str:
    return json.dumps({"findings": claims, "not_reviewed": []})


@pytest.fixture
def reviewed(tmp_path: Path) -> Reviewed:
    (tmp_path / "job.py").write_text(CODE, encoding="utf-8")
    return cached_review(Request(path=tmp_path, today=dt.date(2026, 11, 1)), use_cache=False)


TODAY = dt.date(2026, 11, 1)


def joined(reviewed: Reviewed, *answers: tuple[str, str], change: Change | None = None) -> Reviewed:
    return merged(reviewed, answers, today=TODAY, change=change)


def by_model(result: Reviewed) -> list[Finding]:
    return [finding for finding in result.review.findings if finding.source is Source.MODEL]


def test_a_claim_whose_quote_stands_is_shown_and_never_reaches_the_gate(reviewed: Reviewed) -> None:
    result = joined(reviewed, ("streaming-specialist", answer(claim())))
    (found,) = by_model(result)
    assert found.standing is Standing.UNVERIFIED
    assert found in result.review.shown
    assert found not in result.review.reported
    assert (found.location.start_line, found.rule) == (11, "effect-repeated-on-retry")


@pytest.mark.parametrize(
    "changed",
    [
        {"quote": "    post(batch.limit(11).collect())"},
        {"path": "other.py"},
        {"path": "../job.py"},
        {"confidence": 25},
        {"start_line": 1, "end_line": 100},
        {"quote": " \n "},
    ],
)
def test_a_claim_that_the_code_does_not_bear_out_is_withheld_and_counted(
    reviewed: Reviewed, changed: dict[str, object]
) -> None:
    result = joined(reviewed, ("a", answer(claim(**changed))))
    (found,) = by_model(result)
    assert found.standing is Standing.WITHHELD
    assert found not in result.review.shown


def test_a_quote_at_a_wrong_line_is_found_at_the_one_place_where_it_stands(reviewed: Reviewed) -> None:
    (found,) = by_model(joined(reviewed, ("a", answer(claim(start_line=3, end_line=3)))))
    assert found.standing is Standing.UNVERIFIED
    assert (found.location.start_line, found.location.end_line) == (11, 11)


def test_a_claim_that_repeats_a_rule_adds_a_name_and_no_finding(reviewed: Reviewed) -> None:
    (known,) = reviewed.review.findings
    said = claim(
        start_line=6,
        end_line=6,
        quote="        df = df.withColumn(name, df[name])",
        message=known.message,
        category="x",
    )
    result = joined(reviewed, ("streaming-specialist", answer(said)))
    (found,) = result.review.findings
    assert found.specialists == ("pyspark-optimizer", "streaming-specialist")
    assert found.counts


def test_two_agents_that_see_one_defect_make_one_finding(reviewed: Reviewed) -> None:
    result = joined(reviewed, ("a", answer(claim())), ("b", answer(claim(message="it is sent twice on a retry"))))
    (found,) = by_model(result)
    assert found.specialists == ("a", "b")


@pytest.mark.parametrize(
    "text", ["sorry, I could not", "", "[]", '{"findings": 3}', '{"findings": [', "{" * 100_000, "x" * 3_000_000]
)
def test_an_answer_without_findings_leaves_the_review_unfinished(reviewed: Reviewed, text: str) -> None:
    result = joined(reviewed, ("a", text))
    assert result.review.unfinished == ("a",)
    assert by_model(result) == []


@pytest.mark.parametrize("around", ["Here it is:\n```json\n{}\n```\nDone.", "I found this: {} and nothing else", "{}"])
def test_json_is_found_between_other_words(reviewed: Reviewed, around: str) -> None:
    result = joined(reviewed, ("a", around.replace("{}", answer(claim()))))
    assert len(by_model(result)) == 1
    assert result.review.unfinished == ()


def test_findings_that_cannot_be_read_are_counted_and_the_others_stay(reviewed: Reviewed) -> None:
    result = joined(reviewed, ("a", answer(claim(severity="worst"), claim(extra=1), claim())))
    assert len(by_model(result)) == 1
    (line,) = [each for each in result.review.specialists if each.name == "a"]
    assert line.status is Status.PARTIAL
    assert "2 of its findings could not be read" in line.reason


def test_a_credential_in_a_claim_is_masked(reviewed: Reviewed) -> None:
    (found,) = by_model(joined(reviewed, ("a", answer(claim(message=f"uses {TOKEN}", fix=f"x = '{TOKEN}'")))))
    assert "3f9a1c2e4b5d" not in repr(found)
    assert found.fix is None


def test_a_claim_outside_the_change_is_not_shown(reviewed: Reviewed) -> None:
    change = Change(base="main", lines={"job.py": frozenset({1})})
    result = joined(reviewed, ("a", answer(claim())), change=change)
    assert by_model(result)[0].in_diff is False
    assert by_model(result)[0] not in result.review.shown


def test_an_agent_none_of_whose_rules_runs_ends_the_gap_when_it_answers(tmp_path: Path) -> None:
    (tmp_path / "job.py").write_text(CODE, encoding="utf-8")
    asked = Selection(agents=("automl-expert",))
    alone = cached_review(Request(path=tmp_path, today=dt.date(2026, 11, 1), selection=asked), use_cache=False)
    assert alone.review.unfinished == ("automl-expert",)
    (line,) = alone.review.specialists
    assert line.reason.startswith("none of its rules is selected (it has AML001): name them with --select")
    assert joined(alone, ("automl-expert", answer(claim()))).review.unfinished == ()
    assert joined(alone, ("automl-expert", "no")).review.unfinished == ("automl-expert",)


def test_a_comment_silences_a_claim_by_its_category(tmp_path: Path) -> None:
    code = CODE.replace(
        "    post(", "    # orchestrate: ignore[effect-repeated-on-retry] the receiver drops repeats\n    post("
    )
    (tmp_path / "job.py").write_text(code, encoding="utf-8")
    alone = cached_review(Request(path=tmp_path, today=TODAY), use_cache=False)
    (found,) = by_model(joined(alone, ("a", answer(claim(start_line=12, end_line=12)))))
    assert found.suppressed_by is not None
    assert not found.is_shown


def test_an_answer_of_nothing_but_empty_lines_is_read_at_once() -> None:
    text = "```" + "\n" * 200_000
    assert read_answer("streaming-specialist", text).refused is not None


def test_a_claim_about_a_million_million_lines_is_judged_at_once_in_a_diff(reviewed: Reviewed) -> None:
    change = Change(base="main", lines={"job.py": frozenset({10**12 + 1})})
    result = joined(reviewed, ("a", answer(claim(start_line=1, end_line=10**12, quote="not there"))), change=change)
    (found,) = by_model(result)
    assert found.standing is Standing.WITHHELD
    assert found.location.end_line < 100


def test_a_mild_claim_does_not_hide_the_grave_one_of_another_agent(reviewed: Reviewed) -> None:
    mild = claim(severity="info", message="twice", category="style", quote=WHOLE, start_line=10, end_line=11)
    (found,) = by_model(joined(reviewed, ("one", answer(mild)), ("two", answer(claim()))))
    assert (found.severity, found.rule) == (Severity.CRITICAL, "effect-repeated-on-retry")
    assert found.specialists == ("one", "two")


def test_what_a_change_brings_in_is_not_hidden_behind_what_was_there_before(reviewed: Reviewed) -> None:
    old = claim(severity="critical", quote=WHOLE.partition("\n")[0], start_line=10, end_line=10)
    new = claim(severity="high", quote=WHOLE, start_line=10, end_line=11)
    for first, second in ((old, new), (new, old)):
        change = Change(base="main", lines={"job.py": frozenset({11})})
        result = joined(reviewed, ("one", answer(first)), ("two", answer(second)), change=change)
        assert [finding.severity for finding in by_model(result) if finding.is_shown] == [Severity.HIGH]


def test_a_finding_of_a_rule_outside_the_change_does_not_swallow_a_claim_about_changed_lines(tmp_path: Path) -> None:
    (tmp_path / "job.py").write_text(f'token = "{TOKEN}"\nsend(token)\n', encoding="utf-8")
    plain = cached_review(Request(path=tmp_path, today=TODAY), use_cache=False)
    (rule,) = plain.review.findings
    reviewed = replace(plain, review=replace(plain.review, findings=(replace(rule, in_diff=False),)))
    text = answer(claim(start_line=1, end_line=2, quote='token = "dapi…redacted"\nsend(token)', message=rule.message))
    change = Change(base="main", lines={"job.py": frozenset({2})})
    assert len(joined(reviewed, ("one", text), change=change).review.shown) == 1


def test_a_claim_is_in_the_change_only_if_a_line_that_it_quotes_is(reviewed: Reviewed) -> None:
    change = Change(base="main", lines={"job.py": frozenset({1})})
    (found,) = by_model(joined(reviewed, ("a", answer(claim(start_line=1, end_line=11))), change=change))
    assert (found.in_diff, found.location.start_line) == (False, 11)


def test_a_claim_alters_nothing_of_a_rules_finding_but_the_names(tmp_path: Path) -> None:
    (tmp_path / "job.py").write_text(f'token = "{TOKEN}"\n', encoding="utf-8")
    reviewed = cached_review(Request(path=tmp_path, today=TODAY), use_cache=False)
    (rule,) = reviewed.review.findings
    for severity in ("critical", "info"):
        same = claim(start_line=1, end_line=1, quote="token =", message=rule.message, severity=severity)
        (found,) = joined(reviewed, ("one", answer(same))).review.findings
        assert replace(found, specialists=rule.specialists) == rule


def test_a_quote_with_the_line_ends_of_windows_stands_in_the_code(reviewed: Reviewed) -> None:
    quote = "def send(batch: DataFrame) -> None:\r\n    post(batch.limit(10).collect())"
    (found,) = by_model(joined(reviewed, ("a", answer(claim(start_line=10, quote=quote)))))
    assert found.standing is Standing.UNVERIFIED
