"""The table of docs/runtime-evidence.md, number by number."""

from __future__ import annotations

from hashlib import sha256

import pytest

from orchestrator.rules.catalog import pages
from orchestrator.types import Finding, Location, Severity
from orchestrator.workflows.measured.severity import (
    CHEAP,
    COSTLY,
    GIBIBYTE,
    MEBIBYTE,
    PERFORMANCE,
    Measurement,
    by_cost,
    by_size,
    raised,
    with_measurements,
)


def finding(rule: str, severity: Severity) -> Finding:
    return Finding(
        id="1",
        rule=rule,
        specialists=("pyspark-optimizer",),
        severity=severity,
        location=Location(path="job.py", start_line=1, end_line=1),
        message="it is slow",
        why="it costs",
        evidence="x()",
    )


@pytest.mark.parametrize(
    ("task_time", "severity"),
    [(0, Severity.LOW), (CHEAP - 1, Severity.LOW), (CHEAP, None), (COSTLY - 1, None), (COSTLY, Severity.HIGH)],
)
def test_task_time_moves_a_performance_finding_by_one_step(task_time: int, severity: Severity | None) -> None:
    assert by_cost(finding("PYS002", Severity.MEDIUM), task_time, is_whole=True) is severity


@pytest.mark.parametrize(
    ("count", "severity"),
    [
        (10 * MEBIBYTE - 1, Severity.INFO),
        (10 * MEBIBYTE, Severity.LOW),
        (GIBIBYTE, Severity.MEDIUM),
        (10 * GIBIBYTE, Severity.HIGH),
    ],
)
def test_the_bytes_that_a_fetch_brings_are_its_severity(count: int, severity: Severity) -> None:
    assert by_size(finding("PYS001", Severity.MEDIUM), count, is_whole=True) is severity


@pytest.mark.parametrize(
    ("rule", "count", "severity"),
    [
        ("PYS002", 100 * MEBIBYTE - 1, Severity.LOW),
        ("PYS002", 100 * MEBIBYTE, None),
        ("PYS002", 100 * GIBIBYTE, Severity.HIGH),
        ("PYS009", 100 * MEBIBYTE - 1, Severity.LOW),
        ("PYS009", 100 * GIBIBYTE, None),
        ("PYS010", 1, None),
    ],
)
def test_the_bytes_that_are_read_again_move_by_one_step(rule: str, count: int, severity: Severity | None) -> None:
    assert by_size(finding(rule, Severity.MEDIUM), count, is_whole=True) is severity


@pytest.mark.parametrize("page", [page for page in pages() if page.id not in PERFORMANCE], ids=lambda page: page.id)
def test_no_number_moves_a_finding_of_another_rule(page: object) -> None:
    rule = getattr(page, "id", "")
    for number in (0, COSTLY, 500 * GIBIBYTE):
        assert by_cost(finding(rule, Severity.HIGH), number, is_whole=True) is None
        assert by_size(finding(rule, Severity.HIGH), number, is_whole=True) is None


def test_performance_rules_belong_to_specialists_of_performance() -> None:
    owners = {page.specialist for page in pages() if page.id in PERFORMANCE}
    assert owners <= {"pyspark-optimizer", "cost-analyzer", "delta-lake-expert"}


def test_nothing_becomes_worse_than_high_and_critical_stays() -> None:
    assert [raised(severity) for severity in Severity] == [
        Severity.CRITICAL,
        Severity.HIGH,
        Severity.HIGH,
        Severity.MEDIUM,
        Severity.LOW,
    ]


def test_where_two_facts_disagree_the_worse_counts() -> None:
    facts = [
        Measurement(words=("2 s of task time",), severity=Severity.LOW),
        Measurement(words=("50 GiB",), severity=Severity.HIGH),
        Measurement(words=("a filter",)),
    ]
    found = with_measurements(finding("PYS002", Severity.MEDIUM), facts, is_set=False)
    assert found.message == (
        "it is slow, measured: 2 s of task time; 50 GiB; a filter; raised from medium to high by that"
    )
    assert found.severity is Severity.HIGH


def test_words_of_a_log_or_a_workspace_are_one_line_without_credentials() -> None:
    token = "dapi" + sha256(b"not a token of anybody").hexdigest()[:32]
    given = Measurement(words=(f"`t\n{token}` {'x' * 5_000}",))
    found = with_measurements(finding("PYS002", Severity.MEDIUM), [given], is_set=False)
    assert token not in found.message
    assert "\n" not in found.message
    assert len(found.message) < 1_000
