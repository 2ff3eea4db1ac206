"""`create-ml-pipeline`: one job whose tasks hand over numbers, and a gate between training and use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.workflows.generate.learning import FEATURES, ROWS, is_tidy, leftovers, made, notes, refused
from tests.workflows.generate.pipelines import checked

pytestmark = pytest.mark.enable_socket
COMMAND = "create-ml-pipeline"
SCORE = ("--score-table", "ml.features.customers_today")


def _tasks(part: Path) -> dict[str, dict[str, Any]]:
    job = yaml.safe_load((part / "resources/churn.job.yml").read_text())["resources"]["jobs"]["pipeline"]
    return {each["task_key"]: each for each in job["tasks"]}


@pytest.mark.parametrize(
    ("serve", "last", "file"),
    [("batch", "score", "score.py"), ("endpoint", "deploy", "deploy.py"), ("none", "promote", "promote.py")],
)
def test_each_way_to_use_the_champion_waits_for_the_gate(tmp_path: Path, serve: str, last: str, file: str) -> None:
    made(tmp_path, COMMAND, "churn", *ROWS, *FEATURES, *SCORE, "--serve", serve)
    part = tmp_path / "churn"
    tasks = _tasks(part)

    assert list(tasks)[-1] == last
    assert tasks["promote"]["depends_on"] == [{"task_key": "train"}]
    assert "--version={{tasks.train.values.version}}" in tasks["promote"]["python_wheel_task"]["parameters"]
    if last != "promote":
        assert tasks[last]["depends_on"] == [{"task_key": "promote"}]
    assert (part / "src/churn" / file).is_file()
    assert not leftovers(part)
    is_tidy(part)


def test_training_is_tried_once_since_each_try_registers_a_version(tmp_path: Path) -> None:
    made(tmp_path, COMMAND, "churn", *ROWS, *FEATURES, *SCORE)

    assert "max_retries" not in _tasks(tmp_path / "churn")["train"]


def test_the_table_of_predictions_has_the_key_the_day_and_what_monitoring_needs(tmp_path: Path) -> None:
    made(tmp_path, COMMAND, "churn", *ROWS, *FEATURES, *SCORE, "--model-name", "ml.models.churn")
    statement = (tmp_path / "churn/sql/churn_predictions.sql").read_text()

    assert "CREATE TABLE IF NOT EXISTS ml.models.churn_predictions (" in statement
    assert "PRIMARY KEY (customer_id, scored_on)" in statement
    assert "  tenure_months DOUBLE" in statement


def test_rows_to_score_that_nobody_named_are_assumed_and_asked_for(tmp_path: Path) -> None:
    report = made(tmp_path, COMMAND, "churn", *ROWS, *FEATURES)
    variables = yaml.safe_load((tmp_path / "churn/databricks.yml").read_text())["targets"]["prod"]["variables"]

    assert variables["to_score"] == "ml.features.customers_to_score"
    assert "which table has the rows to score? ml.features.customers_to_score is assumed" in notes(report)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("9churn", *ROWS, *FEATURES), "the name '9churn' is no name"),
        (("class", *ROWS, *FEATURES), "the name 'class' is no name"),
        (("churn", *ROWS[:6], *FEATURES), "--keys is missing: a prediction has to be found by something"),
        (("churn", *ROWS, *FEATURES, "--model-name", "churn"), "--model-name 'churn' is no full name"),
        (("churn", *ROWS, *FEATURES, "--score-table", "today"), "--score-table 'today' is no full name"),
    ],
)
def test_what_makes_no_pipeline_is_said(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    assert said in refused(tmp_path, COMMAND, *words)


@pytest.mark.real
def test_it_trains_refuses_promotes_and_scores_on_a_real_mlflow_and_local_spark(tmp_path: Path) -> None:
    said = checked(tmp_path, COMMAND, "churn", *ROWS, *FEATURES, *SCORE)

    assert said["tests pass"][0] == "passed", said
    assert said["tests pass"][1].startswith("38 passed")
    assert said["bundle loads"] == ("passed", "2 resources")


@pytest.mark.real
def test_an_endpoint_is_created_updated_or_left_alone_against_the_real_sdk(tmp_path: Path) -> None:
    said = checked(tmp_path, COMMAND, "churn", *ROWS, *FEATURES, "--serve", "endpoint")

    assert said["tests pass"][0] == "passed", said
