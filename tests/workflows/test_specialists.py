"""What is said of each specialist's work."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from orchestrator.types import SpecialistCoverage, Status
from orchestrator.workflows.cache import cached_review
from orchestrator.workflows.request import Request
from orchestrator.workflows.selection import Selection


def specialists(folder: Path, *rules: str) -> dict[str, SpecialistCoverage]:
    request = Request(path=folder, today=dt.date(2026, 11, 23), selection=Selection(select=rules))
    return {line.name: line for line in cached_review(request, use_cache=False).review.specialists}


def test_specialist_without_its_subject_is_skipped_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "job.py").write_text("x = 1\n", encoding="utf-8")
    found = specialists(tmp_path, "PYS003", "BND001")
    assert (found["pyspark-optimizer"].status, found["pyspark-optimizer"].reason) == (Status.FULL, "")
    assert found["bundle-validator"].status is Status.SKIPPED
    assert found["bundle-validator"].reason == "nothing of its subject is here"


def test_only_those_who_would_have_read_a_broken_file_are_partial(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("x = (\n", encoding="utf-8")
    (tmp_path / "databricks.yml").write_text("bundle: {name: b}\n", encoding="utf-8")
    found = specialists(tmp_path, "PYS003", "BND001")
    assert found["pyspark-optimizer"].status is Status.PARTIAL
    assert "broken.py" in found["pyspark-optimizer"].reason
    assert found["bundle-validator"].status is Status.FULL
