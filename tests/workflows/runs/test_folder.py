"""The folders of runs: private, named by their time, found by their id, the oldest removed."""

from __future__ import annotations

import datetime as dt
import re
import stat
from pathlib import Path

import pytest

from orchestrator.errors import RunError
from orchestrator.workflows.runs.folder import all_runs, known_run, new_run, runs_folder
from orchestrator.workflows.runs.lock import locked

NOW = dt.datetime(2026, 11, 23, 7, 45, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for runs."""
    folder = tmp_path / "state"
    monkeypatch.setenv("ORCHESTRATE_STATE_DIR", str(folder))
    return folder


def test_a_run_is_named_by_its_minute_and_only_its_user_may_look_inside() -> None:
    run = new_run(NOW)
    assert re.fullmatch(r"20261123-0745-[0-9a-f]{4}", run.id)
    assert stat.S_IMODE(run.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(run.folder.parent.stat().st_mode) == 0o700


def test_runs_are_listed_with_the_newest_first_and_within_a_minute_by_their_request() -> None:
    later = new_run(NOW + dt.timedelta(minutes=1))
    first, second = new_run(NOW), new_run(NOW)
    for run in (later, first, second):
        run.request.write_text("{}", encoding="utf-8")
    assert [run.id for run in all_runs()] == [later.id, second.id, first.id]


def test_the_oldest_runs_go_when_a_new_one_begins_and_one_at_work_stays() -> None:
    old = [new_run(NOW + dt.timedelta(minutes=minute)) for minute in range(4)]
    with locked(old[0].lock):
        newest = new_run(NOW + dt.timedelta(hours=1), keep=2)
    assert {run.id for run in all_runs()} == {newest.id, old[3].id, old[0].id}


def test_a_run_is_known_by_the_end_of_its_id() -> None:
    run = new_run(NOW)
    assert known_run(run.id) == run
    assert known_run(run.id[-4:]) == run


@pytest.mark.parametrize("name", ["", "0745", "20261123-0745-ffff0", "../..", "/etc", "*"])
def test_an_unknown_run_is_one_sentence_that_says_what_would_work(name: str, state: Path) -> None:
    new_run(NOW)
    (state / "notes").mkdir()
    with pytest.raises(RunError, match=r"no run is called .*`orchestrate runs` lists"):
        known_run(name)


def test_an_end_that_two_runs_share_asks_for_the_whole_id(state: Path) -> None:
    for minute in ("0745", "0746"):
        (state / f"20261123-{minute}-3f9a").mkdir(parents=True)
    with pytest.raises(RunError, match="2 runs end with '3f9a'"):
        known_run("3f9a")


def test_a_folder_that_cannot_be_written_is_one_sentence(state: Path) -> None:
    state.write_text("a file", encoding="utf-8")
    with pytest.raises(RunError, match=r"cannot be written .*ORCHESTRATE_STATE_DIR"):
        new_run(NOW)


def test_runs_are_kept_below_the_users_state_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("ORCHESTRATE_STATE_DIR")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert runs_folder() == tmp_path / "orchestrate" / "runs"
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert runs_folder() == tmp_path / ".local" / "state" / "orchestrate" / "runs"
