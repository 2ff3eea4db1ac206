"""Measured facts beside code."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.workspace.spark.event_log import read_event_log
from orchestrator.workspace.spark.evidence import CodePlace, Evidence, evidence, evidence_at, evidence_on
from orchestrator.workspace.spark.thresholds import GIBIBYTE
from tests.workspace.spark import events


@pytest.fixture
def facts(tmp_path: Path) -> tuple[Evidence, ...]:
    scan = events.node(
        "Scan parquet main.sales.orders",
        "[id#1]",
        number_of_output_rows=1,
        size_of_files_read=2,
        number_of_files_read=3,
    )
    told = {"callSite.short": "collect at /Workspace/Users/me/project/src/daily.py:42"}
    return evidence(
        read_event_log(
            events.written(
                tmp_path / "log",
                events.started(),
                events.execution(1, scan, "my report"),
                events.job(0, [1], execution=1, **told, **{"spark.databricks.notebook.path": "/Users/me/daily"}),
                [events.task(1, 100)] * 3,
                events.task(1, 900, spilled=2 * GIBIBYTE),
                events.stage_completed(1, 4, {1: 70, 2: 5_000, 3: 6}),
                events.execution_ended(1),
            )
        )
    )


def test_an_execution_has_its_line_its_tables_and_its_numbers(facts: tuple[Evidence, ...]) -> None:
    (fact,) = facts
    assert fact.place == CodePlace(path="/Workspace/Users/me/project/src/daily.py", line=42)
    assert fact.notebook == "/Users/me/daily"
    assert [(access.table, access.bytes, access.files, access.rows) for access in fact.read] == [
        ("main.sales.orders", 5_000, 6, 70)
    ]
    assert (fact.worst_skew, fact.skewed_stage, fact.disk_spilled) == (9.0, 1, 2 * GIBIBYTE)
    assert [tip.kind for tip in fact.tips] == ["spill"]


def test_facts_are_found_by_the_lines_of_a_file(facts: tuple[Evidence, ...]) -> None:
    assert evidence_at(facts, "src/daily.py", 40, 42) == facts
    assert evidence_at(facts, "src/daily.py", 43, 50) == ()
    assert evidence_at(facts, "src/weekly.py", 40, 42) == ()
    assert evidence_at(facts, "aily.py", 40, 42) == ()


def test_facts_are_found_by_the_name_of_a_table(facts: tuple[Evidence, ...]) -> None:
    assert evidence_on(facts, "main.sales.orders") == facts
    assert evidence_on(facts, "`Sales`.orders") == facts
    assert evidence_on(facts, "main.sales.order") == ()
