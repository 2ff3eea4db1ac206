"""docs/evals.md: who enters its tables, what is said of the others, and what its numbers are of."""

from __future__ import annotations

import runpy
from dataclasses import replace
from pathlib import Path

from orchestrator.evaluate.exports.report import Report
from orchestrator.evaluate.system import system
from tests.evaluate.exports.samples import SAID, full, log, report, synthetic

PAGE = runpy.run_path(str(Path(__file__).parents[2] / "evals" / "quality_page.py"))


def page(*measured: tuple[str, Report], failed: dict[str, str] | None = None) -> str:
    made = tuple(PAGE["Measured"](system=system(name), report=found) for name, found in measured)
    text: str = PAGE["page"](made, failed or {})
    return text


def peer() -> Report:
    run = log()
    said = tuple(replace(each, agents=("cylint",), source="peer") for each in SAID)
    entries = tuple(replace(entry, predictions=said if entry.variant == "input" else ()) for entry in run.entries)
    return report(replace(run, spec=replace(run.spec, system="cylint", how="peer"), entries=entries))


def rows(text: str, start: str) -> list[str]:
    part = text.partition(f"## {start}\n")[2].partition("\n## ")[0]
    return [line for line in part.splitlines() if line.startswith("| ") and not line.startswith("| system")]


def test_rules_and_linters_stand_in_the_table_ours_first_with_versions() -> None:
    names = [row.split("|")[1].strip() for row in rows(page(("cylint", peer()), ("rules", full())), "All cases")]
    assert names == ["**our rules, those on by default**", "cylint 0.1.5"]


def test_without_recordings_of_a_model_the_page_says_that_agents_are_not_measured() -> None:
    assert "**agent quality: not measured.**" in page(("rules", full()))


def test_a_synthetic_run_never_enters() -> None:
    text = page(("rules", full()), ("recorded", synthetic()))
    assert text == page(("rules", full()))


def test_a_live_recording_enters_and_says_how_it_was_made() -> None:
    text = page(("rules", full()), ("recorded", report(log("live"))))
    assert "not measured.**" not in text
    assert "Agents were measured from recordings: recorded (live, 1 epochs)." in text
    assert rows(text, "All cases")[1].startswith("| recorded | live | 1 of 2 | 1 |")


def test_a_match_by_category_alone_is_not_counted_by_name() -> None:
    weak = tuple(replace(each, rule="SOMETHING") for each in SAID[:1])
    (row,) = rows(page(("rules", report(log(input_=weak)))), "All cases")
    assert row.split("|")[3:5] == [" 1 of 2 ", " 0 "]


def test_a_linter_that_could_not_be_run_is_named_with_the_reason() -> None:
    text = page(("rules", full()), failed={"sqlfluff": "sqlfluff took more than 300 s"})
    assert "- **semgrep**: Its rules for Python are fetched from its maker's site" in text
    assert "- **sqlfluff**: sqlfluff took more than 300 s" in text


def test_the_page_says_what_its_numbers_are_of() -> None:
    text = page(("rules", full())).replace("\n", " ")
    assert "dataset version 0.1.0 (sha256 `000000000000`), by the scorer score/v1 with taxonomy" in text
    assert "2 cases in 2 families, 1 of them clean, with 2 golden findings, 1 of them of kinds" in text
