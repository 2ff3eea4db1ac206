"""What the tests of machine learning code share: the words that make a part, and how a part is looked at."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.cli.command import orchestrate, told

ROWS = (
    "--table",
    "ml.features.customers",
    "--label",
    "churned",
    "--time-column",
    "observed_at",
    "--keys",
    "customer_id",
)
FEATURES = ("--features", "tenure_months,orders_90d")
CLEAN, USAGE = 0, 2
_RUFF = Path(sys.executable).with_name("ruff")
_RULES = "ANN,ARG,B,C4,D1,E,F,I,PTH,RET,RUF,SIM,UP,W"


def made(folder: Path, *words: str) -> dict[str, list[list[str]]]:
    """The tables of the report of a command that ends clean, by title; its notes stand under `notes`."""
    ended = orchestrate(folder, *words, "--quiet", "--output", "json")
    assert ended.returncode == CLEAN, ended.stdout + ended.stderr
    report = json.loads(ended.stdout)
    return {"notes": [report["notes"]], **{table["title"]: table["rows"] for table in report["tables"]}}


def notes(report: dict[str, list[list[str]]]) -> str:
    """The notes of a report, a line each."""
    return "\n".join(report["notes"][0])


def refused(folder: Path, *words: str) -> str:
    """The sentence with which a command refuses its input; nothing was written."""
    before = sorted(folder.rglob("*"))
    ended = orchestrate(folder, *words)
    assert ended.returncode == USAGE, ended.stdout + ended.stderr
    assert not [path for path in folder.rglob("*") if path not in before and path.suffix in {".py", ".sql", ".yml"}]
    return told(ended)


def is_tidy(part: Path) -> None:
    """No rule has a finding, and the Python is as the part's own settings of ruff want it."""
    review = orchestrate(part, "review-pipeline", ".", "--select", "ALL", "--fail-on", "low", "--quiet")
    assert review.returncode == CLEAN, review.stdout
    for check in (["format", "--check"], ["check", "--select", _RULES, "--extend-ignore", "D103,E402"]):
        words = [str(_RUFF), *check, "--no-cache", "."]
        ended = subprocess.run(words, cwd=part, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stdout


def leftovers(part: Path) -> list[str]:
    """The files in which a word of a template is left, in the name or in the text."""
    return [
        str(path.relative_to(part))
        for path in part.rglob("*")
        if path.is_file() and "state" not in path.parts and "cache" not in path.parts
        if "template" in str(path.relative_to(part)).lower() or _has_word(path.read_text(encoding="utf-8"))
    ]


def _has_word(text: str) -> bool:
    return any(word in text for word in ("template_", "template-part", "Template part"))
