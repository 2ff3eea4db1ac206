"""`batch-inference`: scored by an alias, never by a number, into a table whose day can be written again."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.workflows.generate.learning import is_tidy, leftovers, made, notes, refused

pytestmark = pytest.mark.enable_socket
COMMAND = "batch-inference"
MODEL = "ml.models.churn"
TABLE = ("--table", "ml.features.customers_today")
KEYS = ("--keys", "customer_id,day")


def test_the_part_is_tidy_and_names_alias_keys_model_and_tables(tmp_path: Path) -> None:
    made(tmp_path, COMMAND, MODEL, *TABLE, *KEYS, "--alias", "challenger", "--features", "orders_90d")
    part = tmp_path / "churn-scoring"
    score = (part / "src/churn_scoring/score.py").read_text()
    job = yaml.safe_load((part / "resources/churn_scoring.job.yml").read_text())["resources"]["jobs"]["score"]
    targets = yaml.safe_load((part / "databricks.yml").read_text())["targets"]

    assert 'KEYS = ["customer_id", "day"]\nALIAS = "challenger"\n' in score
    assert job["tasks"][0]["python_wheel_task"]["parameters"] == [
        "--model=${var.model}",
        "--table=${var.table}",
        "--result=${var.catalog}.features.churn_predictions",
        "--day={{job.parameters.day}}",
    ]
    assert targets["dev"]["variables"]["model"] == "ml_dev.models.churn"
    assert not leftovers(part)
    is_tidy(part)


def test_keys_types_and_features_come_from_the_workspace(tmp_path: Path) -> None:
    words = ("--table", "ml_platform.features.customer_features", "--workspace", "sandbox")
    report = made(tmp_path, COMMAND, "ml_platform.models.churn", *words)
    statement = (tmp_path / "churn-scoring/sql/churn_predictions.sql").read_text()

    assert "  customer_id BIGINT NOT NULL" in statement
    assert "  revenue_30d DOUBLE COMMENT" in statement
    assert "which types" not in notes(report)
    assert "which features" not in notes(report)


def test_what_nobody_said_is_asked(tmp_path: Path) -> None:
    said = notes(made(tmp_path, COMMAND, MODEL, *TABLE, *KEYS))

    assert "which types have customer_id, day? The statement of the result says STRING" in said
    assert "which features does the model have?" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((MODEL, *KEYS), "--table is missing"),
        ((MODEL, *TABLE), "--keys is missing: nothing says what identifies a row of ml.features.customers_today"),
        (("churn", *TABLE, *KEYS), "the model 'churn' is no full name"),
        ((MODEL, *TABLE, *KEYS, "--alias", "7"), "--alias '7' is no alias"),
        ((MODEL, *TABLE, *KEYS, "--alias", "latest"), "--alias 'latest' is no alias"),
        ((MODEL, *TABLE, *KEYS, "--result-table", "ml.features.customers_today"), "is the table of the rows to score"),
        (
            (MODEL, "--table", "ml_platform.features.customer_features", "--keys", "nobody", "--workspace", "sandbox"),
            "--keys 'nobody' is no column of ml_platform.features.customer_features (the workspace sandbox)",
        ),
    ],
)
def test_what_cannot_be_scored_is_said(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    assert said in refused(tmp_path, COMMAND, *words)


def test_a_table_that_the_workspace_does_not_have_is_a_gap_and_not_a_guess(tmp_path: Path) -> None:
    from tests.cli.command import orchestrate

    words = (COMMAND, MODEL, *TABLE, *KEYS, "--workspace", "sandbox", "--quiet")
    ended = orchestrate(tmp_path, *words)

    assert ended.returncode == 3
    assert "table ml.features.customers_today" in ended.stdout
