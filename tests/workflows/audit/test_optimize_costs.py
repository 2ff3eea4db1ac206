"""`optimize-costs` on the sandbox: every planted waste with its arithmetic, nothing else, and safe changes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import orchestrate, told
from tests.workflows.operate.failing import every_step_fails_in_turn, staged

pytestmark = pytest.mark.enable_socket

COSTS = ("optimize-costs", "--workspace", "sandbox", "--quiet", "--output", "json")
INCOMPLETE, BAD_INPUT = 3, 2


def _review(folder: Path, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(orchestrate(folder, *COSTS, *words).stdout)
    return found


def test_every_planted_waste_is_found_and_nothing_else(tmp_path: Path) -> None:
    review = _review(tmp_path)
    found = {(each["rule"], json.loads(each["evidence"]).get("name")) for each in review["findings"]}
    assert found == {
        ("cluster-never-stops", "adhoc-data-science"),
        ("job-on-all-purpose", "retail_gold"),
        ("job-on-all-purpose", "refunds_report"),
        ("pool-idle", "always-on"),
        ("warehouse-never-stops", "bi-always-on"),
        ("warehouse-oversized", "bi-always-on"),
    }
    assert review["outcome"] == "failed"


def test_a_saving_is_its_arithmetic_with_the_date_of_the_price(tmp_path: Path) -> None:
    savings = next(table for table in _review(tmp_path)["tables"] if table["title"] == "What can be saved")
    rows = {row[1]: dict(zip(savings["columns"], row, strict=True)) for row in reversed(savings["rows"])}
    stopped = rows["SQL warehouse 7d1c0e5522aa0011 (bi-always-on)"]
    cost = stopped["list cost"]
    assert stopped["how the saving is computed"].startswith(f"{cost:,.2f} x (720 - 59) / 720 hours")
    assert stopped["saving"] == pytest.approx(cost * (720 - 59) / 720, abs=0.01)
    assert stopped["currency"] == "USD"
    assert "since 2024-06-06" in savings["note"]
    assert rows["cluster 1101-090000-adhoc002 (adhoc-data-science)"]["saving"] is None


def test_the_code_of_a_project_is_reviewed_for_cost_too(tmp_path: Path) -> None:
    (tmp_path / "load.py").write_text(
        'for row in spark.table("a.b.c").collect():\n    spark.table("a.b.d").where(f"id = {row.id}").count()\n',
        encoding="utf-8",
    )
    rules = {each["rule"] for each in _review(tmp_path)["findings"]}
    assert any(rule.startswith("PYS") for rule in rules)


def test_without_a_workspace_the_code_is_judged_and_the_run_is_incomplete(tmp_path: Path) -> None:
    ended = orchestrate(tmp_path, "optimize-costs", "--quiet")
    assert ended.returncode == INCOMPLETE
    assert "clusters, warehouses, jobs and bills were not looked at" in ended.stdout


@pytest.mark.parametrize("days", ["0", "366"])
def test_a_window_that_is_none_is_bad_input(days: str, tmp_path: Path) -> None:
    ended = orchestrate(tmp_path, "optimize-costs", "--days", days, "--workspace", "sandbox")
    assert ended.returncode == BAD_INPUT
    assert "days: Input should be" in told(ended)


def test_the_changes_that_interrupt_nobody_hold_or_are_taken_back(tmp_path: Path) -> None:
    with staged(tmp_path) as stage:
        every_step_fails_in_turn(stage, "optimize-costs", "--fail-on", "never")


def test_the_approved_savings_are_applied_and_read_back(tmp_path: Path) -> None:
    notes = "\n".join(_review(tmp_path)["notes"])
    sha = notes.partition("--approve ")[2][:12]
    review = _review(tmp_path, "--apply", "--approve", sha, "--fail-on", "never")
    steps = next(table for table in review["tables"] if table["title"] == "What became of each step")
    assert [row[2] for row in steps["rows"]] == ["verified", "verified"]


def test_small_files_and_unread_tables_of_a_catalog_are_found_and_others_are_not(tmp_path: Path) -> None:
    review = _review(tmp_path, "--catalog", "retail_prod", "--days", "60")
    found = {(each["rule"], json.loads(each["evidence"]).get("table")) for each in review["findings"]}
    stored = {pair for pair in found if pair[0] in {"small-files", "table-unread"}}
    assert ("small-files", "retail_prod.bronze.web_events") in stored
    assert [table for rule, table in stored if rule == "small-files"] == ["retail_prod.bronze.web_events"]
    facts = (tmp_path / ".orchestrate" / "live" / "optimize-costs" / "storage.jsonl").read_text(encoding="utf-8")
    read = {row["table"] for row in map(json.loads, facts.splitlines()) if "last_read" in row}
    assert not {table for rule, table in stored if rule == "table-unread"} & read


def test_in_a_short_window_no_table_is_called_unread(tmp_path: Path) -> None:
    review = _review(tmp_path, "--catalog", "retail_prod", "--days", "7")
    assert "table-unread" not in {each["rule"] for each in review["findings"]}
