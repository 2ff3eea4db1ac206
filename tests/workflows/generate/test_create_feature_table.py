"""`create-feature-table`: a key with a time, windows that end before their moment, and no feature that was guessed."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from orchestrator.code.source import SourceFile
from orchestrator.code.sql import CreateTable, sql_file_units
from tests.workflows.generate.learning import is_tidy, leftovers, made, notes, refused

pytestmark = pytest.mark.enable_socket
COMMAND = "create-feature-table"
TABLE = "ml.features.customer_activity"
SOURCE = ("--source", "sales.silver.orders", "--entity", "customer_id", "--event-time", "ordered_at")
PART = "customer-activity-features"


def _declared(folder: Path) -> CreateTable:
    path = folder / PART / "sql/customer_activity.sql"
    units = sql_file_units(SourceFile(path=path.name, text=path.read_text(), digest=""))
    details = units[0].statements[0].details
    assert isinstance(details, CreateTable)
    return details


def test_the_statement_declares_the_key_the_time_and_each_feature_with_its_meaning(tmp_path: Path) -> None:
    made(tmp_path, COMMAND, TABLE, *SOURCE, "--values", "amount", "--windows", "30,7,7")
    declared = _declared(tmp_path)

    assert [each.name for each in declared.columns] == [
        "customer_id", "available_at", "events_7d", "amount_sum_7d", "amount_mean_7d", "events_30d", "amount_sum_30d",
        "amount_mean_30d", "days_since_last",
    ]  # fmt: skip
    assert all(each.comment for each in declared.columns)
    assert declared.cluster_by == ("AUTO",)
    assert (
        "PRIMARY KEY (customer_id, available_at TIMESERIES)"
        in (tmp_path / PART / "sql/customer_activity.sql").read_text()
    )


def test_the_code_has_the_same_windows_and_columns_and_is_tidy(tmp_path: Path) -> None:
    made(tmp_path, COMMAND, TABLE, *SOURCE, "--values", "amount,tax", "--windows", "30,7", "--delay-hours", "6")
    features = (tmp_path / PART / "src/customer_activity_features/features.py").read_text()

    assert 'VALUES = ["amount", "tax"]\n' in features
    assert "WINDOWS = [7, 30]\n" in features
    assert "DELAY_HOURS = 6\n" in features
    assert not leftovers(tmp_path / PART)
    is_tidy(tmp_path / PART)


def test_an_online_store_is_published_to_after_the_features_and_only_when_asked(tmp_path: Path) -> None:
    made(tmp_path, COMMAND, TABLE, *SOURCE, "--online")
    made(tmp_path, COMMAND, TABLE, *SOURCE, "--into", "offline")
    job = yaml.safe_load((tmp_path / PART / f"resources/{PART.replace('-', '_')}.job.yml").read_text())

    tasks = {each["task_key"]: each for each in job["resources"]["jobs"]["features"]["tasks"]}
    assert tasks["publish"]["depends_on"] == [{"task_key": "compute"}]
    assert not list((tmp_path / "offline").rglob("publish.py"))
    is_tidy(tmp_path / PART)


def test_types_come_from_the_workspace_and_numbers_that_could_be_summed_are_asked_for(tmp_path: Path) -> None:
    words = ("--source", "retail_prod.silver.orders", "--entity", "customer_id", "--event-time", "ordered_at")
    said = notes(made(tmp_path, COMMAND, TABLE, *words, "--workspace", "sandbox"))

    assert _declared(tmp_path).columns[0].type == "BIGINT"
    assert "which numbers are summed? Only events are counted; --values names them: total_amount" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("activity", *SOURCE), "the table 'activity' is no full name"),
        ((TABLE, *SOURCE[2:]), "--source is missing"),
        ((TABLE, *SOURCE[:2], *SOURCE[4:]), "--entity is missing"),
        ((TABLE, *SOURCE[:4]), "--event-time is missing"),
        ((TABLE, "--source", "a.b.c,d.e.f", *SOURCE[2:]), "--source names 2 tables"),
        ((TABLE, "--source", TABLE, *SOURCE[2:]), "is the feature table itself"),
        ((TABLE, *SOURCE, "--windows", "0"), "windows"),
        ((TABLE, *SOURCE, "--windows", "week"), "windows"),
        ((TABLE, *SOURCE, "--values", "customer_id"), "--values 'customer_id' is no number to be summed"),
        ((f"ml.features.{'x' * 60}", *SOURCE, "--online"), "is longer than the 63 bytes"),
        (
            (
                TABLE,
                "--source",
                "retail_prod.silver.orders",
                *SOURCE[2:4],
                "--event-time",
                "status",
                "--workspace",
                "sandbox",
            ),
            "--event-time 'status' of retail_prod.silver.orders is string",
        ),
    ],
)
def test_what_makes_no_feature_table_is_said(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    assert said in refused(tmp_path, COMMAND, *words)
