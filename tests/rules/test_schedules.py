"""SLA003 does the arithmetic of schedules and promises."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from orchestrator.workflows.cache import cached_review
from orchestrator.workflows.request import Request
from orchestrator.workflows.selection import Selection

CONTRACT = """\
kind: DataContract
apiVersion: v3.1.0
id: orders
version: 1.0.0
status: active
schema:
  - name: orders
slaProperties:
  - {{property: {name}, value: {value}, unit: {unit}}}
"""
BUNDLE = """\
bundle: {{name: shop}}
resources:
  jobs:
    nightly:
      schedule: {{quartz_cron_expression: "{quartz}", timezone_id: UTC}}
      tasks:
        - task_key: orders
          spark_python_task: {{python_file: ./load.py}}
targets:
  prod: {{mode: production}}
"""
LOAD = 'spark.table("main.silver.orders").write.mode("overwrite").saveAsTable("main.gold.orders")\n'


def _messages(folder: Path, quartz: str, promise: str) -> list[str]:
    name, value, unit = promise.split()
    (folder / "contract.yaml").write_text(CONTRACT.format(name=name, value=value, unit=unit), encoding="utf-8")
    (folder / "databricks.yml").write_text(BUNDLE.format(quartz=quartz), encoding="utf-8")
    (folder / "load.py").write_text(LOAD, encoding="utf-8")
    request = Request(path=folder, today=dt.date(2026, 11, 23), selection=Selection(select=("SLA003",)))
    return [finding.message for finding in cached_review(request, use_cache=False).review.reported]


@pytest.mark.parametrize(
    ("quartz", "promise", "pause"),
    [
        ("0 0 2 * * ?", "freshness 23 h", "1 day"),
        ("0 0 2 ? * MON", "frequency 1 d", "7 days"),
        ("0 0 2 1 * ?", "frequency 4 w", "31 days"),
        ("0 0 6,18 * * ?", "latency 11 hours", "12 hours"),
        ("0 0 8-18 * * ?", "freshness 6 h", "14 hours"),
        ("0 0/30 * * * ?", "freshness 15 minutes", "30 minutes"),
        ("0 0 5 ? * MON-FRI", "freshness 23 h", "1 day"),
        ("0 0 5 ? * SAT-SUN", "freshness 2 d", "6 days"),
        ("0 0 5 29 2 ?", "frequency 52 w", "1461 days"),
        ("0 0 2 ? * FRI-MON", "freshness 2 d", "4 days"),
    ],
)
def test_a_pause_that_is_longer_than_the_promise_is_reported(
    tmp_path: Path, quartz: str, promise: str, pause: str
) -> None:
    messages = _messages(tmp_path, quartz, promise)
    assert len(messages) == 1
    assert messages[0].startswith(f"up to {pause} pass between")


@pytest.mark.parametrize(
    ("quartz", "promise"),
    [
        ("0 0 2 * * ?", "freshness 24 h"),
        ("0 0 2 * * ?", "freshness PT24H"),
        ("0 0 5 ? * MON-FRI", "freshness 1 d"),
        ("0 0 2 1 * ?", "frequency 31 d"),
        ("0 0/15 * * * ?", "freshness 15 min"),
    ],
)
def test_a_promise_that_the_clock_keeps_is_not(tmp_path: Path, quartz: str, promise: str) -> None:
    assert _messages(tmp_path, quartz, promise + " h" * (promise.count(" ") < 2)) == []


@pytest.mark.parametrize(
    ("quartz", "promise"),
    [
        ("0 0 2 L * ?", "frequency 1 d"),
        ("0 0 2 ? * 6#3", "frequency 1 d"),
        ("every night", "frequency 1 d"),
        ("0 0 2 * * ?", "freshness 5 m"),
        ("0 0 2 * * ?", "freshness soon x"),
        ("0 0 2 * * ?", "retention 1 h"),
    ],
)
def test_what_is_not_certain_is_not_compared(tmp_path: Path, quartz: str, promise: str) -> None:
    assert _messages(tmp_path, quartz, promise) == []
