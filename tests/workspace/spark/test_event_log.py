"""Reading event logs: what they say, and what they must not do to the reader."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path

import pytest

from orchestrator.errors import UsageError
from orchestrator.workspace.spark.event_log import read_event_log
from orchestrator.workspace.spark.limits import MEBIBYTE, Limits
from orchestrator.workspace.spark.profile import Stage
from tests.workspace.spark import events


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


def only_stage(path: Path, limits: Limits | None = None) -> Stage:
    (stage,) = read_event_log(path, limits).stages
    return stage


def test_a_stage_has_the_quantiles_of_its_tasks(log: Path) -> None:
    times = [100] * 18 + [400, 2_000]  # the Spark UI shows place 19 of 20 as the 95th percentile, the last one
    tasks = [events.task(3, run_time, read=run_time * 10, rows=run_time, gc=run_time // 10) for run_time in times]
    events.written(log, events.started(), events.job(0, [3]), tasks, events.stage_completed(3, 20), events.job_ended(0))
    stage = only_stage(log)
    spread = stage.run_time
    assert (spread.count, spread.minimum, spread.median, spread.p95, spread.maximum) == (20, 100, 100, 2_000, 2_000)
    assert (spread.total, spread.skew) == (4_200, 20.0)
    assert (stage.shuffle_read.total, stage.records_read.maximum) == (42_000, 2_000)
    assert stage.gc_share == pytest.approx(0.1)


def test_spill_failures_and_copies_are_counted_apart_from_successes(log: Path) -> None:
    trace = 'Traceback (most recent call last):\n  File "job.py", line 3\nValueError: bad row\n SQLSTATE: 38000'
    events.written(
        log,
        events.started(),
        events.task(1, 50, spilled=7_000),
        events.failed_task(1, trace, error="org.apache.spark.api.python.PythonException"),
        events.killed_task(1),
        events.stage_completed(1, 2),
    )
    stage = only_stage(log)
    assert (stage.run_time.count, stage.failed, stage.killed, stage.speculative) == (1, 1, 1, 1)
    assert stage.lost_time == 30
    assert (stage.disk_spilled, stage.memory_spilled) == (7_000, 14_000)
    assert stage.errors == ("org.apache.spark.api.python.PythonException: ValueError: bad row",)


def test_past_the_cap_extremes_and_totals_stay_exact_and_the_median_stays_close(log: Path) -> None:
    events.written(log, events.started(), [events.task(1, value) for value in range(1, 5_001)])
    spread = only_stage(log, Limits(samples=500)).run_time
    assert (spread.count, spread.minimum, spread.maximum, spread.total) == (5_000, 1, 5_000, 12_502_500)
    assert 2_200 < spread.median < 2_800


def test_the_final_plan_of_an_adaptive_execution_has_the_values_its_metrics_reached(log: Path) -> None:
    first = events.node("AdaptiveSparkPlan", "isFinalPlan=false", events.node("Range", rows=1))
    last = events.node(
        "AdaptiveSparkPlan",
        "isFinalPlan=true",
        events.node("Filter", "(id > 1)", events.node("Range", number_of_output_rows=11), number_of_output_rows=10),
    )
    events.written(
        log,
        events.started(),
        events.execution(4, first),
        events.replanned(4, last),
        events.job(0, [1], execution=4),
        events.task(1, 10),
        events.driver_counted(4, {11: 70}),
        events.stage_completed(1, 1, {10: 42}),
        events.execution_ended(4),
    )
    profile = read_event_log(log)
    (execution,) = profile.executions
    assert execution.plan is not None
    nodes = list(execution.plan.walk())
    assert [node.name for node in nodes] == ["AdaptiveSparkPlan", "Filter", "Range"]
    assert (execution.plan.adaptive, execution.plan.final) == (True, True)
    assert [node.metric("number of output rows") for node in nodes] == [None, 42, 70]
    assert [stage.execution for stage in profile.stages] == [4]


def test_secrets_in_settings_descriptions_and_plans_are_masked(log: Path) -> None:
    settings = {
        "spark.hadoop.fs.azure.account.key.lake": "abcdefghijklmnop",
        "spark.password": "hunter22",
        "spark.url": "jdbc:postgresql://bob:hunter22@db/x",
        "spark.extra": "-Dmy.password=hunter22",
        "spark.sql.shuffle.partitions": "8",
    }
    plan = events.node("Scan", "JDBCRelation(x) url=jdbc:x?user=a&password=hunter22&ssl=true")
    events.written(log, events.started(**settings), events.execution(1, plan, "load ftp://bob:hunter22@host/x"))
    profile = read_event_log(log)
    assert "hunter22" not in str(profile)
    assert "abcdefgh" not in str(profile)
    plan_read = profile.executions[0].plan
    assert plan_read is not None
    assert plan_read.root.detail.startswith("JDBCRelation(x)")
    assert "hunter22" not in plan_read.root.detail
    assert profile.application.setting("spark.sql.shuffle.partitions") == "8"


def test_a_running_application_is_read_up_to_its_last_whole_line(log: Path) -> None:
    events.written(log, events.started(), events.task(1, 10))
    with log.open("a", encoding="utf-8") as stream:
        stream.write(events.task(1, 20)[:200])
    profile = read_event_log(log)
    assert profile.stages[0].run_time.count == 1
    assert profile.notes == (
        "the log ends in the middle of an event: the application was running, or the file was cut",
    )


def test_broken_lines_are_left_out_and_counted(log: Path) -> None:
    deep = '{"Event":"SparkListenerTaskEnd","x":' + "[" * 100_000
    kinds = [
        "not json",
        '{"Event":"SparkListenerTaskEnd",',
        deep,
        '{"Event":"SparkListenerTaskEnd","Task Info":7}',
        "[]",
    ]
    events.written(log, events.started(), kinds, events.task(1, 10), events.stage_completed(1, 1), events.ended())
    profile = read_event_log(log)
    assert profile.notes == ("4 lines are not events and were left out",)
    assert sum(stage.run_time.count for stage in profile.stages) == 1


def test_a_line_of_100_mb_is_skipped_in_little_memory(log: Path) -> None:
    with log.open("w", encoding="utf-8") as stream:
        stream.write("\n".join(events.started()) + "\n")
        stream.write('{"Event":"SparkListenerTaskEnd","x":"' + "x" * (100 * MEBIBYTE) + '"}\n')
        stream.write(events.task(1, 10) + "\n" + events.ended() + "\n")
    tracemalloc.start()
    profile = read_event_log(log)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert profile.notes == ("1 lines longer than the limit were left out",)
    assert [stage.run_time.count for stage in profile.stages] == [1]
    assert peak < 64 * MEBIBYTE


def test_more_stages_and_executions_than_the_limit_keep_the_largest_and_say_so(log: Path) -> None:
    lines = []
    for number in range(40):
        lines += [events.execution(number, events.node("Range")), events.job(number, [number], execution=number)]
        lines += [events.task(number, number), events.stage_completed(number, 1), events.execution_ended(number)]
    events.written(log, events.started(), lines, events.ended())
    profile = read_event_log(log, Limits(stages=5, executions=7))
    assert [stage.id for stage in profile.stages] == [35, 36, 37, 38, 39]
    assert len(profile.executions) == 7
    assert any("35 stages with the least run time" in note for note in profile.notes)


def test_a_plan_with_too_many_operators_is_left_out_and_the_execution_stays(log: Path) -> None:
    wide = events.node("Union", "", *(events.node("Range") for _ in range(50)))
    events.written(log, events.started(), events.execution(1, wide), events.execution_ended(1), events.ended())
    assert read_event_log(log, Limits(plan_nodes=300)).executions[0].plan is None
    assert read_event_log(log).executions[0].plan is not None


def test_the_line_of_code_is_found_and_that_of_the_engine_is_not(log: Path) -> None:
    site = {"callSite.short": "collect at /jobs/daily.py:42"}
    events.written(
        log,
        events.started(),
        events.execution(1, events.node("Range"), "parquet at NativeMethodAccessorImpl.java:0"),
        events.job(0, [0], execution=1),
        events.execution(2, events.node("Range"), "my report"),
        events.job(1, [1], execution=2, **site),
        events.execution(3, events.node("Range"), "count at Daily.scala:7"),
    )
    sites = {execution.id: execution.call_site for execution in read_event_log(log).executions}
    assert sites == {1: "", 2: "/jobs/daily.py:42", 3: "Daily.scala:7"}


def test_a_cache_knows_which_executions_used_it(log: Path) -> None:
    lines = []
    for number in (1, 2):
        lines += [events.job(number, [number], execution=number), events.stage_completed(number, 2, cached=77)]
    events.written(log, events.started(), lines)
    (cache,) = read_event_log(log).caches
    assert (cache.rdd, cache.executions, cache.jobs) == (77, (1, 2), (1, 2))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", "it is empty"),
        ("hello\nworld\n", "no line holds an event"),
        ("a,b,c\n" * 1_000, "its first 200 lines hold no event"),
    ],
)
def test_a_file_that_is_no_event_log_is_one_clear_sentence(content: str, expected: str, log: Path) -> None:
    log.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=expected):
        read_event_log(log)


def test_a_pipe_in_place_of_a_file_is_refused_and_does_not_block(log: Path) -> None:
    os.mkfifo(log)
    with pytest.raises(UsageError, match="not a regular file"):
        read_event_log(log)


def test_progress_is_told_in_bytes(log: Path) -> None:
    events.written(log, events.started(), [events.task(1, 10)] * 4_000)
    heard: list[int] = []
    profile = read_event_log(log, progress=heard.append)
    assert heard[-1] == profile.unpacked_bytes == log.stat().st_size
    assert heard == sorted(heard)
