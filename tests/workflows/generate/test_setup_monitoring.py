"""`setup-monitoring`: four questions with a signal each, measured thresholds, and alarms that say what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.workflows.generate.learning import is_tidy, leftovers, made, notes, refused
from tests.workflows.generate.pipelines import checked

pytestmark = pytest.mark.enable_socket
COMMAND = "setup-monitoring"
MODEL = ("--model-name", "ml.models.churn")
TABLE = ("--table", "ml.models.churn_predictions", "--time-column", "scored_on")
FEATURES = ("--features", "tenure_months,orders_90d")
ENDPOINT = ("--endpoint", "churn-prod", "--keys", "customer_id", *FEATURES)
PART = "churn-monitoring"


def _resources(folder: Path) -> dict[str, Any]:
    text = (folder / PART / "resources/churn_monitoring.job.yml").read_text()
    found: dict[str, Any] = yaml.safe_load(text)["resources"]
    return found


def test_a_table_of_predictions_is_watched_by_columns_alerts_and_a_runbook(tmp_path: Path) -> None:
    report = made(tmp_path, COMMAND, *MODEL, *TABLE, *FEATURES, "--silent-hours", "30")
    part = tmp_path / PART
    alerts = _resources(tmp_path)["alerts"]

    assert 'MOMENT = "scored_on"\n' in (part / "src/churn_monitoring/watched.py").read_text()
    assert next(row[0] for row in report["Signals of ml.models.churn_predictions"]) == "Does it run?"
    assert alerts["silence"]["evaluation"]["threshold"]["value"]["double_value"] == 30
    assert "max(scored_on)" in alerts["silence"]["query_text"]
    assert "models.churn_predictions_drift_metrics" in alerts["drift"]["query_text"]
    assert not list((part).rglob("*.sql"))
    assert not leftovers(part)
    is_tidy(part)


def test_requests_of_an_endpoint_are_unpacked_before_outcomes_are_joined(tmp_path: Path) -> None:
    words = ("--label", "churned", "--outcomes", "ml.gold.churned_customers")
    made(tmp_path, COMMAND, *MODEL, *ENDPOINT, *words)
    tasks = {each["task_key"]: each for each in _resources(tmp_path)["jobs"]["collect"]["tasks"]}
    unpack = (tmp_path / PART / "sql/unpack.sql").read_text()
    outcomes = (tmp_path / PART / "sql/outcomes.sql").read_text()

    assert tasks["outcomes"]["depends_on"] == [{"task_key": "unpack"}]
    assert tasks["unpack"]["sql_task"]["parameters"]["source"] == "ml.models.churn_prod_payload"
    assert "STRUCT<customer_id: STRING, tenure_months: DOUBLE, orders_90d: DOUBLE>" in unpack
    assert "WHEN MATCHED AND target.churned IS DISTINCT FROM source.churned" in outcomes
    assert not leftovers(tmp_path / PART)
    is_tidy(tmp_path / PART)


def test_no_threshold_is_written_down_and_an_alarm_waits_for_one(tmp_path: Path) -> None:
    made(tmp_path, COMMAND, *MODEL, *TABLE, *FEATURES)

    assert (
        "JOIN ${var.catalog}.models.churn_predictions_thresholds"
        in _resources(tmp_path)["alerts"]["drift"]["query_text"]
    )


def test_a_baseline_or_label_that_nobody_named_is_asked_for(tmp_path: Path) -> None:
    said = notes(made(tmp_path, COMMAND, *MODEL, *TABLE))

    assert "ml.models.churn_predictions_baseline is assumed, and the profile waits for it" in said
    assert "Without --label nobody can say whether the model is right" in said
    assert "Only the prediction is watched for drift" in said


def test_columns_that_the_workspace_has_are_used_and_others_refused(tmp_path: Path) -> None:
    words = ("--model-name", "ml_platform.models.churn", "--table", "ml_platform.monitoring.churn_predictions")
    said = refused(tmp_path, COMMAND, *words, "--workspace", "sandbox")
    assert "--version-column 'model_version' is no column of ml_platform.monitoring.churn_predictions" in said

    made(tmp_path, COMMAND, *words, "--version-column", "model_id", "--label", "churned", "--workspace", "sandbox")
    watched = (tmp_path / PART / "src/churn_monitoring/watched.py").read_text()
    assert 'VERSION = "model_id"\n' in watched
    assert 'LABEL = "churned"\n' in watched


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((*MODEL,), "neither --table nor --endpoint: where predictions are not kept there is nothing to watch"),
        (("--model-name", "churn", *TABLE), "--model-name 'churn' is no full name"),
        ((*MODEL, "--endpoint", "churn-prod"), "--features is missing: a request is unpacked by the columns"),
        ((*MODEL, "--endpoint", "../x", *FEATURES), "endpoint"),
        ((*MODEL, *TABLE, "--outcomes", "ml.gold.churned"), "--outcomes needs --label"),
        ((*MODEL, *TABLE, "--silent-hours", "0"), "silent-hours"),
    ],
)
def test_what_cannot_be_watched_is_said(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    assert said in refused(tmp_path, COMMAND, *words)


@pytest.mark.real
def test_its_own_tests_pass_with_the_real_sdk(tmp_path: Path) -> None:
    said = checked(tmp_path, COMMAND, *MODEL, *ENDPOINT, "--label", "churned", "--outcomes", "ml.gold.churned")

    assert said["tests pass"][0] == "passed", said
    assert said["bundle loads"] == ("passed", "4 resources")
