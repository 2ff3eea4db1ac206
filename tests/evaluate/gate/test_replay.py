"""Lane 1: every difference between a baseline and a run is told, and only what somebody accepted goes in."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.errors import EvalError
from orchestrator.evaluate.baseline import (
    Accept,
    Baseline,
    Promotion,
    baseline_of,
    baseline_path,
    dump_baseline,
    read_baseline,
)
from orchestrator.evaluate.counts import CaseScore, Scored
from orchestrator.evaluate.gate.changes import changes
from orchestrator.evaluate.gate.replay import replay_lane
from orchestrator.evaluate.gate.verdicts import Lane, Verdict
from orchestrator.evaluate.promotion import promote
from orchestrator.types import Severity
from tests.evaluate.gate.scores import case, false, scored

WHY = (Promotion(why="the first one of all", dataset_version="1.0.0", changes=0),)
PLAIN = scored(case(1), case(2, wrong=(false(),)), case(3, is_clean=True))
BASE = baseline_of(PLAIN, WHY)


def with_cases(*changed: CaseScore) -> Scored:
    """The plain run with other cases in the place of those of their names."""
    known = {each.case: each for each in PLAIN.cases} | {each.case: each for each in changed}
    return scored(*known.values())


def accepting(*lines: tuple[str, str]) -> Baseline:
    """The baseline with accept lines."""
    accept = tuple(Accept(case=name, change=change, why="seen and wanted") for name, change in lines)
    return BASE.model_copy(update={"accept": accept})


def test_the_same_run_passes() -> None:
    lane = replay_lane(BASE, PLAIN)
    assert (lane.verdict, lane.reasons) == (Verdict.PASSED, ())
    assert lane.notes[0] == "3 reviews, 0 differences, 0 of them accepted"


@pytest.mark.parametrize(
    ("new", "change"),
    [
        (case(1, found=(False, False)), "g1 is lost"),
        (case(1, said=Severity.MEDIUM), "g1 is medium, was high"),
        (case(1, twin=(false(),)), "twin: new fp DLT999 src/load.py:40 (low)"),
        (case(3, is_clean=True, wrong=(false(),)), "input: new fp DLT999 src/load.py:40 (low)"),
        (
            case(3, is_clean=True, wrong=(false(outcome="ungrounded"),)),
            "input: new ungrounded DLT999 src/load.py:40 (low)",
        ),
        (case(2, wrong=(false(severity=Severity.HIGH),)), "input: fp DLT999 src/load.py:40 is high, was low"),
    ],
    ids=["lost must-find", "severity", "false on a twin", "false on clean code", "invented on clean code", "graver"],
)
def test_grave_differences_stop_the_gate_and_no_accept_line_helps(new: CaseScore, change: str) -> None:
    lane = replay_lane(BASE, with_cases(new))
    assert lane.verdict is Verdict.REGRESSION
    assert len(lane.reasons) == 1
    assert f"{change} (grave" in lane.reasons[0]
    refused = replay_lane(accepting((new.case, change)), with_cases(new))
    assert refused.verdict is Verdict.INTEGRITY
    assert "which no line accepts" in refused.reasons[0]


@pytest.mark.parametrize(
    ("new", "change"),
    [
        (case(1, found=(True, True)), "g2 is found"),
        (case(2), "input: no longer fp DLT999 src/load.py:40 (low)"),
        (case(1, wrong=(false(),)), "input: new fp DLT999 src/load.py:40 (low)"),
        (case(1, wrong=(false(outcome="unlabelled"),)), "input: new unlabelled DLT999 src/load.py:40 (low)"),
        (
            case(3, is_clean=True, wrong=(false(outcome="unlabelled"),)),
            "input: new unlabelled DLT999 src/load.py:40 (low)",
        ),
    ],
    ids=["found", "gone", "false", "unlabelled", "unlabelled on clean code"],
)
def test_other_differences_need_a_line_that_accepts_them_also_good_ones(new: CaseScore, change: str) -> None:
    run = with_cases(new)
    lane = replay_lane(BASE, run)
    assert lane.verdict is Verdict.REGRESSION
    assert lane.reasons == (f"{new.case}: {change} (accept it by a line of the baseline, or promote the run)",)
    assert replay_lane(accepting((new.case, change)), run).verdict is Verdict.PASSED


def test_a_lost_low_golden_that_need_not_be_found_can_be_accepted() -> None:
    old = scored(case(1, found=(True, True)))
    lane = replay_lane(baseline_of(old, WHY), scored(case(1, found=(True, False))))
    assert "g2 is lost (accept it" in lane.reasons[0]


def test_one_false_finding_that_comes_twice_is_one_difference() -> None:
    twice = case(2, wrong=(false(), false()))
    assert len(changes(BASE.cases, with_cases(twice))) == 1


def test_an_accept_line_that_fits_nothing_is_refused() -> None:
    lane = replay_lane(accepting(("case-01", "g2 is found")), PLAIN)
    assert lane.verdict is Verdict.INTEGRITY
    assert "fits no difference; remove it" in lane.reasons[0]


def test_a_case_that_only_one_has_or_that_was_not_measured_is_refused() -> None:
    assert _integrity(scored(*PLAIN.cases[:2])).reasons == ("case-03: only one of the baseline and the run has it",)
    stale = replace(scored(*PLAIN.cases[:2]), not_measured=("case-03 e1 input delta-lake-expert: STALE-PROMPT",))
    assert _integrity(stale).reasons == ("case-03 e1 input delta-lake-expert: STALE-PROMPT: not measured",)


def _integrity(run: Scored) -> Lane:
    lane = replay_lane(BASE, run)
    assert lane.verdict is Verdict.INTEGRITY
    return lane


@pytest.mark.parametrize(
    ("other", "says"),
    [
        (replace(PLAIN, dataset_version="1.1.0"), "dataset version '1.0.0' and the run of '1.1.0'"),
        (replace(PLAIN, dataset_sha256="b" * 64), "the digest of the dataset"),
        (replace(PLAIN, suite="other"), "the suite"),
        (replace(PLAIN, scorer="score/v2"), "the scorer"),
        (replace(PLAIN, taxonomy=2), "the taxonomy"),
    ],
)
def test_a_baseline_of_another_dataset_is_refused_by_name(other: Scored, says: str) -> None:
    with pytest.raises(EvalError, match=says) as raised:
        replay_lane(BASE, other)
    assert raised.value.exit_code == 3
    assert "baselines/rules.json" in str(raised.value)


def test_a_baseline_is_written_and_read_and_its_text_is_the_same_every_time(tmp_path: Path) -> None:
    done = promote(PLAIN, tmp_path, why="the first one of all")
    assert read_baseline(tmp_path, "rules") == done.baseline
    first = done.path.read_bytes()
    assert dump_baseline(baseline_of(PLAIN, done.baseline.promotions)).encode() == first
    assert str(tmp_path).encode() not in first


@pytest.mark.parametrize("how", ["synthetic", "hand_edited"])
def test_recordings_of_a_script_never_become_a_baseline(tmp_path: Path, how: str) -> None:
    with pytest.raises(EvalError, match="which measure nobody"):
        promote(scored(case(1), how=how, system="recorded"), tmp_path, why="a script said so")
    assert not baseline_path(tmp_path, "recorded").exists()


def test_a_part_of_the_suite_never_becomes_a_baseline(tmp_path: Path) -> None:
    parts = (
        replace(PLAIN, split="dev"),
        replace(PLAIN, cases_missing=("x",)),
        replace(PLAIN, not_measured=("case-01 e1 input a: MISSING",)),
    )
    for part in parts:
        with pytest.raises(EvalError, match="cannot become a baseline"):
            promote(part, tmp_path, why="only a part of it")


def test_baselines_go_up_freely_and_down_only_when_somebody_says_so(tmp_path: Path) -> None:
    promote(PLAIN, tmp_path, why="the first one of all")
    better = with_cases(case(1, found=(True, True)))
    assert [str(each) for each in promote(better, tmp_path, why="g2 is found now").changes] == ["case-01: g2 is found"]
    with pytest.raises(EvalError, match="would be lowered: case-01: g2 is lost; mend it, or promote with --lower"):
        promote(PLAIN, tmp_path, why="back to the first")
    promote(PLAIN, tmp_path, why="g2 was never right", lower=True)
    kept = read_baseline(tmp_path, "rules")
    assert kept is not None
    assert [(each.why, each.changes, each.lowered) for each in kept.promotions] == [
        ("the first one of all", 0, False),
        ("g2 is found now", 1, False),
        ("g2 was never right", 1, True),
    ]


def test_a_reason_is_needed(tmp_path: Path) -> None:
    with pytest.raises(EvalError, match="says too little"):
        promote(PLAIN, tmp_path, why="because ")


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[:100],
        lambda text: text.replace('"suite"', '"suit"'),
        lambda text: text.replace("eval-baseline/v1", "eval-baseline/v9"),
        lambda text: text.replace('"system": "rules"', '"system": "other"'),
        lambda text: json.dumps({**json.loads(text), "accept": [{"case": "x", "change": "y", "why": "z"}]}),
    ],
    ids=["cut", "a key", "another format", "another system", "an accept line without a reason"],
)
def test_a_damaged_baseline_is_refused_by_name(tmp_path: Path, damage: Callable[[str], str]) -> None:
    path = promote(PLAIN, tmp_path, why="the first one of all").path
    path.write_text(damage(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(EvalError, match=r"baselines/rules\.json is "):
        read_baseline(tmp_path, "rules")


def test_no_baseline_is_none(tmp_path: Path) -> None:
    assert read_baseline(tmp_path, "rules") is None
