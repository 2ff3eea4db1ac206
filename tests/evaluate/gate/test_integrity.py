"""Lane 0 on its own: what the scorer must do with known answers, and what it says of recordings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.evaluate.case import Case
from orchestrator.evaluate.counts import CaseScore
from orchestrator.evaluate.gate import selftest
from orchestrator.evaluate.gate.integrity import cassette_flaws, integrity_lane, secrets
from orchestrator.evaluate.gate.verdicts import Verdict
from orchestrator.evaluate.score import score_case
from orchestrator.evaluate.suite import load_suite
from tests.evaluate.suites import write_suite


def test_a_suite_in_order_passes(tmp_path: Path) -> None:
    lane = integrity_lane(load_suite(write_suite(tmp_path)))
    assert (lane.verdict, lane.reasons) == (Verdict.PASSED, ())
    assert lane.notes == ("2 cases in 2 families, 0 recordings",)


def test_without_recordings_nothing_is_wrong_with_them(tmp_path: Path) -> None:
    suite = load_suite(write_suite(tmp_path))
    assert list(cassette_flaws(suite)) == []
    assert list(secrets(suite.folder)) == []


def deaf(score: CaseScore) -> CaseScore:
    """A scorer that finds nothing."""
    return replace(
        score, goldens=tuple(replace(each, found=False) for each in score.goldens), verdicts=score.verdicts[:0]
    )


def generous(score: CaseScore) -> CaseScore:
    """A scorer to which everything is found."""
    return replace(score, goldens=tuple(replace(each, found=True) for each in score.goldens))


@pytest.mark.parametrize(
    ("broken", "says"),
    [(deaf, "the goldens themselves do not score 1.0"), (generous, "silence does not score as silence")],
)
def test_a_scorer_that_is_wrong_is_caught(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: object, says: str
) -> None:
    suite = load_suite(write_suite(tmp_path))
    assert list(selftest.self_test(suite.cases)) == []
    assert callable(broken)
    monkeypatch.setattr(selftest, "score_case", lambda *given: broken(score_case(*given)))
    assert says in "\n".join(_reasons(suite.cases))


def _reasons(cases: Iterable[Case]) -> list[str]:
    return list(selftest.self_test(cases))
