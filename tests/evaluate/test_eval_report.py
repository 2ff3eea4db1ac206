"""`orchestrate eval report`, as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from orchestrator.cli import main
from tests.evaluate.suites import write_suite


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORCHESTRATE_STATE_DIR", str(tmp_path / "state"))


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    return write_suite(tmp_path)


@pytest.fixture
def run(suite: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A stored run of all rules over the suite."""
    assert main(["eval", "run", str(suite), "--log", str(tmp_path / "run"), "--quiet", "--system", "rules-all"]) == 0
    capsys.readouterr()
    return tmp_path / "run"


def report(run: Path, suite: Path, *words: str) -> int:
    return main(["eval", "report", str(run), "--suite", str(suite), *words])


def test_the_default_is_markdown_on_stdout(run: Path, suite: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert report(run, suite) == 0
    out = capsys.readouterr().out
    assert out.startswith("# rules-all on ")
    assert "| Goldens found | 2 of 2 |" in out


def test_every_format_goes_to_its_file_and_is_the_same_again(run: Path, suite: Path, tmp_path: Path) -> None:
    formats = ("html", "inspect_log", "junit", "markdown", "mlflow_run", "sarif")
    for turn in ("one", "two"):
        words = [f"--output={name}={tmp_path / turn / name}" for name in formats]
        assert report(run, suite, *words) == 0
    for name in formats:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    assert "<article" in (tmp_path / "one" / "html").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "one" / "inspect_log").read_bytes())["status"] == "success"


def test_nothing_names_this_machine_or_the_run(run: Path, suite: Path, tmp_path: Path) -> None:
    names = ("html", "inspect_log", "junit", "markdown", "mlflow_run", "sarif")
    assert report(run, suite, *(f"--output={name}={tmp_path / name}" for name in names)) == 0
    for name in names:
        assert str(tmp_path) not in (tmp_path / name).read_text(encoding="utf-8")


def test_a_case_that_changed_since_the_run_is_refused_by_name(
    run: Path, suite: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = next(suite.rglob("input/src/load.py"))
    changed.write_text(f"{changed.read_text(encoding='utf-8')}\n# more\n", encoding="utf-8")
    assert report(run, suite) == 3
    assert "was changed since the run, so its code cannot be shown" in capsys.readouterr().err


def test_a_format_that_is_none_is_told_with_those_there_are(
    run: Path, suite: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report(run, suite, "--output", "pdf") == 2
    assert "there are text, json, html" in capsys.readouterr().err
