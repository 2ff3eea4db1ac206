"""Tips: each has a source, a rule that exists, and stays silent where the number says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.rules.catalog import pages
from orchestrator.types import Severity
from orchestrator.workspace.spark.advice import kinds, tips
from orchestrator.workspace.spark.event_log import read_event_log
from orchestrator.workspace.spark.profile import Profile
from orchestrator.workspace.spark.thresholds import GIBIBYTE, MINUTE, Thresholds
from orchestrator.workspace.spark.tip import UNITS, Tip
from tests.workspace.spark import events

PLANNED = frozenset({"PYS005", "PYS006", "PYS008", "PYS010", "DEL005", "DEL006"})
"""Rules of the catalogue that tips name before somebody builds them; a built one may stay in this list."""


def tips_of(log: Path, *lines: str | list[str], thresholds: Thresholds | None = None) -> tuple[Tip, ...]:
    return tips(read_event_log(events.written(log, events.started(), *lines, events.ended())), thresholds)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


def test_each_kind_is_found_by_its_place_and_says_what_to_do_and_from_where_on() -> None:
    found = {kind.id: kind for kind in kinds()}
    assert len(found) == len(kinds()) == 15
    for kind in found.values():
        assert len(kind.advice) > 60
        assert len(kind.threshold(Thresholds())) > 20
        assert len(kind.checks) == 1


def test_every_rule_that_a_tip_names_exists_or_is_planned() -> None:
    named = {rule for kind in kinds() for rule in kind.rules} | {"DEL005", "DEL006"}
    assert named <= {page.id for page in pages()} | PLANNED


def test_uneven_rows_are_skew_and_even_ones_a_slow_task(log: Path) -> None:
    even = [events.task(1, 1_000, rows=500)] * 9 + [events.task(1, 100_000, rows=600)]
    uneven = [events.task(2, 1_000, rows=500)] * 9 + [events.task(2, 700_000, rows=50_000)]
    slow, skewed = sorted(
        tips_of(log, even, events.stage_completed(1, 10), uneven, events.stage_completed(2, 10)),
        key=lambda tip: tip.stage or 0,
    )
    assert (slow.kind, slow.severity) == ("slow-task", Severity.LOW)
    assert (skewed.kind, skewed.severity) == ("skewed-stage", Severity.HIGH)
    numbers = {measure.name: measure.value for measure in skewed.measures}
    assert numbers["longest task"] == 700_000
    assert numbers["skew of rows"] == 100


@pytest.mark.parametrize(("lost", "severity"), [(60_000, Severity.MEDIUM), (30_000, Severity.LOW), (20_000, None)])
def test_the_severity_follows_the_number(lost: int, severity: Severity | None, log: Path) -> None:
    tasks = [events.task(1, 1_000, rows=10)] * 9 + [events.task(1, 1_000 + lost, rows=900)]
    found = tips_of(log, tasks, events.stage_completed(1, 10))
    assert [tip.severity for tip in found] == ([severity] if severity else [])


def shuffled_join(kind: str) -> events.Json:
    left = events.node("Sort", "", events.node("Exchange", "hashpartitioning(a, 200)", data_size=1))
    right = events.node("Sort", "", events.node("Exchange", "hashpartitioning(b, 200)", data_size=2))
    return events.node("SortMergeJoin", f"[a], [b], {kind}", left, right)


@pytest.mark.parametrize(
    ("kind", "left", "right", "expected"),
    [
        ("Inner", 1_000, GIBIBYTE, True),
        ("Inner", GIBIBYTE, 1_000, True),
        ("LeftOuter", GIBIBYTE, 1_000, True),
        ("LeftOuter", 1_000, GIBIBYTE, False),
        ("RightOuter", 1_000, GIBIBYTE, True),
        ("RightOuter", GIBIBYTE, 1_000, False),
        ("LeftAnti", 1_000, GIBIBYTE, False),
        ("FullOuter", GIBIBYTE, 1_000, False),
        ("Inner", GIBIBYTE, GIBIBYTE, False),
        ("Inner", 1_000, 1_000, False),
    ],
)
def test_a_broadcast_is_advised_only_for_a_side_that_the_join_type_allows(
    kind: str, left: int, right: int, *, expected: bool, log: Path
) -> None:
    found = tips_of(
        log,
        events.execution(1, shuffled_join(kind)),
        events.job(0, [1], execution=1),
        events.task(1, 10),
        events.stage_completed(1, 1, {1: left, 2: right}),
        events.execution_ended(1),
    )
    assert [tip.kind for tip in found] == (["missed-broadcast"] if expected else [])


def scan(pushed: str, *, partition: str = "[]") -> events.Json:
    detail = f"parquet a.b.c[id#1] PartitionFilters: {partition}, PushedFilters: [{pushed}], ReadSchema: struct<id:int>"
    inner = events.node("FileScan", detail, number_of_output_rows=1, size_of_files_read=2)
    return events.node("Filter", "(x)", events.node("ColumnarToRow", "", inner), number_of_output_rows=3)


@pytest.mark.parametrize(
    ("plan", "kept", "expected"),
    [
        (scan("IsNotNull(id)"), 50, True),
        (scan(""), 50, True),
        (scan("IsNotNull(id), GreaterThan(id,3)"), 50, False),
        (scan("", partition="[(day#2 = 3)]"), 50, False),
        (scan("IsNotNull(id)"), 900, False),
    ],
)
def test_a_filter_after_the_scan_is_told_only_where_nothing_was_pushed_and_little_kept(
    plan: events.Json, kept: int, *, expected: bool, log: Path
) -> None:
    found = tips_of(
        log,
        events.execution(1, plan),
        events.job(0, [1], execution=1),
        events.task(1, 10),
        events.stage_completed(1, 1, {1: 1_000, 2: 2 * GIBIBYTE, 3: kept}),
        events.execution_ended(1),
    )
    assert [tip.kind for tip in found] == (["unused-filter"] if expected else [])


def test_a_merge_without_pruning_names_its_rule(log: Path) -> None:
    plan = events.node("Execute MergeIntoCommandEdge", "", scan("IsNotNull(id)"))
    (tip,) = tips_of(
        log,
        events.execution(1, plan),
        events.job(0, [1], execution=1),
        events.task(1, 10),
        events.stage_completed(1, 1, {1: 1_000, 2: 2 * GIBIBYTE, 3: 5}),
        events.execution_ended(1),
    )
    assert tip.rules == ("DEL005",)


def test_python_time_before_spark_4_is_at_most_that_of_the_stages_it_ran_in(log: Path) -> None:
    plan = events.node("BatchEvalPython", "[f(id#1)]", events.node("Range"), number_of_output_rows=9)
    (tip,) = tips_of(
        log,
        events.execution(1, plan),
        events.job(0, [1, 2], execution=1),
        events.task(1, 3 * MINUTE),
        events.stage_completed(1, 1, operators=["BatchEvalPython"]),
        events.task(2, MINUTE),
        events.stage_completed(2, 1, operators=["Exchange"]),
        events.execution_ended(1),
    )
    assert "at most 3 min of 4 min task time" in tip.message


def cached(log: Path, *lines: str | list[str], whole: bool = True) -> Profile:
    fill = [
        events.execution(1, events.node("InMemoryTableScan")),
        events.job(0, [1], execution=1),
        events.task(1, MINUTE),
        events.stage_completed(1, 1, cached=7),
    ]
    return read_event_log(events.written(log, events.started(), fill, *lines, [events.ended()] if whole else []))


def test_a_cache_is_unread_only_when_the_application_ended_without_reading_it(log: Path) -> None:
    again = [events.job(1, [2], execution=2), events.task(2, 5), events.stage_completed(2, 1, cached=7)]
    assert [tip.kind for tip in tips(cached(log))] == ["unread-cache"]
    assert tips(cached(log, whole=False)) == ()
    assert tips(cached(log, again)) == ()


def test_a_cache_that_one_query_reads_twice_is_read(log: Path) -> None:
    twice = events.node("Union", "", events.node("InMemoryTableScan"), events.node("InMemoryTableScan"))
    lines = [
        events.execution(1, twice),
        events.job(0, [1], execution=1),
        events.task(1, MINUTE),
        events.stage_completed(1, 1, cached=7),
    ]
    assert tips_of(log, lines) == ()


def test_of_one_kind_the_worst_twenty_are_given(log: Path) -> None:
    lines: list[str] = []
    for number in range(30):
        lines += [events.task(number, 10, spilled=GIBIBYTE * (1 + number)), events.stage_completed(number, 1)]
    found = tips_of(log, lines)
    assert [tip.stage for tip in found] == list(range(29, 9, -1))


def test_every_measure_has_a_known_unit(log: Path) -> None:
    found = tips_of(log, events.task(1, 10, spilled=GIBIBYTE), events.failed_task(2, "x"), events.failed_task(2, "x"))
    assert {measure.unit for tip in found for measure in tip.measures} <= set(UNITS)
