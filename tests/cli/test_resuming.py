"""`--resume` as a user gives it: from anywhere, with options that stand in place of the run's."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.command import orchestrate, told

SCRIPT = "answers: [{turns: [{json: {findings: [], not_reviewed: []}}]}]"
BAD_INPUT = 2


@pytest.fixture
def run(tmp_path: Path) -> str:
    """A run that has ended, asked for in `here` with two outputs; there is another folder too."""
    (tmp_path / "here" / "project").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "here" / "script.yaml").write_text(SCRIPT, encoding="utf-8")
    (tmp_path / "here" / "project" / "load.py").write_text("rows = spark.table('a.b.c').count()\n", encoding="utf-8")
    words = ("--agents", "pyspark-optimizer", "--model", "scripted:script.yaml", "--quiet")
    outputs = ("--output", "json=report.json", "--output", "markdown")
    ended = orchestrate(tmp_path, "review-pipeline", "project", *words, *outputs, at=tmp_path / "here")
    assert ended.returncode == 0, ended.stderr
    (tmp_path / "here" / "report.json").unlink()
    found: str = json.loads(orchestrate(tmp_path, "runs", "--output", "json").stdout)[0]["run"]
    return found


def test_without_options_a_run_writes_what_it_was_asked_for_where_it_was(run: str, tmp_path: Path) -> None:
    ended = orchestrate(tmp_path, "review-pipeline", "--resume", run, at=tmp_path / "elsewhere")
    assert ended.returncode == 0
    assert (tmp_path / "here" / "report.json").is_file()
    assert ended.stdout.startswith("## ")


def test_outputs_given_anew_stand_in_place_of_the_run_s_and_are_of_the_folder_where_we_are(
    run: str, tmp_path: Path
) -> None:
    anew = ("--resume", run, "--output", "json=report.json")
    ended = orchestrate(tmp_path, "review-pipeline", *anew, at=tmp_path / "elsewhere")
    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "elsewhere" / "report.json").is_file()
    assert not (tmp_path / "here" / "report.json").exists()
    assert "reviewed 1 of 1 file" in ended.stdout


def test_the_same_output_given_anew_is_no_second_one(run: str, tmp_path: Path) -> None:
    anew = ("--resume", run, "--output", "json=report.json")
    ended = orchestrate(tmp_path, "review-pipeline", *anew, at=tmp_path / "here")
    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "here" / "report.json").is_file()


def test_the_path_may_be_said_again_and_no_other(run: str, tmp_path: Path) -> None:
    again = orchestrate(tmp_path, "review-pipeline", "../here/project", "--resume", run, at=tmp_path / "elsewhere")
    assert again.returncode == 0, again.stderr
    other = orchestrate(tmp_path, "review-pipeline", ".", "--resume", run, "--quiet", at=tmp_path / "elsewhere")
    assert other.returncode == BAD_INPUT
    assert told(other).count("\n") == 1
    assert f"run {run} is of" in told(other)


def test_an_estimate_is_of_no_run_that_is_resumed(run: str, tmp_path: Path) -> None:
    ended = orchestrate(tmp_path, "review-pipeline", "--resume", run, "--estimate", "--quiet")
    assert (ended.returncode, ended.stdout) == (BAD_INPUT, "")
    assert told(ended).startswith("orchestrate: --estimate is of a new run; `orchestrate runs show RUN` says")


def test_a_run_whose_project_or_folder_is_gone_says_so(run: str, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "here" / "project")
    ended = orchestrate(tmp_path, "review-pipeline", "--resume", run, "--quiet")
    assert ended.returncode == BAD_INPUT
    assert f"what run {run} reviewed is no longer at" in told(ended)
    shutil.rmtree(tmp_path / "here")
    ended = orchestrate(tmp_path, "review-pipeline", "--resume", run, "--quiet")
    assert ended.returncode == BAD_INPUT
    assert f"the folder of run {run} cannot be entered (No such file or directory)" in told(ended)
