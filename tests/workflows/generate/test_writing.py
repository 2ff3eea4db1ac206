"""Generated files on disk: new, unchanged, changed, in the way; and what validators say of them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from orchestrator.errors import UsageError
from orchestrator.workflows.commands.result import NewFile
from orchestrator.workflows.generate.validators import Target, validators
from orchestrator.workflows.generate.writing import compared, diff, write
from tests.cli.command import orchestrate, told

SCAFFOLD = ("scaffold-project", "shop-orders", "--quiet")
BAD_INPUT = 2


def _new(path: str, text: str = "x = 1\n") -> NewFile:
    return NewFile(path=path, text=text)


def test_a_project_is_written_once_and_a_second_time_nothing_changes(tmp_path: Path) -> None:
    assert orchestrate(tmp_path, *SCAFFOLD).returncode == 0
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "shop-orders").rglob("*") if path.is_file()}
    again = orchestrate(tmp_path, *SCAFFOLD, "--output", "json")
    files = next(table for table in json.loads(again.stdout)["tables"] if table["title"] == "Files")
    assert {row[1] for row in files["rows"]} == {"unchanged"}
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_a_file_that_differs_stops_the_command_before_anything_is_written(tmp_path: Path) -> None:
    mine = tmp_path / "shop-orders" / "databricks.yml"
    mine.parent.mkdir()
    mine.write_text("mine\n", encoding="utf-8")
    ended = orchestrate(tmp_path, *SCAFFOLD)
    assert ended.returncode == BAD_INPUT
    assert "differs (databricks.yml); nothing was written" in told(ended)
    assert [path.name for path in mine.parent.iterdir()] == ["databricks.yml"]
    assert mine.read_text(encoding="utf-8") == "mine\n"


def test_force_writes_over_a_file_that_differs(tmp_path: Path) -> None:
    mine = tmp_path / "shop-orders" / "databricks.yml"
    mine.parent.mkdir()
    mine.write_text("mine\n", encoding="utf-8")
    assert orchestrate(tmp_path, *SCAFFOLD, "--force").returncode == 0
    assert "shop-orders" in mine.read_text(encoding="utf-8")


def test_a_dry_run_prints_a_diff_that_git_applies_and_writes_nothing(tmp_path: Path) -> None:
    ended = orchestrate(tmp_path, *SCAFFOLD, "--dry-run", "--output", f"json={tmp_path / 'report.json'}")
    assert not (tmp_path / "shop-orders").exists()
    assert ended.stdout.startswith("--- /dev/null\n+++ b/")
    assert "nothing was written (--dry-run)" in ended.stdout


@pytest.mark.parametrize("name", ["Shop", "1shop", "shop_orders", "../x", "", "x" * 41])
def test_a_name_that_is_none_is_refused_with_the_rule(name: str, tmp_path: Path) -> None:
    ended = orchestrate(tmp_path, "scaffold-project", name, "--quiet")
    assert ended.returncode == BAD_INPUT
    assert "lower-case letters, digits and hyphens" in told(ended)


@pytest.mark.parametrize("path", ["../out.py", "/etc/out.py", "a/../../out.py", ""])
def test_a_path_that_leaves_the_folder_is_refused(path: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="outside of"):
        compared(tmp_path, [_new(path)])


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "src").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="is a link"):
        compared(tmp_path / "out", [_new("src/job.py")])


def test_a_binary_file_in_the_way_is_refused(tmp_path: Path) -> None:
    (tmp_path / "job.py").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="no text file"):
        compared(tmp_path, [_new("job.py")])


def test_a_diff_names_what_changes_and_a_missing_newline(tmp_path: Path) -> None:
    (tmp_path / "job.py").write_text("x = 1\n", encoding="utf-8")
    shown = diff(compared(tmp_path, [_new("job.py", "x = 2"), _new("same.py")]))
    assert "--- a/job.py\n+++ b/job.py\n" in shown
    assert "-x = 1\n+x = 2\n\\ No newline at end of file\n" in shown


def test_an_executable_stays_one(tmp_path: Path) -> None:
    write(compared(tmp_path, [NewFile(path="run.sh", text="#!/bin/sh\n", executable=True)]))
    assert (tmp_path / "run.sh").stat().st_mode & 0o111


@pytest.mark.parametrize(
    ("path", "text"),
    [("a.py", "def"), ("a.yml", "a: [1"), ("a.json", "{"), ("a.toml", "= 1"), ("a.ipynb", "[}")],
)
def test_a_file_that_does_not_parse_fails_its_validation(path: str, text: str, tmp_path: Path) -> None:
    target = Target(
        into=tmp_path, files=(_new(path, text),), full=False, python="python3", run_in=None, progress=lambda _step: None
    )
    parses = dict(validators())["parses"](target)
    assert parses is not None
    assert parses.standing == "failed"
    assert path in parses.detail


def test_failing_tests_of_a_project_fail_the_command_and_say_why(tmp_path: Path) -> None:
    files = (_new("tests/test_it.py", "def test_it() -> None:\n    assert 1 == 2\n"),)
    write(compared(tmp_path, files))
    target = Target(
        into=tmp_path, files=files, full=True, python=sys.executable, run_in=tmp_path, progress=lambda _step: None
    )
    said = dict(validators())["tests"](target)
    assert said is not None
    assert said.standing == "failed"
    assert "1 failed" in said.detail


def test_an_interpreter_without_pytest_is_told_and_nothing_passes(tmp_path: Path) -> None:
    files = (_new("tests/test_it.py"),)
    target = Target(
        into=tmp_path, files=files, full=True, python="no-such-python", run_in=tmp_path, progress=lambda _step: None
    )
    said = dict(validators())["tests"](target)
    assert said is not None
    assert said.standing == "not run"


@pytest.mark.parametrize("words", [("--output", "pdf"), ("--agents", "cost-analyzer"), ("--max-usd", "2")])
def test_a_wrong_option_is_refused_before_anything_is_written(words: tuple[str, ...], tmp_path: Path) -> None:
    assert orchestrate(tmp_path, *SCAFFOLD, *words).returncode == BAD_INPUT
    assert not (tmp_path / "shop-orders").exists()
