"""The bundle: production names nothing of development, and the version goes from task to task by its number."""

from __future__ import annotations

from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent
BUNDLE = yaml.safe_load((ROOT / "databricks.yml").read_text())
JOB = yaml.safe_load((ROOT / "resources" / "template_part.job.yml").read_text())["resources"]["jobs"]["pipeline"]
TASKS = {task["task_key"]: task for task in JOB["tasks"]}


def test_production_names_nothing_of_development() -> None:
    values = {name: str(value).split(".") for name, value in BUNDLE["targets"]["prod"]["variables"].items()}
    of_dev = BUNDLE["targets"]["dev"]["variables"]["catalog"]

    assert not [name for name, parts in values.items() if of_dev in parts]


def test_promotion_waits_for_training_and_takes_its_version() -> None:
    assert TASKS["promote"]["depends_on"] == [{"task_key": "train"}]
    assert "--version={{tasks.train.values.version}}" in TASKS["promote"]["python_wheel_task"]["parameters"]


def test_training_has_no_second_try_and_the_job_never_runs_twice_at_once() -> None:
    assert "max_retries" not in TASKS["train"] or TASKS["train"]["max_retries"] == 0
    assert JOB["max_concurrent_runs"] == 1
