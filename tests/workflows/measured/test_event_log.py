"""Findings with what a run of their code cost."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from orchestrator.types import Severity, Source, Standing
from orchestrator.workflows.measured.request import Measuring
from tests.workflows.measured import logs
from tests.workflows.measured.logs import COLLECT, LOOP, MEBIBYTE, MINUTE, only, profile, project, request, reviewed

AT_THE_LOOP = "collect at /Workspace/Users/me/project/src/job.py:4"


def test_an_action_in_a_loop_that_cost_three_seconds_is_one_step_milder(tmp_path: Path) -> None:
    asked = request(project(tmp_path / "p", job=LOOP))
    before = only(reviewed(asked, Measuring()), "PYS002")
    log = profile(tmp_path, *(logs.execution(number, AT_THE_LOOP, 500, 500) for number in (1, 2, 3)))
    found = only(reviewed(asked, Measuring(profile=log)), "PYS002")
    assert found.message.removeprefix(before.message) == (
        ", measured: 3.0 s of task time in 3 executions; lowered from high to medium by that"
    )
    assert (before.severity, found.severity, found.id) == (Severity.HIGH, Severity.MEDIUM, before.id)


def test_twenty_minutes_of_task_time_are_one_step_worse_and_never_worse_than_high(tmp_path: Path) -> None:
    asked = request(project(tmp_path / "p", job=LOOP), severities={})
    log = profile(tmp_path, logs.execution(1, AT_THE_LOOP, 20 * MINUTE))
    found = only(reviewed(asked, Measuring(profile=log)), "PYS002")
    assert found.severity is Severity.HIGH
    assert found.message.endswith(", measured: 20 min of task time")
    asked = request(project(tmp_path / "q", job=COLLECT))
    site = "collect at /databricks/project/src/job.py:1"
    found = only(reviewed(asked, Measuring(profile=profile(tmp_path, logs.execution(1, site, 20 * MINUTE)))), "PYS001")
    assert found.severity is Severity.HIGH
    assert found.message.endswith("raised from medium to high by that")


def test_spill_and_skew_are_told_before_the_time(tmp_path: Path) -> None:
    asked = request(project(tmp_path / "p", job=LOOP))
    run = logs.execution(6, AT_THE_LOOP, 4_000, 4_000, 4_000, 100_000, spilled=38 * MEBIBYTE)
    found = only(reviewed(asked, Measuring(profile=profile(tmp_path, run))), "PYS002")
    assert ", measured: 152 MiB spilled to disk, the longest task of stage 6 took 25 times the median, 112.0 s" in (
        found.message
    )


def test_a_log_that_ends_early_proves_no_finding_cheap(tmp_path: Path) -> None:
    asked = request(project(tmp_path / "p", job=LOOP))
    log = profile(tmp_path, logs.execution(1, AT_THE_LOOP, 500), whole=False)
    review = reviewed(asked, Measuring(profile=log))
    assert only(review, "PYS002").severity is Severity.HIGH
    assert "500 ms of task time" in only(review, "PYS002").message
    assert "event log: the log holds no end of the application: it was running, or it was killed" in review.notes


def test_what_a_fetch_reads_decides_its_severity(tmp_path: Path) -> None:
    asked = request(project(tmp_path / "p", job=COLLECT))
    site = "collect at src/job.py:1"
    small = profile(tmp_path, logs.execution(1, site, 500, read=2 * MEBIBYTE))
    large = profile(tmp_path, logs.execution(1, site, 500, read=50 * 1024 * MEBIBYTE))
    assert only(reviewed(asked, Measuring(profile=small)), "PYS001").severity is Severity.INFO
    assert only(reviewed(asked, Measuring(profile=large)), "PYS001").severity is Severity.HIGH
    assert "50.0 GiB read" in only(reviewed(asked, Measuring(profile=large)), "PYS001").message


def test_a_severity_of_the_configuration_stays(tmp_path: Path) -> None:
    asked = request(project(tmp_path / "p", job=LOOP), severities={"PYS002": Severity.CRITICAL})
    log = profile(tmp_path, logs.execution(1, AT_THE_LOOP, 500))
    found = only(reviewed(asked, Measuring(profile=log)), "PYS002")
    assert found.severity is Severity.CRITICAL
    assert found.message.endswith("measured: 500 ms of task time")


def test_a_correctness_finding_on_a_measured_line_stays_as_it_is(tmp_path: Path) -> None:
    text = 'from pyspark.sql.functions import *\nrows = [max(row, key=len) for row in spark.table("a.b.c").collect()]\n'
    asked = request(project(tmp_path / "p", job=text))
    before = only(reviewed(asked, Measuring()), "PYS011")
    log = profile(tmp_path, logs.execution(1, "collect at src/job.py:2", 30 * MINUTE))
    assert only(reviewed(asked, Measuring(profile=log)), "PYS011") == before


def test_a_tip_on_a_line_that_no_rule_reports_becomes_a_finding(tmp_path: Path) -> None:
    text = 'frame = spark.table("main.sales.orders").groupBy("day").count()\nrows = frame.collect()\n'
    asked = request(project(tmp_path / "p", job=text))
    run = logs.execution(6, "collect at /databricks/p/src/job.py:2", 1_000, 1_000, 1_000, 100_000, rows=50)
    found = only(reviewed(asked, Measuring(profile=profile(tmp_path, run))), "skewed-stage")
    assert (found.source, found.standing, found.confidence) == (Source.RUNTIME, Standing.VERIFIED, 100)
    assert (found.location.path, found.location.start_line, found.evidence) == (
        "src/job.py",
        2,
        "rows = frame.collect()",
    )
    assert found.message.startswith("measured: stage 6 waits for one task: it takes 100.0 s")
    assert found.severity is Severity.MEDIUM
    assert found.specialists == ("pyspark-optimizer",)
    assert found.counts


def test_the_same_tip_of_several_executions_is_one_finding(tmp_path: Path) -> None:
    text = 'frame = spark.table("main.sales.orders").groupBy("day").count()\nrows = frame.collect()\n'
    asked = request(project(tmp_path / "p", job=text))
    runs = (logs.execution(number, "collect at src/job.py:2", 10, 10, 100_000, rows=50) for number in (1, 2, 3))
    found = only(reviewed(asked, Measuring(profile=profile(tmp_path, *runs))), "skewed-stage")
    assert "(and 2 more like it)" in found.message


def test_a_tip_that_a_finding_tells_of_is_not_said_twice(tmp_path: Path) -> None:
    asked = request(project(tmp_path / "p", job=LOOP))
    log = profile(tmp_path, logs.execution(6, AT_THE_LOOP, 10, 10, 100_000, rows=50))
    review = reviewed(asked, Measuring(profile=log))
    assert [finding.source for finding in review.findings] == [Source.RULE] * len(review.findings)
    assert "the longest task of stage 6" in only(review, "PYS002").message


def test_a_tip_on_the_line_of_a_suppressed_finding_still_counts(tmp_path: Path) -> None:
    text = LOOP.replace(".collect())", ".collect())  # orchestrate: ignore[PYS002] a report of a few days")
    asked = request(project(tmp_path / "p", job=text))
    log = profile(tmp_path, logs.execution(6, AT_THE_LOOP, 10, 10, 100_000, rows=50))
    review = reviewed(asked, Measuring(profile=log))
    assert only(review, "PYS002").suppressed_by is not None
    assert only(review, "skewed-stage").counts


def test_tips_without_a_place_are_counted_with_the_way_to_them(tmp_path: Path) -> None:
    asked = request(project(tmp_path / "p", job=LOOP))
    log = profile(tmp_path, logs.execution(6, "my report", 10, 10, 100_000, rows=50))
    review = reviewed(asked, Measuring(profile=log))
    assert review.findings == reviewed(asked, Measuring()).findings
    placed, elsewhere = review.notes
    assert placed == "event log: the line of code of 0 of 1 execution is in this project"
    assert elsewhere.startswith("event log: 1 tip without a line in this project; to see them: `orchestrate mcp spark-")
    assert elsewhere.endswith("profiler`, tool get_optimization_tips")


def test_a_tip_of_a_rule_that_was_left_out_is_counted_and_not_shown(tmp_path: Path) -> None:
    text = 'frame = spark.table("main.sales.orders").groupBy("day").count()\nrows = frame.collect()\n'
    asked = request(project(tmp_path / "p", job=text))
    asked = replace(asked, selection=replace(asked.selection, select=("STR",)))
    log = profile(tmp_path, logs.execution(6, "collect at src/job.py:2", 10, 10, 100_000, rows=50))
    review = reviewed(asked, Measuring(profile=log))
    assert review.findings == ()
    assert "event log: 1 tip of rules or specialists that were not asked for" in review.notes


@pytest.mark.parametrize(
    "site",
    [
        "count at src/job.py:4",
        "collect at src/job.py:3",
        "collect at src/job.py:400",
        "collect at /usr/lib/python3/site-packages/src/job.py:4",
        "collect at src/other.py:4",
    ],
)
def test_an_execution_that_is_not_this_line_measures_nothing(tmp_path: Path, site: str) -> None:
    asked = request(project(tmp_path / "p", job=LOOP))
    log = profile(tmp_path, logs.execution(1, site, 30 * MINUTE))
    assert "measured" not in only(reviewed(asked, Measuring(profile=log)), "PYS002").message


def test_a_name_that_two_files_share_has_no_place(tmp_path: Path) -> None:
    folder = project(tmp_path / "p", job=LOOP)
    (folder / "old").mkdir()
    (folder / "old" / "job.py").write_text(LOOP, encoding="utf-8")
    log = profile(tmp_path, logs.execution(1, "collect at job.py:4", 500))
    review = reviewed(request(folder), Measuring(profile=log))
    assert not any("measured" in finding.message for finding in review.findings)
    log = profile(tmp_path, logs.execution(1, "collect at /app/old/job.py:4", 500))
    review = reviewed(request(folder), Measuring(profile=log))
    assert [finding.location.path for finding in review.findings if "measured" in finding.message] == ["old/job.py"]


def test_a_call_over_several_lines_is_measured_by_any_of_them(tmp_path: Path) -> None:
    text = 'rows = (\n    spark.table("main.sales.orders")\n    .select("id")\n    .collect()\n)\n'
    asked = request(project(tmp_path / "p", job=text))
    for line in (2, 4):
        log = profile(tmp_path, logs.execution(1, f"collect at src/job.py:{line}", 30 * MINUTE))
        assert "30 min of task time" in only(reviewed(asked, Measuring(profile=log)), "PYS001").message


def test_a_credential_in_a_log_is_not_repeated(tmp_path: Path) -> None:
    token = "dapi" + sha256(b"not a token of anybody").hexdigest()[:32]
    text = f'frame = spark.table("main.sales.orders").groupBy("day").count()\nrows = frame.collect()  # {token}\n'
    asked = request(project(tmp_path / "p", job=text))
    log = profile(tmp_path, logs.execution(6, "collect at src/job.py:2", 10, 10, 100_000, rows=50))
    assert token not in str(only(reviewed(asked, Measuring(profile=log)), "skewed-stage"))
