"""`train-model`: columns come from where they are known, nothing leaks by default, and each library gets its code."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.workflows.generate.learning import FEATURES, ROWS, is_tidy, leftovers, made, notes, refused
from tests.workflows.generate.pipelines import checked

pytestmark = pytest.mark.enable_socket
COMMAND = "train-model"
MODEL = ("--model-name", "ml.models.churn")
DDL = """CREATE TABLE ml.features.customers (
  customer_id BIGINT NOT NULL, observed_at TIMESTAMP NOT NULL, churned INT, region STRING, store_id INT,
  tenure_months INT, orders_90d DOUBLE, CONSTRAINT customers_pk PRIMARY KEY (customer_id, observed_at TIMESERIES)
);
"""


@pytest.mark.parametrize("library", ["sklearn", "xgboost", "lightgbm", "pytorch"])
def test_each_library_gets_a_part_without_a_finding_and_without_a_word_of_the_template(
    tmp_path: Path, library: str
) -> None:
    made(tmp_path, COMMAND, library, *ROWS, *FEATURES, *MODEL)
    part = tmp_path / "churn-training"

    assert not leftovers(part)
    is_tidy(part)
    assert f"mlflow.{library}.log_model(" in (part / "src/churn_training/model.py").read_text()
    module = "torch" if library == "pytorch" else library
    assert (
        f'importorskip("{module}", reason="not run: {module} is not installed here")'
        in (part / "tests/test_train.py").read_text()
    )


def test_columns_of_a_ddl_of_the_project_are_used_and_ids_texts_and_the_label_are_not(tmp_path: Path) -> None:
    (tmp_path / "customers.sql").write_text(DDL)
    report = made(tmp_path, COMMAND, "--table", "ml.features.customers", "--label", "churned", *MODEL)

    rows = (tmp_path / "churn-training/src/churn_training/rows.py").read_text()
    assert 'FEATURES = ["tenure_months", "orders_90d"]\n' in rows
    assert 'KEYS = ["customer_id"]\nMOMENT = "observed_at"\n' in rows
    assert ["left out", "region, store_id", "no number, or an id by its name"] in report["Decisions"]
    assert "columns of customers.sql" in str(report["Decisions"])


def test_a_table_of_the_same_name_in_another_schema_is_another_table(tmp_path: Path) -> None:
    (tmp_path / "customers.sql").write_text(DDL.replace("ml.features.customers", "ml.raw.customers"))
    (tmp_path / "others.sql").write_text(DDL.replace("ml.features.customers", "customers"))

    assert "no file and no workspace says what ml.features.customers has" in refused(tmp_path, COMMAND, *ROWS)


def test_columns_of_a_workspace_are_used(tmp_path: Path) -> None:
    words = (
        "--table",
        "ml_platform.monitoring.churn_predictions",
        "--label",
        "churned",
        "--time-column",
        "predicted_at",
    )
    report = made(tmp_path, COMMAND, *words, *MODEL, "--workspace", "sandbox")

    assert ["left out", "customer_id, model_id", "no number, or an id by its name"] in report["Decisions"]
    assert "are prediction all known at predicted_at?" in notes(report)


def test_production_reads_the_table_that_was_named_and_development_one_of_its_own(tmp_path: Path) -> None:
    rows = ("--table", "retail_prod.gold.customers", *ROWS[2:])
    made(tmp_path, COMMAND, *rows, *FEATURES, "--model-name", "ml_prod.models.churn", "--experiment-name", "churn")
    targets = yaml.safe_load((tmp_path / "churn-training/databricks.yml").read_text())["targets"]
    job = yaml.safe_load((tmp_path / "churn-training/resources/churn_training.job.yml").read_text())["resources"]

    assert targets["prod"]["variables"]["table"] == "retail_prod.gold.customers"
    assert targets["dev"]["variables"]["table"] == "retail_dev.gold.customers"
    assert [targets[name]["variables"]["catalog"] for name in ("dev", "prod")] == ["ml_dev", "ml_prod"]
    assert job["experiments"]["training"]["name"] == "/Shared/churn"
    assert job["jobs"]["train"]["schedule"]["pause_status"] == "PAUSED"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (ROWS[2:], "--table is missing"),
        (("--table", "customers", *ROWS[2:]), "'customers' is no full name"),
        (("--table", "a.b.c'; drop", *ROWS[2:]), "is no full name"),
        ((*ROWS[:2], *ROWS[4:]), "--label is missing"),
        (ROWS[:4], "--time-column is missing"),
        (ROWS, "no file and no workspace says what ml.features.customers has; name the features by --features"),
        ((*ROWS, "--features", "churned"), "'churned' is the label, the moment or a key, and no feature"),
        ((*ROWS, "--features", "a,a"), "names a column twice"),
        ((*ROWS, "--features", 'a"b'), "is no plain name of a column"),
        ((*ROWS, *FEATURES, "--label-days", "-1"), "label-days"),
        ((*ROWS, *FEATURES, "--experiment-name", "/Shared/../x"), "is no path of an experiment"),
        ((*ROWS, *FEATURES, "--path", "nowhere"), "'nowhere' is no folder"),
    ],
)
def test_what_is_missing_or_makes_no_sense_is_said_and_nothing_is_written(
    tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    assert said in refused(tmp_path, COMMAND, *words).replace(str(tmp_path) + "/", "")


def test_columns_that_the_table_does_not_have_or_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    (tmp_path / "customers.sql").write_text(DDL)
    table = ("--table", "ml.features.customers")

    assert "'left' is no column of ml.features.customers" in refused(tmp_path, COMMAND, *table, "--label", "left")
    assert "--label 'region' of ml.features.customers is string" in refused(
        tmp_path, COMMAND, *table, "--label", "region"
    )
    assert "--features 'region' is no number" in refused(
        tmp_path, COMMAND, *table, "--label", "churned", "--features", "region"
    )


def test_files_that_were_changed_by_hand_are_left_alone(tmp_path: Path) -> None:
    made(tmp_path, COMMAND, *ROWS, *FEATURES, *MODEL)
    rows = tmp_path / "churn-training/src/churn_training/rows.py"
    rows.write_text("# mine\n")

    assert "differs (src/churn_training/rows.py)" in refused(tmp_path, COMMAND, *ROWS, *FEATURES, *MODEL)
    assert rows.read_text() == "# mine\n"


@pytest.mark.real
def test_a_model_of_scikit_learn_is_trained_logged_and_asked_on_a_real_mlflow(tmp_path: Path) -> None:
    said = checked(tmp_path, COMMAND, *ROWS, *FEATURES, *MODEL)

    assert said["tests pass"][0] == "passed", said
    assert said["tests pass"][1].startswith("15 passed")
    assert said["bundle loads"] == ("passed", "2 resources")


@pytest.mark.real
def test_a_library_that_is_not_installed_is_not_run_and_said_so(tmp_path: Path) -> None:
    said = checked(tmp_path, COMMAND, "pytorch", *ROWS, *FEATURES, *MODEL)

    assert said["tests pass"][0] == "passed", said
    assert said["tests pass"][1].startswith("8 passed, 1 skipped")
