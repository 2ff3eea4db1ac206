"""Finding the files of a log."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.errors import UsageError
from orchestrator.workspace.spark.limits import Limits
from orchestrator.workspace.spark.log_files import find_log


def folder(path: Path, *names: str) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    for name in names:
        (path / name).write_text("", encoding="utf-8")
    return path


def names(path: Path) -> list[str]:
    return [file.name for file in find_log(path, Limits()).files]


def test_rolling_files_come_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    log = folder(tmp_path / "eventlog_v2_a", *(f"events_{number}_a.zstd" for number in (10, 2, 1)), "appstatus_a")
    for number in range(3, 10):
        (log / f"events_{number}_a.zstd").touch()
    assert names(log) == [f"events_{number}_a.zstd" for number in range(1, 11)]
    assert find_log(log, Limits()).notes == ()


def test_a_compact_file_replaces_itself_and_what_came_before(tmp_path: Path) -> None:
    log = folder(tmp_path / "eventlog_v2_a", "events_1_a", "events_2_a", "events_2_a.compact", "events_3_a")
    assert names(log) == ["events_2_a.compact", "events_3_a"]


def test_missing_files_and_a_running_application_are_noted(tmp_path: Path) -> None:
    log = folder(tmp_path / "eventlog_v2_a", "events_2_a", "events_4_a", "appstatus_a.inprogress")
    notes = find_log(log, Limits()).notes
    assert len(notes) == 3
    assert "between 'events_2_a' and 'events_4_a'" in notes[0]


def test_what_databricks_delivers_is_read_hour_by_hour_and_the_open_file_last(tmp_path: Path) -> None:
    log = folder(tmp_path, "eventlog", "eventlog-2026-01-31--11-00.gz", "eventlog-2026-01-31--10-00.gz", "log4j.log")
    assert names(log) == ["eventlog-2026-01-31--10-00.gz", "eventlog-2026-01-31--11-00.gz", "eventlog"]


def test_a_folder_with_one_log_stands_for_it(tmp_path: Path) -> None:
    folder(tmp_path / "eventlog_v2_local-1", "events_1_local-1")
    assert names(tmp_path) == ["events_1_local-1"]


def test_a_folder_with_several_logs_names_them(tmp_path: Path) -> None:
    folder(tmp_path, "app-20260101-0001", "local-1700000000000.lz4")
    with pytest.raises(UsageError, match=r"holds 2 event logs; name one of them: app-20260101-0001, local-17"):
        find_log(tmp_path, Limits())


def test_a_folder_without_a_log_says_what_would_be_one(tmp_path: Path) -> None:
    folder(tmp_path, "readme.md")
    with pytest.raises(UsageError, match="holds no Spark event log; name a file of JSON lines"):
        find_log(tmp_path, Limits())


def test_a_path_where_nothing_is_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no event log at"):
        find_log(tmp_path / "nowhere", Limits())


def test_more_files_than_the_limit_are_refused(tmp_path: Path) -> None:
    log = folder(tmp_path / "eventlog_v2_a", *(f"events_{number}_a" for number in range(1, 6)))
    with pytest.raises(UsageError, match="has 5 files, at most 4"):
        find_log(log, Limits(files=4))
