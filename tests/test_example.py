"""The example project: exactly the expected findings, and every file accounted for."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest

from orchestrator.rules.catalog import pages
from orchestrator.types import Review, Status
from orchestrator.workflows.cache import cached_review
from orchestrator.workflows.request import Request
from orchestrator.workflows.selection import Selection

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "examples" / "customer-360"
EXPECTED = Path(__file__).parent / "samples" / "customer-360.txt"
SPECIALISTS = 34


@pytest.fixture(scope="module")
def review() -> Review:
    # The day is fixed, because a runtime's end of support is a matter of days.
    request = Request(path=EXAMPLE, today=dt.date(2026, 11, 23), selection=Selection(select=("ALL",)))
    return cached_review(request, use_cache=False).review


def test_findings_are_the_expected_ones(review: Review) -> None:
    """`REWRITE_EXPECTED=1 pytest tests/test_example.py` writes the file again; read the difference first."""
    opt_in = {page.id for page in pages() if not page.default}
    found = "".join(
        f"{each.location} {each.rule} {each.severity}{' opt-in' if each.rule in opt_in else ''}\n"
        for each in review.reported
    )
    if os.environ.get("REWRITE_EXPECTED"):
        EXPECTED.write_text(found, encoding="utf-8")
    assert found == EXPECTED.read_text(encoding="utf-8")


def test_every_file_was_reviewed_whole(review: Review) -> None:
    assert [entry for entry in review.coverage if entry.status is not Status.FULL] == []


def test_every_specialist_had_work(review: Review) -> None:
    statuses = {line.name: line.status for line in review.specialists}
    assert len(statuses) == SPECIALISTS
    assert set(statuses.values()) == {Status.FULL}
