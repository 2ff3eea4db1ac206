"""What the tests of pipelines share: the example's spec, edits of it, and how generated files are looked at."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from tests.cli.command import orchestrate

ROOT = Path(__file__).parent.parent.parent.parent
SPEC = ROOT / "examples" / "commands" / "generate-dlt-pipeline" / "shop-orders.yaml"
RUFF = Path(sys.executable).with_name("ruff")
REAL_PYTHON = ROOT / ".venv-real" / "bin" / "python"
FULL = ("--check", "full", "--python", str(REAL_PYTHON))
CLEAN, USAGE = 0, 2
Edit = Callable[[dict[str, Any]], None]
_DOCUMENT: dict[str, Any] = yaml.safe_load(SPEC.read_text(encoding="utf-8"))


def written(folder: Path, edit: Edit | None = None, name: str = "spec.yaml") -> Path:
    """The example's spec in a folder, edited."""
    document = copy.deepcopy(_DOCUMENT)
    if edit is not None:
        edit(document)
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return path


def quiet_rules(document: dict[str, Any]) -> None:
    """Without the rules that only count, which SQL has no words for."""
    for table in document["tables"]:
        kept = [rule for rule in table.get("expectations", []) if rule.get("action") != "warn"]
        table["expectations"] = kept


def generated(folder: Path, *words: str) -> dict[str, Any]:
    """The report of a command that ends clean."""
    ended = orchestrate(folder, *words, "--quiet", "--output", "json")
    assert ended.returncode == CLEAN, ended.stdout + ended.stderr
    report: dict[str, Any] = json.loads(ended.stdout)
    return report


def rows(report: dict[str, Any], title: str) -> list[list[str]]:
    """The rows of a table of the report."""
    found: list[list[str]] = next(table["rows"] for table in report["tables"] if table["title"] == title)
    return found


def is_tidy(folder: Path) -> None:
    """No rule has a finding, and the Python is as ruff writes it."""
    review = orchestrate(folder, "review-pipeline", ".", "--select", "ALL", "--fail-on", "low", "--quiet")
    assert review.returncode == CLEAN, review.stdout
    line = ["--isolated", "--line-length", "120", "--no-cache", "."]
    for check in (["format", "--check"], ["check", "--select", "ANN,B,E,F,I,PTH,RET,RUF,SIM,UP,W"]):
        ended = subprocess.run([RUFF, *check, *line], cwd=folder, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stdout


def texts(folder: Path) -> dict[str, str]:
    """The generated files by path."""
    skipped = {".orchestrate", "state", "cache"}
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not skipped.intersection(path.relative_to(folder).parts)
    }


def checked(folder: Path, *words: str) -> dict[str, tuple[str, str]]:
    """What each validator says after `--check full` with real Spark: its standing and its detail, by name."""
    assert REAL_PYTHON.exists(), "Spark is not installed: run `make env-real`"
    fast = {"JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC", "PYTHONPATH": str(ROOT)}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COV", "PYTEST", "PYTHON"))}
    ended = subprocess.run(
        [sys.executable, "-m", "orchestrator.cli", *words, *FULL, "--quiet", "--output", "json"],
        cwd=folder, env={**kept, **fast}, capture_output=True, text=True, encoding="utf-8", timeout=900, check=False,
    )  # fmt: skip
    assert ended.stdout, ended.stderr
    return {name: (standing, detail) for name, standing, detail in rows(json.loads(ended.stdout), "Validation")}
