"""`monitor-data-product` on the sandbox: what a contract promises against the live table, and what would notice."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestrator.workspace.quality.arriving import DailyRows
from tests.cli.command import ROOT, orchestrate, told

pytestmark = pytest.mark.enable_socket

CONTRACT = ROOT / "examples" / "commands" / "monitor-data-product" / "sales.odcs.yaml"
MONITOR = ("monitor-data-product", "sales.odcs.yaml", "--workspace", "sandbox", "--quiet")
BAD_INPUT, FAILED, INCOMPLETE = 2, 1, 3
_TAIL = "physicalType: BIGINT\n      - name: channel\n        logicalType: string\n        physicalType: STRING\n"
_LOADS = """
import sys, yaml
from databricks.bundles.alerts import Alert
from databricks.bundles.dashboards import Dashboard
from databricks.bundles.quality_monitors import QualityMonitor
kinds = {"alerts": Alert, "dashboards": Dashboard, "quality_monitors": QualityMonitor}
for kind, found in yaml.safe_load(open(sys.argv[1]))["resources"].items():
    for value in found.values():
        kinds[kind].from_dict(value)
        print(kind)
"""


def _placed(folder: Path, *changes: tuple[str, str]) -> None:
    text = CONTRACT.read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    (folder / "sales.odcs.yaml").write_text(text, encoding="utf-8")


def _review(folder: Path, *words: str) -> dict[str, Any]:
    ended = orchestrate(folder, *MONITOR, *words, "--output", "json")
    assert ended.stdout, ended.stderr
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def _found(review: dict[str, Any]) -> set[tuple[str, str]]:
    return {(each["rule"], each["severity"]) for each in review["findings"]}


def test_what_differs_from_the_contract_is_found_with_its_row(tmp_path: Path) -> None:
    _placed(tmp_path)
    review = _review(tmp_path)
    schema = {each["message"].partition(": promised")[0] for each in review["findings"] if "schema" in each["rule"]}
    assert schema == {
        "retail_prod.gold.daily_sales.orders: type",
        "retail_prod.gold.daily_sales.channel: missing",
        "retail_prod.gold.daily_sales.sales_date: nullable",
        "retail_prod.gold.daily_sales.store_id: nullable",
    }
    assert ("monitor-fails", "medium") in _found(review)


def test_a_promise_is_kept_broken_or_not_measured(tmp_path: Path) -> None:
    _placed(tmp_path)
    rows = {row[1]: row[3] for row in _review(tmp_path)["tables"][0]["rows"]}
    assert rows["columns and types"] == "broken"
    assert rows["latency 26 h"] == "kept"
    assert rows["retention 3 y"] == "not measured"
    assert rows["the table has at least 1 rows"] == "kept"


def test_data_older_than_promised_fails_the_command(tmp_path: Path) -> None:
    _placed(tmp_path, ("value: 26", "value: 2"))
    review = _review(tmp_path)
    late = next(each for each in review["findings"] if each["rule"] == "sla-latency-broken")
    assert late["message"] == "the newest row of retail_prod.gold.daily_sales is 9.0 hours old; the contract allows 2"


def test_a_contract_that_holds_leaves_only_the_monitor_that_fails(tmp_path: Path) -> None:
    _placed(
        tmp_path,
        (_TAIL, "physicalType: INTEGER\n"),
        ("        required: true\n", ""),
    )  # fmt: skip
    assert _found(_review(tmp_path)) == {("monitor-fails", "medium")}


def test_a_table_that_is_not_there_is_not_measured_and_incomplete(tmp_path: Path) -> None:
    _placed(tmp_path, ("name: daily_sales", "name: no_such"))
    ended = orchestrate(tmp_path, *MONITOR)
    assert ended.returncode == INCOMPLETE
    assert "not measured" in ended.stdout
    assert "kept" not in ended.stdout.partition("The contract today")[2].partition("what was not")[0]


def test_a_day_with_half_of_the_usual_rows_is_low_and_few_rows_are_chance() -> None:
    days = ("2026-11-22: 1",)
    assert DailyRows(column="at", days=days, last=40, usual=100.0).is_low
    assert not DailyRows(column="at", days=days, last=60, usual=100.0).is_low
    assert not DailyRows(column="at", days=days, last=0, usual=3.0).is_low
    assert not DailyRows(column="at", days=days, last=0, usual=None).is_low


@pytest.mark.real
def test_the_proposed_resources_load_in_the_types_of_bundles(tmp_path: Path) -> None:
    _placed(tmp_path)
    _review(tmp_path, "--into", "bundle")
    resources = tmp_path / "bundle" / "resources" / "daily_sales.monitoring.yml"
    python = ROOT / ".venv-real" / "bin" / "python"
    ended = subprocess.run([python, "-c", _LOADS, resources], capture_output=True, text=True, check=False)
    assert ended.stdout.split() == ["quality_monitors", "alerts", "dashboards"], ended.stderr


def test_the_alert_fires_at_the_promised_age_and_for_an_empty_table(tmp_path: Path) -> None:
    _placed(tmp_path)
    _review(tmp_path, "--into", "bundle")
    text = (tmp_path / "bundle" / "resources" / "daily_sales.monitoring.yml").read_text(encoding="utf-8")
    alert = yaml.safe_load(text)["resources"]["alerts"]["daily_sales_is_late"]
    assert alert["evaluation"]["threshold"] == {
        "value": {"double_value": dt.timedelta(hours=26) / dt.timedelta(minutes=1)}
    }
    assert "999999" in alert["query_text"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("monitor-data-product", "--workspace", "sandbox"), "no data contract is below"),
        (("monitor-data-product", "orders", "--workspace", "sandbox"), "no data contract called 'orders' is below"),
        ((*MONITOR, "--server", "test"), "has no server 'test'; it has prod"),
        ((*MONITOR, "--table", "a.b.c"), "--table names no output port; the contracts promise"),
        (("monitor-data-product", "sales.odcs.yaml"), "asks a workspace and none is named"),
        ((*MONITOR, "--days", "1"), "days: Input should be"),
    ],
)  # fmt: skip
def test_what_cannot_be_monitored_is_bad_input(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    if "sales.odcs.yaml" in words:
        _placed(tmp_path)
    ended = orchestrate(tmp_path, *words)
    assert ended.returncode == BAD_INPUT, ended.stdout
    assert said in told(ended)
