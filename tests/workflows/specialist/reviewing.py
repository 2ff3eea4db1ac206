"""A small project, reviewed by rules, and claims about it."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

from orchestrator.workflows.cache import cached_review
from orchestrator.workflows.request import Request, Reviewed

TODAY = dt.date(2026, 11, 1)
TOKEN = "dapi" + "3f9a1c2e4b5d6f708192a3b4c5d6e7f8"
JOB = """from pyspark.sql import DataFrame


def trim_all(df: DataFrame, names: list[str]) -> DataFrame:
    for name in names:
        df = df.withColumn(name, df[name])
    return df


def send(batch: DataFrame) -> None:
    # the receiver drops repeats
    post(batch.limit(10).collect())
"""
SEND = "    post(batch.limit(10).collect())"


def reviewed(folder: Path, **files: str) -> Reviewed:
    """The review by rules of a project with these files; `a__b` in a name is a folder and a file."""
    for name, text in ({"job": JOB} | files).items():
        path = folder / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return cached_review(Request(path=folder, today=TODAY), use_cache=False)


def claim(**changed: object) -> dict[str, object]:
    """A claim about the line of the project that sends."""
    return {
        "path": "job.py",
        "start_line": 12,
        "end_line": 12,
        "quote": SEND,
        "category": "effect-repeated-on-retry",
        "severity": "high",
        "confidence": 75,
        "message": "a batch that runs again posts twice",
        "why": "delivery is at least once",
        "fix": None,
        **changed,
    }


def answer(*claims: dict[str, object], left_out: tuple[tuple[str, str], ...] = ()) -> str:
    """The text of a specialist's answer."""
    return json.dumps({"findings": claims, "not_reviewed": [{"path": path, "why": why} for path, why in left_out]})
