"""`orchestrate review-pipeline` with `--event-log` and `--workspace`."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from orchestrator.cli import main
from tests.workflows.measured import logs
from tests.workflows.measured.logs import LOOP, project
from tests.workspace.spark import events


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ORCHESTRATE_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def run(*arguments: object) -> int:
    return main(["review-pipeline", *(str(argument) for argument in arguments), "--quiet"])


def log(folder: Path, milliseconds: int) -> Path:
    site = "collect at /app/src/job.py:4"
    return events.written(folder / "log", events.started(), logs.execution(1, site, milliseconds), events.ended())


def test_an_event_log_moves_the_exit_code_with_the_severity(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = project(tmp_path / "p", job=LOOP)
    assert run(folder) == 1
    assert run(folder, "--event-log", log(tmp_path, 3_000)) == 0
    assert "measured: 3.0 s of task time; lowered from high to medium by that" in capsys.readouterr().out


def test_what_was_measured_is_not_kept_for_a_review_without_it(tmp_path: Path, own_cache: Path) -> None:
    folder = project(tmp_path / "p", job=LOOP)
    assert run(folder, "--event-log", log(tmp_path, 3_000)) == 0
    assert list(own_cache.glob("*.json"))
    assert run(folder) == 1
    assert run(folder, "--event-log", log(tmp_path, 90_000)) == 1


def test_a_runtime_finding_is_marked_in_every_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = 'frame = spark.table("main.sales.orders").groupBy("day").count()\nrows = frame.collect()\n'
    folder = project(tmp_path / "p", job=text)
    run_of = logs.execution(6, "collect at src/job.py:2", 10, 10, 100_000, rows=50)
    path = events.written(tmp_path / "log", events.started(), run_of, events.ended())
    outputs = [f"--output={name}={tmp_path / name}" for name in ("markdown", "html", "sarif")]
    assert run(folder, "--event-log", path, "--output=json", *outputs) == 0
    (found,) = json.loads(capsys.readouterr().out)["findings"]
    assert (found["source"], found["rule"], found["standing"]) == ("runtime", "skewed-stage", "verified")
    for name in ("markdown", "html", "sarif"):
        assert "skewed-stage" in (tmp_path / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--event-log", "nowhere"], "there is no event log at 'nowhere'"),
        (["--workspace", "https://example.cloud.databricks.com"], "give sandbox, env"),
        (["--workspace", ""], "give sandbox, env"),
    ],
)
def test_what_cannot_be_measured_by_is_bad_input(
    tmp_path: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(project(tmp_path / "p", job=LOOP), *arguments) == 2
    assert said in capsys.readouterr().err


def test_a_file_that_is_no_event_log_is_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = project(tmp_path / "p", job=LOOP)
    assert run(folder, "--event-log", folder / "src" / "job.py") == 2
    assert "is not a Spark event log" in capsys.readouterr().err


@pytest.mark.enable_socket
def test_the_sandbox_runs_for_the_review_and_the_report_says_that_it_is_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABRICKS_HOST", "https://example.cloud.databricks.com")
    monkeypatch.setenv("DATABRICKS_WAREHOUSE_ID", "of-another-workspace")
    text = 'rows = spark.table("retail_prod.silver.orders").collect()\n'
    assert run(project(tmp_path / "p", job=text), "--select", "PYS001", "--workspace", "sandbox") == 0
    out = capsys.readouterr().out
    assert re.search(r"measured: `retail_prod\.silver\.orders` has [\d.]+ \w+ in [\d,]+ file", out)
    assert "its tables and their sizes are those of its seed, not of your workspace" in out
