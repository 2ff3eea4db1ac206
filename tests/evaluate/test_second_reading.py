"""The second reading of databricks-review: its file fits the suite, and its numbers are what the formulas say."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
import yaml

EVALS = Path(__file__).parents[2] / "evals"
PROGRAM = runpy.run_path(str(EVALS / "second_reading.py"))


def test_the_committed_reading_adds_up_and_names_cases_of_the_suite(capsys: pytest.CaptureFixture[str]) -> None:
    assert PROGRAM["main"]([]) == 0
    assert "| positive specific agreement | 0." in capsys.readouterr().out


def test_a_count_that_does_not_add_up_and_a_case_that_is_nowhere_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reading = yaml.safe_load((EVALS / "databricks-review" / "second_reading.yaml").read_text(encoding="utf-8"))
    reading["cases"][0] |= {"case": "no-such-case", "golden": reading["cases"][0]["golden"] + 1}
    file = tmp_path / "reading.yaml"
    file.write_text(yaml.safe_dump(reading), encoding="utf-8")
    assert PROGRAM["main"](["--file", str(file)]) == 1
    said = capsys.readouterr().err
    assert "no-such-case: both and only_golden are not the" in said
    assert "no-such-case: no such case in" in said


def test_kappa_of_severities_counts_steps_and_not_only_equality() -> None:
    same = [("low", "low"), ("high", "high"), ("critical", "critical")]
    near = [*same, ("high", "critical")]
    far = [*same, ("low", "critical")]
    assert PROGRAM["weighted_kappa"](same) == pytest.approx(1)
    assert PROGRAM["weighted_kappa"](near) == pytest.approx(0.8)
    assert PROGRAM["weighted_kappa"](far) < PROGRAM["weighted_kappa"](near)
