"""What holds for every export: found by place, compared whole, the same for equal runs, harmless whatever is in it."""

from __future__ import annotations

import os
import random
import re
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.errors import UsageError
from orchestrator.evaluate.exports import formats, render
from tests.evaluate.exports.samples import SUITE, full, hostile, log, report, stale, synthetic
from tests.report.reviews import TRAPS
from tests.report.test_every_format import without_assets

EXPECTED = Path(__file__).parent / "expected"
REPORTS = {"full": full, "synthetic": synthetic, "stale": stale}
NAMES = tuple(formats())
# A stored run is JSON, which holds no lone surrogate.
STORABLE = tuple(trap for trap in TRAPS if trap != "\ud800")


def test_the_formats_are_the_files_with_a_render_function() -> None:
    assert NAMES == ("html", "inspect_log", "junit", "markdown", "mlflow_run", "sarif")


def test_an_unknown_format_is_told_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="no output format 'pdf'; there are html, inspect_log"):
        render("pdf", full())


@pytest.mark.parametrize("kind", REPORTS)
@pytest.mark.parametrize("name", NAMES)
def test_a_run_prints_as_it_was_accepted(name: str, kind: str) -> None:
    printed = without_assets(render(name, REPORTS[kind]()))
    accepted = EXPECTED / f"{kind}.{name}"
    if os.environ.get("REWRITE_EXPECTED"):
        accepted.parent.mkdir(exist_ok=True)
        accepted.write_text(printed, encoding="utf-8")
    assert printed == accepted.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_the_order_in_which_things_were_said_and_loaded_changes_no_byte(name: str) -> None:
    order = random.Random(7)
    run = log()
    mixed = tuple(
        replace(entry, predictions=tuple(order.sample(entry.predictions, len(entry.predictions))))
        for entry in order.sample(run.entries, len(run.entries))
    )
    backwards = replace(SUITE, cases=tuple(reversed(SUITE.cases)))
    assert render(name, report(replace(run, entries=mixed), backwards)) == render(name, full())


@pytest.mark.parametrize("name", NAMES)
def test_a_synthetic_recording_never_shows_a_number_of_quality(name: str) -> None:
    printed = render(name, synthetic())
    assert re.search(r"(?i)f0\.?5|recall", printed) is None
    assert "synthetic" in printed


def test_what_was_not_measured_is_said_before_the_numbers() -> None:
    assert "agent quality: not measured" in render("html", synthetic())
    assert render("markdown", synthetic()).splitlines()[2].startswith("**agent quality: not measured")
    assert "1 recording could not stand for the model" in render("markdown", stale())


@pytest.mark.parametrize("trap", STORABLE)
@pytest.mark.parametrize("name", NAMES)
def test_nothing_that_acts_comes_out(name: str, trap: str) -> None:
    printed = without_assets(render(name, hostile(trap)))
    acting = {each for each in printed if unicodedata.category(each) in {"Cc", "Cf", "Cs", "Zl", "Zp"}}
    assert acting <= {"\n", "\t"}
