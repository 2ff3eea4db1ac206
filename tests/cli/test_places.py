"""Where outputs go and where the configuration and the baseline come from."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from orchestrator.cli import main

LOOP = "df = spark.table('a.b.c')\nfor name in df.columns:\n    df = df.withColumn(name, 1)\n"
CONFIG = ".databricks-plugin-config.yaml"


@pytest.fixture(autouse=True)
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ORCHESTRATE_CACHE_DIR", str(tmp_path / "cache"))
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "job.py").write_text(LOOP, encoding="utf-8")
    monkeypatch.chdir(folder)
    return folder


def run(*arguments: str) -> int:
    return main(["review-pipeline", *arguments, "--quiet"])


def commit(folder: Path) -> None:
    for command in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-qm", "base"]):
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
        subprocess.run(["git", *identity, *command], cwd=folder, check=True, capture_output=True)


@pytest.mark.parametrize("outputs", [("json", "text"), ("json", "json"), ("json=r", "sarif=r"), ("json=r", "html=./r")])
def test_two_outputs_to_one_place_are_refused(outputs: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(".", "--output", outputs[0], "--output", outputs[1]) == 2
    assert "2 outputs go to" in capsys.readouterr().err


def test_a_wrong_gate_is_told_in_the_words_that_may_be_typed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run(".", "--fail-on", "HIGH")
    assert "(choose from 'critical', 'high'" in capsys.readouterr().err


def test_a_review_of_nothing_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(".", "--exclude", "*") == 0
    printed = capsys.readouterr().out
    assert "reviewed 0 of 0 files; not reviewed: . (1 file left out by the patterns to exclude)" in printed
    assert "CLEAN: no findings, because no file was reviewed" in printed


@pytest.mark.parametrize("option", ["--config", "--baseline"])
def test_an_endless_file_is_refused(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(".", option, "/dev/zero") == 2
    assert "is larger than" in capsys.readouterr().err


def test_a_configuration_cannot_name_a_device_as_baseline(job: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (job / CONFIG).write_text("baseline: /dev/zero\n", encoding="utf-8")
    assert run(".") == 2
    assert "'/dev/zero' is no file" in capsys.readouterr().err


def test_under_diff_the_configured_baseline_comes_from_the_base(job: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (job / CONFIG).write_text("baseline: known.json\nfail_on: medium\n", encoding="utf-8")
    (job / "known.json").write_text('{"version": 1, "findings": []}', encoding="utf-8")
    commit(job)
    (job / "new.py").write_text(LOOP, encoding="utf-8")
    assert main(["baseline", ".", "--to", "known.json", "--quiet"]) == 0
    assert run(".") == 0
    assert run(".", "--diff", "main") == 1
    assert "new.py:3" in capsys.readouterr().out


def test_under_diff_a_baseline_that_the_base_lacks_is_named(job: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (job / CONFIG).write_text("baseline: known.json\n", encoding="utf-8")
    commit(job)
    assert run(".", "--diff", "main") == 2
    assert "'main' has no file 'known.json'" in capsys.readouterr().err


def test_a_baseline_is_not_written_through_a_link(job: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (job / ".orchestrate-baseline.json").symlink_to(job.parent / "victim")
    assert main(["baseline", ".", "--quiet"]) == 2
    assert "is a link" in capsys.readouterr().err
    assert not (job.parent / "victim").exists()


def test_a_folder_whose_name_is_not_utf8_is_reviewed(job: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    folder = job / "b\udcff"
    folder.mkdir()
    (folder / "job.py").write_text(LOOP, encoding="utf-8")
    for form in ("text", "json", "html", "sarif", "markdown", "gitlab", "azure"):
        assert run(str(folder), "--output", form) == 0
        assert b"PYS003" in capfdbinary.readouterr().out
