"""Small event logs, line by line, with the fields as Spark 4 writes them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

SQL = "org.apache.spark.sql.execution.ui."
Json = dict[str, object]


def line(event: Mapping[str, object]) -> str:
    return json.dumps(event, separators=(",", ":"))


def started(**settings: str) -> list[str]:
    properties = {"spark.app.name": "sample", **settings}
    return [
        line({"Event": "SparkListenerLogStart", "Spark Version": "4.3.0"}),
        line({"Event": "SparkListenerEnvironmentUpdate", "Spark Properties": properties}),
        line({"Event": "SparkListenerApplicationStart", "App Name": "sample", "App ID": "app-1", "Timestamp": 1_000}),
    ]


def ended(at: int = 100_000) -> str:
    return line({"Event": "SparkListenerApplicationEnd", "Timestamp": at})


def executor(name: str, *, added: int = 1_000, cores: int = 4) -> str:
    info = {"Host": "10.0.0.1", "Total Cores": cores}
    return line({"Event": "SparkListenerExecutorAdded", "Timestamp": added, "Executor ID": name, "Executor Info": info})


def job(number: int, stages: Sequence[int], execution: int | None = None, **properties: str) -> str:
    told = dict(properties)
    if execution is not None:
        told["spark.sql.execution.id"] = str(execution)
    return line(
        {
            "Event": "SparkListenerJobStart",
            "Job ID": number,
            "Submission Time": 2_000,
            "Stage IDs": list(stages),
            "Stage Infos": [],
            "Properties": told,
        }
    )


def job_ended(number: int, result: str = "JobSucceeded") -> str:
    return line(
        {"Event": "SparkListenerJobEnd", "Job ID": number, "Completion Time": 9_000, "Job Result": {"Result": result}}
    )


def task(
    stage: int, run_time: int, *, read: int = 0, rows: int = 0, spilled: int = 0, gc: int = 0, speculative: bool = False
) -> str:
    metrics = {
        "Executor Run Time": run_time,
        "Executor CPU Time": run_time * 500_000,
        "JVM GC Time": gc,
        "Memory Bytes Spilled": 2 * spilled,
        "Disk Bytes Spilled": spilled,
        "Shuffle Read Metrics": {"Remote Bytes Read": read, "Local Bytes Read": 0, "Total Records Read": rows},
        "Shuffle Write Metrics": {"Shuffle Bytes Written": read},
        "Input Metrics": {"Bytes Read": 0, "Records Read": 0},
        "Output Metrics": {"Bytes Written": 0, "Records Written": 0},
    }
    return _task(stage, {"Reason": "Success"}, metrics, speculative=speculative)


def failed_task(stage: int, description: str, error: str = "java.lang.RuntimeException") -> str:
    reason = {"Reason": "ExceptionFailure", "Class Name": error, "Description": description}
    return _task(stage, reason, {"Executor Run Time": 30}, speculative=False)


def killed_task(stage: int) -> str:
    return _task(stage, {"Reason": "TaskKilled", "Kill Reason": "another attempt succeeded"}, {}, speculative=True)


def _task(stage: int, reason: Mapping[str, object], metrics: Mapping[str, object], *, speculative: bool) -> str:
    info = {"Task ID": 1, "Locality": "PROCESS_LOCAL", "Speculative": speculative, "Accumulables": []}
    return line(
        {
            "Event": "SparkListenerTaskEnd",
            "Stage ID": stage,
            "Stage Attempt ID": 0,
            "Task Type": "ResultTask",
            "Task End Reason": reason,
            "Task Info": info,
            "Task Metrics": metrics,
        }
    )


def stage_completed(
    number: int,
    tasks: int,
    values: Mapping[int, int] | None = None,
    cached: int | None = None,
    operators: Sequence[str] = (),
) -> str:
    accumulables = [
        {"ID": accumulator, "Name": "x", "Value": str(value), "Metadata": "sql"}
        for accumulator, value in (values or {}).items()
    ]
    rdds: list[Json] = [{"RDD ID": 900 + place, "Scope": scope(name)} for place, name in enumerate(operators)]
    if cached is not None:
        rdds.append(
            {"RDD ID": cached, "Name": "frame", "Storage Level": {"Use Memory": True}, "Number of Partitions": 2}
        )
    info = {
        "Stage ID": number,
        "Stage Attempt ID": 0,
        "Stage Name": "save at job.py:7",
        "Number of Tasks": tasks,
        "RDD Info": rdds,
        "Submission Time": 2_000,
        "Completion Time": 8_000,
        "Accumulables": accumulables,
    }
    return line({"Event": "SparkListenerStageCompleted", "Stage Info": info})


def scope(name: str) -> str:
    return json.dumps({"id": "spark_plan_1", "name": name}, separators=(",", ":"))


def node(name: str, detail: str = "", *children: Json, **metrics: int) -> Json:
    """An operator of a plan; a metric's keyword is its name with underscores, its value the accumulator."""
    return {
        "nodeName": name,
        "simpleString": f"{name} {detail}".strip(),
        "children": list(children),
        "metadata": {},
        "metrics": [
            {"name": key.replace("_", " "), "accumulatorId": accumulator, "metricType": "sum"}
            for key, accumulator in metrics.items()
        ],
    }


def execution(number: int, plan: Json, description: str = "", **settings: str) -> str:
    return line(
        {
            "Event": f"{SQL}SparkListenerSQLExecutionStart",
            "executionId": number,
            "description": description or f"execution {number}",
            "sparkPlanInfo": plan,
            "time": 2_000,
            "modifiedConfigs": settings,
        }
    )


def replanned(number: int, plan: Json) -> str:
    return line(
        {"Event": f"{SQL}SparkListenerSQLAdaptiveExecutionUpdate", "executionId": number, "sparkPlanInfo": plan}
    )


def driver_counted(number: int, values: Mapping[int, int]) -> str:
    return line(
        {
            "Event": f"{SQL}SparkListenerDriverAccumUpdates",
            "executionId": number,
            "accumUpdates": [list(pair) for pair in values.items()],
        }
    )


def execution_ended(number: int, error: str = "") -> str:
    return line(
        {"Event": f"{SQL}SparkListenerSQLExecutionEnd", "executionId": number, "time": 9_000, "errorMessage": error}
    )


def written(path: Path, *lines: str | list[str]) -> Path:
    flat = [part for item in lines for part in ([item] if isinstance(item, str) else item)]
    path.write_text("".join(f"{part}\n" for part in flat), encoding="utf-8")
    return path
