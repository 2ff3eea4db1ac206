"""The text format: what a person reads first."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from orchestrator.report import render
from orchestrator.types import Coverage, Severity, SpecialistCoverage, Status
from tests.report.reviews import CLEAN, FULL, HOST, INCOMPLETE, LOOP, context


def last_line(text: str) -> str:
    return text.rstrip("\n").rpartition("\n")[2]


def test_the_last_line_is_the_verdict() -> None:
    assert last_line(render("text", CLEAN, context())) == "CLEAN: no findings"
    assert last_line(render("text", FULL, context())) == "FAILED: 2 findings at or above the gate (high)"
    assert last_line(render("text", INCOMPLETE, context())) == "INCOMPLETE: 1 file could not be reviewed"


def test_specialists_that_were_held_up_alike_share_a_line() -> None:
    held = tuple(
        SpecialistCoverage(name=f"s{index}", status=Status.PARTIAL, rules=1, findings=0, reason="broken files")
        for index in range(5)
    )
    printed = render("text", replace(CLEAN, specialists=held), context())
    assert "s0, s1, s2, and 2 more worked in part: broken files\n" in printed


def test_an_incomplete_review_with_a_gated_finding_says_both() -> None:
    said = last_line(render("text", INCOMPLETE, context(fail_on=Severity.MEDIUM)))
    assert said == "FAILED: 1 finding at or above the gate (medium); 1 file could not be reviewed"


def test_findings_below_the_gate_pass_and_no_gate_fails_nothing() -> None:
    review = replace(CLEAN, findings=(HOST,))
    assert last_line(render("text", review, context())) == "PASSED: 1 finding, none at or above the gate (high)"
    assert last_line(render("text", review, context(fail_on=None))) == "PASSED: 1 finding, no gate was set"


def test_colour_changes_nothing_but_colour() -> None:
    plain, coloured = render("text", FULL, context()), render("text", FULL, context(colour=True))
    assert "\x1b" not in plain
    assert "\x1b[1;31mFAILED\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == plain


def test_evidence_is_trimmed_to_the_width() -> None:
    review = replace(CLEAN, findings=(replace(LOOP, evidence="    " + "x" * 5_000),))
    evidence = next(line for line in render("text", review, context(width=80)).splitlines() if "xxx" in line)
    assert len(evidence) == 80
    assert evidence.endswith("...")


def test_everything_is_shown_on_demand_with_the_reason_it_does_not_count() -> None:
    shown = render("text", FULL, context(show_all=True))
    assert "[cell 3; suppressed by comment: a sample value, see the README]" in shown
    assert "withheld: its evidence could not be verified" in shown
    assert "[outside the diff]" in shown


@pytest.mark.parametrize(("number", "said"), [(5, "five.sql"), (9, "and 4 more")])
def test_the_coverage_line_names_a_few_files_and_counts_the_rest(number: int, said: str) -> None:
    names = ["one.sql", "two.sql", "three.sql", "four.sql", "five.sql", "a", "b", "c", "d"][:number]
    skipped = tuple(Coverage(path=f"{index}-{name}", status=Status.SKIPPED) for index, name in enumerate(names))
    line = next(
        line for line in render("text", replace(CLEAN, coverage=skipped), context()).splitlines() if said in line
    )
    assert line.startswith(f"reviewed 0 of {number} files; not reviewed: 0-one.sql, 1-two.sql")


def test_an_incomplete_file_stands_before_the_other_gaps() -> None:
    line = next(line for line in render("text", INCOMPLETE, context()).splitlines() if "not reviewed:" in line)
    assert "not reviewed: src/broken.py (line 3: unexpected indent), legacy/report.sql" in line
