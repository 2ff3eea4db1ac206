"""From a command's result to a review: findings quote rows, ids outlive order, what was not read is never clean."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from orchestrator.types import Severity, Source, Status
from orchestrator.workflows.commands.composed import Asked, composed, keep_facts
from orchestrator.workflows.commands.result import Check, Facts, Gap, Observation, Result, Row
from orchestrator.workflows.surfaces import LIVE

IDLE = Check(id="idle", specialist="cost-analyzer", severity=Severity.MEDIUM, title="it idles", why="it costs")
ROWS: tuple[Row, ...] = (
    {"cluster": "a", "hours": 3},
    {"cluster": "b", "hours": 700, "token": "dapi" + "8f3a1c9e7b2d4f60a5c8e1b3d7f90246"},
)
FACTS = Facts(name="clusters", source="GET /api/2.1/clusters/list", rows=ROWS)
SEEN = Observation(check=IDLE, facts="clusters", row=2, about="cluster b", message="b idles for 700 hours")
ASKED = Asked(command="optimize-costs", specialists=("cost-analyzer", "pyspark-optimizer"), agents=(), started=0.0)


def test_a_finding_quotes_the_row_that_shows_it(tmp_path: Path) -> None:
    reviewed = composed(ASKED, Result(facts=(FACTS,), observations=(SEEN,)), tmp_path)
    (finding,) = reviewed.review.findings
    assert finding.location.path == f"{LIVE}/optimize-costs/clusters.jsonl"
    assert finding.location.start_line == 2
    assert finding.evidence == reviewed.sources[finding.location.path].lines[1]
    assert finding.source is Source.RUNTIME
    assert finding.counts


def test_a_credential_in_a_row_is_masked_in_quote_and_file(tmp_path: Path) -> None:
    reviewed = composed(ASKED, Result(facts=(FACTS,), observations=(SEEN,)), tmp_path)
    keep_facts(reviewed)
    kept = (tmp_path / LIVE / "optimize-costs" / "clusters.jsonl").read_text(encoding="utf-8")
    for text in (kept, reviewed.review.findings[0].evidence):
        assert "8f3a1c9e7b2d4f60" not in text
        assert '"hours": 700' in text


def test_the_id_of_a_finding_outlives_the_order_of_rows(tmp_path: Path) -> None:
    first = composed(ASKED, Result(facts=(FACTS,), observations=(SEEN,)), tmp_path)
    turned = Result(facts=(replace(FACTS, rows=ROWS[::-1]),), observations=(replace(SEEN, row=1),))
    assert composed(ASKED, turned, tmp_path).review.findings[0].id == first.review.findings[0].id


def test_two_findings_about_one_thing_have_two_ids(tmp_path: Path) -> None:
    reviewed = composed(ASKED, Result(facts=(FACTS,), observations=(SEEN, SEEN)), tmp_path)
    assert len({finding.id for finding in reviewed.review.findings}) == 2


def test_a_source_that_refused_makes_the_review_incomplete(tmp_path: Path) -> None:
    gap = Gap(source="system.billing.usage", reason="permission denied")
    review = composed(ASKED, Result(gaps=(gap,)), tmp_path).review
    assert [entry.path for entry in review.incomplete] == ["system.billing.usage"]


def test_a_source_that_nobody_wanted_is_told_and_leaves_the_review_complete(tmp_path: Path) -> None:
    gap = Gap(source="an event log", reason="none was named", incomplete=False)
    review = composed(ASKED, Result(gaps=(gap,)), tmp_path).review
    assert review.incomplete == ()
    assert [(entry.path, entry.status) for entry in review.coverage] == [("an event log", Status.SKIPPED)]


def test_a_source_with_more_rows_than_were_read_is_partial(tmp_path: Path) -> None:
    review = composed(ASKED, Result(facts=(replace(FACTS, more=True),)), tmp_path).review
    assert review.coverage[0].status is Status.PARTIAL
    assert "more than these 2 rows" in review.coverage[0].reason


def test_of_other_specialists_than_those_asked_nothing_is_reported(tmp_path: Path) -> None:
    asked = replace(ASKED, agents=("pyspark-optimizer",))
    review = composed(asked, Result(facts=(FACTS,), observations=(SEEN,)), tmp_path).review
    assert review.findings == ()
    assert [line.name for line in review.specialists] == ["pyspark-optimizer"]
