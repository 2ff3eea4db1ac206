"""Settings as lines: they come back as they were, and only what the platform fills in is no difference."""

from __future__ import annotations

import pytest
from pydantic import JsonValue

from orchestrator.workspace.deployment.canonical import covers, lines, settings_of

JOB: dict[str, JsonValue] = {
    "name": "nightly: load",
    "max_concurrent_runs": 1,
    "tasks": [
        {"task_key": "load", "notebook_task": {"notebook_path": "/a"}, "max_retries": 2},
        {"task_key": "end", "depends_on": [{"task_key": "load"}]},
    ],
    "parameters": [{"name": "day", "default": "1"}],
    "tags": {"a": "b"},
}
FILLED: dict[str, JsonValue] = {
    **JOB,
    "format": "MULTI_TASK",
    "timeout_seconds": 0,
    "email_notifications": {"no_alert_for_skipped_runs": False},
    "webhook_notifications": {},
    "tasks": [
        {"task_key": "end", "depends_on": [{"task_key": "load"}], "run_if": "ALL_SUCCESS", "timeout_seconds": 0},
        {
            "task_key": "load",
            "notebook_task": {"notebook_path": "/a", "source": "WORKSPACE"},
            "max_retries": 2,
            "run_if": "ALL_SUCCESS",
        },
    ],
}


def test_settings_come_back_from_their_lines_and_a_task_is_a_line() -> None:
    found = lines(JOB)
    assert 'tasks[end]: {"depends_on": [{"task_key": "load"}], "task_key": "end"}' in found
    back = settings_of(found)
    assert lines(back) == found
    assert back["name"] == "nightly: load"


def test_what_the_platform_fills_in_is_no_difference() -> None:
    assert covers(FILLED, JOB)


@pytest.mark.parametrize(
    "more",
    [
        {"schedule": {"quartz_cron_expression": "0 0 1 * * ?", "timezone_id": "UTC"}},
        {"timeout_seconds": 60},
        {"max_concurrent_runs": 2},
        {"tags": {"a": "c"}},
        {"tasks": [*FILLED["tasks"], {"task_key": "added"}]} if isinstance(FILLED["tasks"], list) else {},
        {"tasks": FILLED["tasks"][:1]} if isinstance(FILLED["tasks"], list) else {},
        {"parameters": [{"name": "day", "default": "2"}]},
    ],
)
def test_what_somebody_set_is_a_difference(more: dict[str, JsonValue]) -> None:
    assert not covers({**FILLED, **more}, JOB)


def test_a_number_that_is_written_as_text_is_the_same() -> None:
    assert covers({"name": "a", "max_concurrent_runs": 3}, {"name": "a", "max_concurrent_runs": "3"})


def test_a_setting_that_somebody_added_to_a_task_is_a_difference() -> None:
    task: dict[str, JsonValue] = {"task_key": "load", "notebook_task": {"notebook_path": "/a"}}
    assert covers({"tasks": [{**task, "run_if": "ALL_SUCCESS"}]}, {"tasks": [task]})
    assert not covers({"tasks": [{**task, "max_retries": 9}]}, {"tasks": [task]})
