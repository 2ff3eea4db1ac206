"""The logs of real Spark jobs, one defect each: exactly the right tips come, with the log's own numbers."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import shutil
import subprocess
import threading
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from orchestrator.errors import UsageError
from orchestrator.workspace.spark.advice import tips
from orchestrator.workspace.spark.event_log import read_event_log
from orchestrator.workspace.spark.evidence import evidence
from orchestrator.workspace.spark.limits import MEBIBYTE
from orchestrator.workspace.spark.operators import is_transparent
from orchestrator.workspace.spark.plan import Plan
from orchestrator.workspace.spark.plan_text import read_plan
from orchestrator.workspace.spark.profile import Profile, Stage
from orchestrator.workspace.spark.thresholds import Thresholds
from orchestrator.workspace.spark.tip import Tip

pytestmark = pytest.mark.real
ROOT = Path(__file__).parents[3]
PYTHON = ROOT / ".venv-real" / "bin" / "python"
PROGRAM = ROOT / "tests" / "samples" / "spark" / "scenarios.py"
JVM = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
SMALL = Thresholds(
    skew_time=300,
    python_time=0,
    spilled_to_disk=60 * MEBIBYTE,
    small_files=30,
    broadcast_other_side=8 * MEBIBYTE,
    compared_pairs=1_000_000,
    single_partition_rows=100_000,
    scanned_bytes=1_000,
    static_plan_time=0,
    cached_time=0,
)
"""The default thresholds are those of minutes and gigabytes; these jobs run for seconds."""
EXPECTED = {
    "skewed_join": {"skewed-stage"},
    "spill": {"spill"},
    "python_function": {"python-time"},
    "small_files": {"small-input-files"},
    "missed_broadcast": {"missed-broadcast"},
    "nested_loop": {"compared-pairs"},
    "cartesian": {"compared-pairs"},
    "global_window": {"global-window"},
    "full_scan": {"unused-filter"},
    "many_output_files": {"many-output-files"},
    "tiny_partitions": {"shuffle-partitions"},
    "unread_cache": {"unread-cache"},
    "failed_tasks": {"failed-tasks", "python-time"},
    "collected_groups": {"garbage-collection"},
    "explained": {"unused-filter"},
    "": {"adaptive-off"},
}


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"JAVA_TOOL_OPTIONS": JVM, "SPARK_LOCAL_IP": "127.0.0.1"} | more


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not PYTHON.exists():
        pytest.fail(f"there is no {PYTHON.relative_to(ROOT)}: run `make env-real`, which needs Java 17 to be installed")
    folder = tmp_path_factory.mktemp("spark")
    ran = subprocess.run(
        [PYTHON, PROGRAM, folder],
        env=environment(),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3_000:]
    return folder


@pytest.fixture(scope="module")
def log(run: Path) -> Path:
    return next(path for path in sorted((run / "logs").glob("eventlog_v2_*")) if not list(path.glob("*.zstd")))


@pytest.fixture(scope="module")
def profile(log: Path) -> Profile:
    return read_event_log(log)


@pytest.fixture(scope="module")
def found(profile: Profile) -> tuple[Tip, ...]:
    """The tips, with the threshold that depends most on the machine taken from the run itself."""
    collecting = max(stage.gc_time for stage in stages_of(profile, "collected_groups"))
    return tips(profile, replace(SMALL, gc_time=collecting // 3))


@pytest.fixture(scope="module")
def history(log: Path) -> Iterator[tuple[int, str]]:
    """The port and the base path of the REST API of Spark's own history server, which read the same log."""
    home = next((ROOT / ".venv-real" / "lib").glob("python3*/site-packages/pyspark"))
    options = f"-Dspark.history.fs.logDirectory={log.parent.as_uri()} -Dspark.history.ui.port=0"
    command: list[str | Path] = [home / "bin" / "spark-class", "org.apache.spark.deploy.history.HistoryServer"]
    settings = environment(SPARK_HOME=str(home), SPARK_NO_DAEMONIZE="1", SPARK_HISTORY_OPTS=options)
    with subprocess.Popen(command, env=settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        port = said(server, r"'HistoryServerUI' on port (\d+)")
        said(server, rf"(Finished parsing) \S*{log.name}")
        yield int(port), f"/api/v1/applications/{log.name.removeprefix('eventlog_v2_')}"
        server.terminate()


def said(server: subprocess.Popen[str], pattern: str) -> str:
    for text in server.stdout or ():
        if found := re.search(pattern, text):
            return found[1]
    raise AssertionError(f"the history server ended without saying {pattern}")


def asked(history: tuple[int, str], path: str) -> object:
    """The answer to one question; an application is listed a moment after it was read."""
    port, base = history
    for _ in range(100):
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
            connection.request("GET", f"{base}/{path}")
            answer = connection.getresponse()
            if answer.status == http.HTTPStatus.OK:
                return json.load(answer)
        threading.Event().wait(0.1)
    raise AssertionError(f"no answer to {path}")


def stages_of(profile: Profile, description: str) -> tuple[Stage, ...]:
    numbers = {execution.id for execution in profile.executions if execution.description == description}
    return tuple(stage for stage in profile.stages if stage.execution in numbers)


def measured(found: tuple[Tip, ...], description: str, kind: str) -> dict[str, float]:
    tip = next(tip for tip in found if (tip.description, tip.kind) == (description, kind))
    return {measure.name: measure.value for measure in tip.measures}


def raw_tasks(log: Path, stage: int) -> list[dict[str, dict[str, int]]]:
    """The metrics of a stage's successful tasks, read without any of our code."""
    texts = [text for file in sorted(log.glob("events_*")) for text in file.read_text(encoding="utf-8").splitlines()]
    return [
        event["Task Metrics"]
        for event in map(json.loads, texts)
        if event["Event"] == "SparkListenerTaskEnd"
        and event["Stage ID"] == stage
        and event["Task End Reason"]["Reason"] == "Success"
    ]


def test_each_job_gets_exactly_the_tips_of_its_defect(found: tuple[Tip, ...]) -> None:
    kinds: dict[str, set[str]] = defaultdict(set)
    for tip in found:
        kinds[tip.description].add(tip.kind)
    kinds.pop("prepare", None)
    assert dict(kinds) == EXPECTED


def test_with_the_default_thresholds_seconds_and_megabytes_are_not_worth_a_tip(profile: Profile) -> None:
    assert {tip.kind for tip in tips(profile)} <= {"failed-tasks", "many-output-files", "shuffle-partitions"}


def test_the_numbers_are_those_of_the_log(log: Path, profile: Profile, found: tuple[Tip, ...]) -> None:
    skewed = next(tip.stage for tip in found if tip.kind == "skewed-stage")
    times = sorted(int(str(task["Executor Run Time"])) for task in raw_tasks(log, skewed or 0))
    numbers = measured(found, "skewed_join", "skewed-stage")
    assert (numbers["longest task"], numbers["median task"]) == (times[-1], times[4])
    for stage in stages_of(profile, "spill"):
        spilled = sum(int(str(task["Disk Bytes Spilled"])) for task in raw_tasks(log, stage.id))
        assert stage.disk_spilled == spilled > SMALL.spilled_to_disk
    read = sum(task["Shuffle Read Metrics"]["Local Bytes Read"] for task in raw_tasks(log, skewed or 0))
    assert next(stage for stage in profile.stages if stage.id == skewed).shuffle_read.total == read > 0


@pytest.mark.enable_socket
def test_every_stage_has_the_numbers_of_sparks_own_history_server(history: tuple[int, str], profile: Profile) -> None:
    own = {(stage.id, stage.attempt): stage for stage in profile.stages}
    listed = cast("list[dict[str, Any]]", asked(history, "stages"))
    theirs = [stage for stage in listed if stage["status"] == "COMPLETE"]
    assert {(stage["stageId"], stage["attemptId"]) for stage in theirs} == set(own)
    for told in theirs:
        stage = own[told["stageId"], told["attemptId"]]
        spread = stage.run_time
        place = f"stages/{stage.id}/{stage.attempt}/taskSummary?quantiles=0,0.5,0.95,1"
        summary = cast("dict[str, Any]", asked(history, place))
        assert summary["executorRunTime"] == [spread.minimum, spread.median, spread.p95, spread.maximum]
        assert told["executorRunTime"] == spread.total + stage.lost_time
        assert (told["numCompleteTasks"], told["numFailedTasks"]) == (spread.count, stage.failed)
        assert (told["jvmGcTime"], told["diskBytesSpilled"]) == (stage.gc_time, stage.disk_spilled)
        assert (told["shuffleReadBytes"], told["shuffleWriteBytes"]) == (
            stage.shuffle_read.total,
            stage.shuffle_write.total,
        )
        assert (told["inputBytes"], told["outputBytes"]) == (stage.input_bytes.total, stage.output_bytes)


def test_counted_rows_files_and_failures_are_exact(found: tuple[Tip, ...], profile: Profile, run: Path) -> None:
    assert measured(found, "nested_loop", "compared-pairs") == {"pairs": 12_000_000, "rows kept": 4_498_500}
    assert measured(found, "cartesian", "compared-pairs")["pairs"] == 6_000_000
    assert measured(found, "global_window", "global-window")["rows"] == 300_000
    assert measured(found, "failed_tasks", "failed-tasks") == {
        "failed tasks": 3,
        "tasks": 3,
        "lost time": stages_of(profile, "failed_tasks")[0].lost_time,
    }
    assert measured(found, "full_scan", "unused-filter") | {"bytes": 0} == {
        "bytes": 0,
        "rows read": 20_000,
        "rows kept": 1,
    }
    written = measured(found, "many_output_files", "many-output-files")
    files = list((run / "data" / "fragments").rglob("*.parquet"))
    assert (written["files"], written["partitions"]) == (len(files), 20)
    assert written["bytes"] == sum(file.stat().st_size for file in files)
    small = list((run / "data" / "small").glob("*.parquet"))
    assert measured(found, "small_files", "small-input-files")["files"] == len(small)


def test_the_failure_says_what_python_raised(found: tuple[Tip, ...]) -> None:
    tip = next(tip for tip in found if tip.kind == "failed-tasks")
    assert "ValueError: the first attempt always fails" in tip.message


def test_a_finished_log_has_no_notes_and_no_secret(profile: Profile) -> None:
    assert profile.notes == ()
    assert profile.application.name == "defects"
    assert profile.application.setting("spark.sql.warehouse.dir") is not None
    assert "not-a-real-key" not in str(profile)


def test_the_line_of_code_is_the_one_in_the_program(profile: Profile) -> None:
    fact = next(fact for fact in evidence(profile) if fact.description == "called_from_a_line")
    lines = PROGRAM.read_text(encoding="utf-8").splitlines()
    assert fact.place is not None
    assert fact.place.is_in("tests/samples/spark/scenarios.py")
    assert "# the marked line" in lines[fact.place.line - 1]


def test_evidence_has_the_tables_that_were_read_and_written(profile: Profile, run: Path) -> None:
    facts = {fact.description: fact for fact in evidence(profile)}
    assert [access.table for access in facts["pruned_scan"].read] == [f"file:{run / 'data' / 'days'}"]
    assert facts["pruned_scan"].read[0].files == 1
    assert facts["full_scan"].read[0].files == 12
    assert [access.table for access in facts["many_output_files"].written] == [f"file:{run / 'data' / 'fragments'}"]


@pytest.mark.parametrize("codec", ["lz4", "snappy"])
def test_a_log_that_spark_packed_with_the_codec_is_read(codec: str, run: Path) -> None:
    (path,) = (run / "logs").glob(f"local-*.{codec}")
    profile = read_event_log(path)
    assert (profile.application.name, len(profile.executions), profile.notes) == (codec, 1, ())


def test_a_rolling_log_in_zstd_is_read_over_all_its_files(run: Path) -> None:
    path = next(path for path in sorted((run / "logs").glob("eventlog_v2_*")) if list(path.glob("*.zstd")))
    assert len(list(path.glob("events_*"))) > 1
    profile = read_event_log(path)
    assert (len(profile.executions), len(profile.jobs), profile.notes) == (24, 24, ())
    assert all(execution.plan is not None for execution in profile.executions)


def test_a_log_in_lzf_is_refused_by_name(run: Path) -> None:
    (path,) = (run / "logs").glob("local-*.lzf")
    with pytest.raises(UsageError, match="packed with lzf"):
        read_event_log(path)


def test_the_log_of_a_running_application_is_read_as_far_as_it_goes(log: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(log, tmp_path / log.name)
    (file,) = copy.glob("events_*")
    with file.open("rb+") as stream:
        stream.truncate(file.stat().st_size * 2 // 3)
    profile = read_event_log(copy)
    assert profile.stages
    assert profile.application.ended is None
    assert len(profile.notes) == 1


@pytest.mark.parametrize("mode", ["simple", "extended", "formatted"])
def test_the_text_of_a_plan_has_the_operators_of_the_log(mode: str, run: Path, profile: Profile) -> None:
    text = (run / "plans" / f"final-{mode}.txt").read_text(encoding="utf-8")
    read = read_plan(text)
    logged = next(run.plan for run in reversed(profile.executions) if run.description == "explained" and run.plan)
    assert (read.adaptive, read.final) == (logged.adaptive, logged.final) == (True, True)
    assert operators(read) == operators(logged)


@pytest.mark.parametrize("mode", ["simple", "extended", "formatted"])
def test_the_text_of_a_plan_that_did_not_run_is_not_final(mode: str, run: Path) -> None:
    read = read_plan((run / "plans" / f"initial-{mode}.txt").read_text(encoding="utf-8"))
    assert (read.adaptive, read.final) == (True, False)
    assert {"Window", "BroadcastHashJoin", "Exchange"} <= {node.name for node in read.walk()}


def operators(plan: Plan) -> list[str]:
    """The operators of the query itself: each form of a plan shows a subquery at another place."""
    found: list[str] = []
    waiting = [plan.root]
    while waiting:
        node = waiting.pop()
        if node.name not in {"Subquery", "ReusedSubquery"}:
            waiting.extend(reversed(node.children))
            found += [] if is_transparent(node) else [node.name]
    return found
