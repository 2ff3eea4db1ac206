"""Suppression comments: where they reach, and what makes one void."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from orchestrator.types import Review
from orchestrator.workflows.cache import cached_review
from orchestrator.workflows.request import Accepted, Request
from orchestrator.workflows.selection import Selection

LOOP = "df = spark.table('a.b.c')\nfor name in df.columns:\n{above}    df = df.withColumn(name, 1){after}\n"


def review(folder: Path, above: str = "", after: str = "", **settings: object) -> Review:
    (folder / "job.py").write_text(LOOP.format(above=above, after=after), encoding="utf-8")
    request = Request(path=folder, today=dt.date(2026, 11, 23), selection=Selection(select=("PYS003",)))
    if "accepted" in settings:
        accepted = settings["accepted"]
        assert isinstance(accepted, Accepted)
        request = Request(path=folder, today=request.today, selection=request.selection, accepted=(accepted,))
    return cached_review(request, use_cache=False).review


@pytest.mark.parametrize(
    ("above", "after"),
    [
        ("", "  # orchestrate: ignore[PYS003] four columns at most"),
        ("    # orchestrate: ignore[PYS003] four columns at most\n", ""),
        ("    # orchestrate: ignore[DEL001, PYS003] four columns at most until=2026-12-31\n    # and more\n", ""),
    ],
)
def test_comment_with_a_reason_silences_its_line_and_the_next(tmp_path: Path, above: str, after: str) -> None:
    found = review(tmp_path, above, after)
    assert found.reported == ()
    (finding,) = found.findings
    assert finding.suppressed_by is not None
    assert "four columns at most" in finding.suppressed_by


VACUUM = "VACUUM a.b.c RETAIN 1 HOURS"
NOTEBOOK = "# Databricks notebook source\n# MAGIC %sql\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("job.sql", f"-- orchestrate: ignore[DEL001] a test table\n{VACUUM};\n"),
        ("job.sql", f"{VACUUM}; -- orchestrate: ignore[DEL001] a test table\n"),
        ("job.sql", f"/* orchestrate: ignore[DEL001] a test table */\n{VACUUM};\n"),
        ("job.py", f"{NOTEBOOK}# MAGIC -- orchestrate: ignore[DEL001] a test table\n# MAGIC {VACUUM}\n"),
        ("job.py", f"{NOTEBOOK}# MAGIC {VACUUM} -- orchestrate: ignore[DEL001] a test table\n"),
        ("job.py", f'spark.sql("""\n  -- orchestrate: ignore[DEL001] a test table\n  {VACUUM}\n""")\n'),
        ("job.ipynb", f"%sql\n-- orchestrate: ignore[DEL001] a test table\n{VACUUM}\n"),
    ],
)
def test_comment_counts_in_the_style_of_its_language(tmp_path: Path, name: str, text: str) -> None:
    if name.endswith(".ipynb"):
        text = json.dumps({"nbformat": 4, "metadata": {}, "cells": [{"cell_type": "code", "source": text}]})
    (tmp_path / name).write_text(text, encoding="utf-8")
    request = Request(path=tmp_path, today=dt.date(2026, 11, 23), selection=Selection(select=("DEL001",)))
    found = cached_review(request, use_cache=False).review
    assert found.reported == ()
    assert [str(finding.suppressed_by).rpartition(": ")[2] for finding in found.findings] == ["a test table"]


@pytest.mark.parametrize(
    ("comment", "problem"),
    [
        ("# orchestrate: ignore[PYS003]", "has no reason"),
        ("# orchestrate: ignore[PYS003] known until=2026-11-22", "expired on 2026-11-22"),
        ("# orchestrate: ignore[PYS003] known until=soon", "has a date that is none"),
    ],
)
def test_comment_without_effect_is_named_in_the_notes(tmp_path: Path, comment: str, problem: str) -> None:
    found = review(tmp_path, after=f"  {comment}")
    assert len(found.reported) == 1
    assert [note for note in found.notes if problem in note and note.startswith("job.py:3")]


@pytest.mark.parametrize("above", ["    # orchestrate: ignore[DEL001] other rule\n", "    # ignore PYS003\n"])
def test_comment_for_something_else_does_not_silence(tmp_path: Path, above: str) -> None:
    assert len(review(tmp_path, above).reported) == 1


def test_comment_on_an_unrelated_line_does_not_silence(tmp_path: Path) -> None:
    assert len(review(tmp_path, above="    # orchestrate: ignore[PYS003] x\n    print(name)\n").reported) == 1


@pytest.mark.parametrize(
    ("path", "until", "count"),
    [("job.py", None, 0), ("*.py", dt.date(2026, 11, 23), 0), ("*.py", dt.date(2026, 11, 22), 1), ("src/*", None, 1)],
)
def test_configuration_accepts_findings_by_path_until_its_date(
    tmp_path: Path, path: str, until: dt.date | None, count: int
) -> None:
    accepted = Accepted(rule="PYS003", path=path, reason="agreed", until=until)
    assert len(review(tmp_path, accepted=accepted).reported) == count
