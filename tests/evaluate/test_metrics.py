"""The measures by their definitions, and null where they are undefined."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.evaluate.case import Case
from orchestrator.evaluate.counts import Counts, GoldenResult, Scored
from orchestrator.evaluate.metrics.calibration import calibration
from orchestrator.evaluate.metrics.measures import NAMES, measures, value
from orchestrator.evaluate.metrics.of_run import RunMetrics, run_metrics
from orchestrator.evaluate.metrics.stability import stability
from orchestrator.evaluate.prediction import Prediction, Variant
from orchestrator.evaluate.runlog import AgentRun, CassetteState, Entry, How, Invalid, RunLog, Spec
from orchestrator.evaluate.score import score
from orchestrator.types import Severity, Spending
from tests.evaluate.suites import loaded, said

COUNTS = Counts(
    tp=6, fp=2, fn=4, duplicates=1, unlabelled=3, weight=40, found_weight=30, pairs=10, right_pairs=5,
    clean_fp=2, clean_unlabelled=1, clean_lines=4000,
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("precision", 6 / 12),
        ("precision_labelled", 6 / 9),
        ("recall", 6 / 10),
        ("f05", 1.25 * 6 / (1.25 * 6 + 0.25 * 4 + 6)),
        ("f05_labelled", 1.25 * 6 / (1.25 * 6 + 0.25 * 4 + 3)),
        ("f1", 2 * 6 / (2 * 6 + 4 + 6)),
        ("f1_labelled", 2 * 6 / (2 * 6 + 4 + 3)),
        ("weighted_recall", 30 / 40),
        ("pair_accuracy", 5 / 10),
        ("clean_fp", 0.5),
        ("clean_fp_strict", 0.75),
    ],
)
def test_a_measure_is_what_its_definition_says(name: str, expected: float) -> None:
    assert value(name, COUNTS) == pytest.approx(expected)


def test_nothing_is_undefined_and_neither_zero_nor_one() -> None:
    assert [value(name, Counts()) for name in NAMES] == [None] * len(NAMES)


def test_intervals_hold_their_value_and_certainty_needs_more_than_one_finding() -> None:
    found = measures([COUNTS, replace(COUNTS, tp=1, fn=9, found_weight=9, right_pairs=1), replace(COUNTS, tp=9, fn=1)])
    for name in NAMES:
        each = getattr(found, name)
        assert each.low <= each.value <= each.high, name
    alone = measures([Counts(tp=1), Counts(fn=0, tp=1)]).precision
    assert (alone.value, alone.high) == (1.0, 1.0)
    assert alone.low is not None
    assert alone.low < 0.5


def entry(case: Case, *findings: Prediction, epoch: int = 1, variant: Variant = "input", spent: float = 0.5) -> Entry:
    runs = (
        AgentRun(agent="a", status="full", spending=Spending(calls=1, input_tokens=90, output_tokens=10, usd=spent)),
    )
    return Entry(case=case.id, variant=variant, epoch=epoch, predictions=findings, lines=10, agents=runs, seconds=2.0)


def log(case: Case, *entries: Entry, epochs: int = 1, how: How = "live") -> RunLog:
    spec = Spec(
        suite="small", dataset_version="0.1.0", dataset_sha256="0", case_sha256={case.id: "0"}, system="s", how=how,
        epochs=epochs,
    )  # fmt: skip
    return RunLog(spec=spec, entries=entries)


def of(case: Case, *entries: Entry, epochs: int = 1) -> RunMetrics:
    run = log(case, *entries, epochs=epochs)
    return run_metrics(run, [case], score(run, [case]))


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return loaded(tmp_path)


def test_groups_hold_what_is_theirs(case: Case) -> None:
    found = of(case, entry(case, said("PYS001"), said("PYS003", 3)), entry(case, variant="twin"))
    categories = {each.name: each for each in found.categories.groups}
    assert {name: (each.counts.tp, each.counts.fn, each.counts.fp) for name, each in categories.items()} == {
        "performance": (1, 0, 1),
        "streaming": (0, 1, 0),
    }
    assert categories["streaming"].measures.precision.value is None
    assert found.categories.macro["recall"] == 0.5
    assert found.macro_by_case["recall"] == 0.5
    assert [(each.name, each.measures.precision.value) for each in found.tiers.groups] == [("T1", None)]
    assert [each.name for each in found.domains.groups] == ["pyspark"]
    assert found.overall.measures.weighted_recall.value == pytest.approx(4 / 12)
    assert found.owasp_index == pytest.approx(0.5)


def test_an_agent_answers_for_the_rules_it_has_and_for_what_it_said(case: Case) -> None:
    both = (said("PYS001"), said("STR001", 16, agents=("streaming-specialist",)), said("STR001", 3, agents=("other",)))
    found = of(case, entry(case, *both))
    agents = {each.name: each.counts for each in found.agents.groups}
    assert (agents["pyspark-optimizer"].tp, agents["pyspark-optimizer"].fn) == (1, 0)
    assert (agents["streaming-specialist"].tp, agents["streaming-specialist"].fn) == (1, 0)
    assert (agents["other"].tp, agents["other"].unlabelled) == (0, 1)
    gains = {each.agent: (each.unique_true, each.unique_false) for each in found.contributions}
    assert gains == {"pyspark-optimizer": (1, 0), "streaming-specialist": (1, 0), "other": (0, 0)}
    assert all((each.f05_gain or 0) > 0 for each in found.contributions if each.agent != "other")


def test_what_two_agents_found_is_unique_to_neither(case: Case) -> None:
    found = of(case, entry(case, said("PYS001", agents=("a", "b"))))
    assert [(each.agent, each.unique_true, each.f05_gain) for each in found.contributions] == [
        ("a", 0, 0.0), ("b", 0, 0.0),
    ]  # fmt: skip


def test_severity_is_off_by_steps_on_matched_pairs_only(case: Case) -> None:
    found = of(case, entry(case, said("PYS001", severity=Severity.LOW), said("PYS003", 3))).severity
    assert (found.pairs, found.mean_absolute_error, found.confusion) == (1, 2.0, {"high>low": 1})


def test_places_are_measured_whatever_the_tolerance(case: Case) -> None:
    far = said("PYS001", 1)
    near = said("STR001", 13, evidence="def follow() -> None:")
    found = of(case, entry(case, far, near)).localisation
    assert (found.pairs, found.median_gap, found.p90_gap) == (2, 6.0, 9.0)
    assert found.hits == {"hit@0": 0.0, "hit@3": 0.5, "hit@10": 1.0}


def test_shares_of_quotes_and_answers(case: Case) -> None:
    broken = replace(
        entry(case, said(), said(confidence=50), said("STR001", 16, evidence="nowhere")),
        invalid=(Invalid(agent="a", reason="no JSON"),),
    )
    found = of(case, broken).grounding
    assert (found.findings, found.valid, found.hallucinated, found.duplicate) == (3, 2 / 3, 1 / 3, 1 / 3)
    assert (found.invalid, found.invalid_rate) == (1, 1.0)


def test_cost_is_by_true_finding_line_and_case(case: Case) -> None:
    found = of(case, entry(case, said())).economics
    assert (found.calls, found.tokens, found.usd, found.usd_per_true_finding) == (1, 100, 0.5, 0.5)
    assert (found.tokens_per_true_finding, found.usd_per_1k_lines, found.usd_per_case) == (100.0, 50.0, 0.5)
    assert (found.seconds_p50, found.seconds_p95) == (2.0, 2.0)
    nothing = of(case, replace(entry(case), agents=(), seconds=None)).economics
    assert (nothing.usd, nothing.usd_per_true_finding, nothing.seconds_p50) == (None, None, None)


def test_calibration_is_of_labelled_findings(case: Case) -> None:
    found = calibration(
        _scored(case, said(confidence=100), said("PYS003", 3, confidence=50), said("SEC002", 5, confidence=25))
    )
    assert (found.findings, found.brier, found.expected_error) == (2, 0.125, None)
    assert found.brier == pytest.approx((found.reliability or 0) - (found.resolution or 0) + 0.25)
    assert [(each.confidence, each.coverage, each.precision) for each in found.curve] == [
        (50, 1.0, 0.5),
        (100, 0.5, 1.0),
    ]
    assert (found.threshold, found.skill) == (100, 0.5)
    assert calibration(_scored(case)).brier is None


def _scored(case: Case, *findings: Prediction) -> Scored:
    return score(log(case, entry(case, *findings)), [case])


def test_calibration_error_needs_twenty_findings_in_a_bin(case: Case) -> None:
    held = _scored(case, said(confidence=75))
    verdicts = held.cases[0].verdicts
    many = replace(held, cases=(replace(held.cases[0], verdicts=verdicts * 40),))
    assert calibration(many).expected_error == pytest.approx(0.25)
    few = replace(held, cases=(replace(held.cases[0], verdicts=verdicts * 39),))
    assert calibration(few).expected_error is None


def test_stability_compares_epochs_and_is_undefined_for_one(case: Case) -> None:
    both, one = (said("PYS001"), said("STR001", 16)), (said("PYS001"),)
    found = of(case, entry(case, *one), entry(case, *both, epoch=2), epochs=2).stability
    assert (found.jaccard, found.always, found.ever, found.must_find_always) == (0.5, 0.5, 1.0, 1.0)
    assert found.f1_deviation == pytest.approx(abs(1 - 2 / 3) / 2**0.5)
    alone = stability(_scored(case, *both))
    assert (alone.epochs, alone.jaccard, alone.always) == (1, None, None)


def test_what_is_not_fresh_is_neither_zero_nor_a_pass(case: Case) -> None:
    stale = replace(entry(case, said()), cassettes=(CassetteState(agent="a", state="STALE-PROMPT", how="live"),))
    run = log(case, stale)
    scored = score(run, [case])
    assert (scored.cases, scored.not_measured) == ((), ("loads-everything e1 input a: STALE-PROMPT",))
    found = run_metrics(run, [case], scored)
    assert (found.overall.measures.recall.value, found.overall.cases) == (None, 0)


def test_a_case_that_the_run_does_not_hold_is_told(case: Case) -> None:
    assert score(log(case), [case]).cases_missing == ("loads-everything",)


def test_a_golden_knows_whose_rule_it_is(case: Case) -> None:
    goldens: tuple[GoldenResult, ...] = _scored(case).cases[0].goldens
    assert [each.agents for each in goldens] == [("pyspark-optimizer",), ("streaming-specialist",)]
