"""`run-hyperparameter-tuning`: a search beside the training code that it tunes, of which nothing is changed."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.workflows.generate.learning import FEATURES, ROWS, is_tidy, leftovers, made, notes, refused
from tests.workflows.generate.pipelines import checked, texts

pytestmark = pytest.mark.enable_socket
COMMAND = "run-hyperparameter-tuning"
PART = ("--path", "churn-training")


def trained(folder: Path, *words: str) -> Path:
    """A part of train-model."""
    made(folder, "train-model", *words, *ROWS, *FEATURES, "--model-name", "ml.models.churn")
    return folder / "churn-training"


def test_a_search_is_added_and_no_file_of_the_training_code_is_changed(tmp_path: Path) -> None:
    part = trained(tmp_path)
    before = texts(part)
    report = made(tmp_path, COMMAND, *PART, "--metric", "log_loss", "--trials", "12", "--timeout", "600")

    after = texts(part)
    assert {path: after[path] for path in before} == before
    assert 'METRIC = "log_loss"\n' in after["src/churn_training/tune.py"]
    assert ["limits", "12 trials, 600 s", "both"] in report["Decisions"]
    is_tidy(part)
    assert not leftovers(part)


@pytest.mark.parametrize("library", ["sklearn", "xgboost", "lightgbm", "pytorch"])
def test_the_space_is_that_of_the_library_of_the_training_code(tmp_path: Path, library: str) -> None:
    part = trained(tmp_path, library)
    made(tmp_path, COMMAND, "--path", ".", "--model-type", library)
    suggested = (part / "src/churn_training/space.py").read_text()
    parameters = (part / "src/churn_training/model.py").read_text().partition("PARAMETERS")[2].partition("}")[0]

    names = [line.split('"')[1] for line in suggested.splitlines() if "trial.suggest_" in line]
    assert 4 <= len(names) <= 8
    assert not [name for name in names if f'"{name}"' not in parameters]


def test_the_job_has_both_limits_as_parameters_and_ends_after_its_search(tmp_path: Path) -> None:
    part = trained(tmp_path)
    made(tmp_path, COMMAND, *PART, "--trials", "12", "--timeout", "600")
    job = yaml.safe_load((part / "resources/churn_training_tune.job.yml").read_text())["resources"]["jobs"]["tune"]

    defaults = {each["name"]: each["default"] for each in job["parameters"]}
    assert (defaults["trials"], defaults["timeout"]) == ("12", "600")
    assert job["timeout_seconds"] == 600 + 3600
    assert "--model=${var.catalog}.models.churn" in job["tasks"][0]["spark_python_task"]["parameters"]
    assert "--experiment=/Shared/churn-training-tuning" in job["tasks"][0]["spark_python_task"]["parameters"]


def test_parallel_trials_run_on_executors_without_a_seed_and_it_is_said_that_this_was_not_run(tmp_path: Path) -> None:
    part = trained(tmp_path)
    report = made(tmp_path, COMMAND, *PART, "--parallel", "10")
    study = (part / "src/churn_training/study.py").read_text()
    job = yaml.safe_load((part / "resources/churn_training_tune.job.yml").read_text())["resources"]["jobs"]["tune"]

    assert "MlflowSparkStudy" in study
    assert "PARALLEL = 10\n" in study
    assert "seed=" not in study
    assert job["job_clusters"][0]["new_cluster"]["num_workers"] == 3
    assert "the search over executors was not run here" in notes(report)
    is_tidy(part)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--path", "nowhere"), "is no folder"),
        (("--path", "empty"), "there is no training code in 'empty' (src/PACKAGE/train.py): run train-model first"),
        (("--path", "churn-training", "--model-type", "xgboost"), "the training code of churn-training is sklearn"),
        (("--path", "churn-training", "--into", "other"), "a search stands in the package that it tunes"),
        (("--path", "churn-training", "--trials", "0"), "trials"),
        (("--path", "churn-training", "--timeout", "1"), "timeout"),
        (
            (
                "--path",
                ".",
            ),
            "there are 2 in",
        ),
        (("--path", "foreign"), "has no Source, parted, which a search of train-model's parts calls"),
    ],
)
def test_what_cannot_be_tuned_is_said(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    trained(tmp_path)
    (tmp_path / "empty").mkdir()
    package = tmp_path / "foreign" / "src" / "mine"
    package.mkdir(parents=True)
    (package / "train.py").write_text("def train(): ...\n")
    (package / "rows.py").write_text("FEATURES, LABEL = [], ''\nLABEL: str = ''\nFEATURES = []\n\nclass Parts: ...\n")

    assert said in refused(tmp_path, COMMAND, *words).replace(str(tmp_path) + "/", "")


@pytest.mark.real
def test_three_trials_on_a_real_mlflow_find_what_the_final_fit_then_uses(tmp_path: Path) -> None:
    trained(tmp_path)
    said = checked(tmp_path, COMMAND, *PART, "--trials", "3")

    assert said["tests pass"][0] == "passed", said
    assert said["tests pass"][1].startswith("21 passed")
