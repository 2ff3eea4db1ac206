"""`orchestrate runs`: the list, the timeline of one, and what is no run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from orchestrator.cli import main
from tests.workflows.runs.logs import START, logged_run


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORCHESTRATE_STATE_DIR", str(tmp_path))


def test_without_runs_the_list_says_how_to_make_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs"]) == 0
    assert "--model" in capsys.readouterr().out


def test_the_list_shows_each_run_with_its_outcome_cost_model_and_project(capsys: pytest.CaptureFixture[str]) -> None:
    ended, stopped = logged_run(), logged_run((START,))
    assert main(["runs"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [stopped.id, ended.id]
    assert "stopped" in lines[0]
    for word in ("complete", "1 call,", "$0.25", "claude-x", "/p/customer-360"):
        assert word in lines[1]


def test_a_run_that_cannot_be_read_is_told_and_the_others_are_listed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    broken, good = logged_run(), logged_run()
    broken.request.write_text("{", encoding="utf-8")
    assert main(["runs"]) == 0
    shown = capsys.readouterr()
    assert shown.out.startswith(good.id)
    assert f"the request of run {broken.id} cannot be read" in shown.err


def test_show_prints_one_line_an_event_and_one_a_specialist(capsys: pytest.CaptureFixture[str]) -> None:
    run = logged_run()
    assert main(["runs", "show", run.id[-4:]]) == 0
    out = capsys.readouterr().out
    for line in (
        "     0.00 s  started: /p/customer-360 with claude-x",
        "     1.00 s  rules ended in 1.00 s: 2 findings by 90 rules",
        "     2.00 s  delta-specialist is asked about 4 files",
        "     5.00 s  delta-specialist turn 1: search_code, 0.01 s, 300 characters",
        "     9.00 s  delta-specialist turn 1: end_turn after 2.00 s, 1,000 tokens in (900 from the cache), 50 out",
        "     9.00 s  delta-specialist: answered in turn 1, 9 characters",
        "    10.00 s  refuter: finding f1 refuted: line 3 says so",
        "    11.00 s  note: 1 file changed",
        "    12.00 s  ended complete in 12.00 s: 3 findings, $0.2500",
    ):
        assert f"\n{line}" in out
    assert "delta-specialist  1 turn, 1 tool call, 1 call, 1,000 tokens in (90 % from the cache), 50 out, $0.25" in out


def test_what_acts_on_a_terminal_is_spelled_out(capsys: pytest.CaptureFixture[str]) -> None:
    main(["runs", "show", logged_run().id])
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "sql-specialist gave no answer: the model refused⟨U+001B⟩[2J" in out


def test_a_run_that_stopped_says_how_to_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    run = logged_run((START,))
    main(["runs", "show", run.id])
    assert f"to go on: orchestrate review-pipeline --resume {run.id}" in capsys.readouterr().out


def test_show_as_json_holds_every_event_and_what_each_specialist_cost(capsys: pytest.CaptureFixture[str]) -> None:
    run = logged_run()
    assert main(["runs", "show", run.id, "--output", "json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["run"], shown["outcome"], len(shown["events"])) == (run.id, "complete", 11)
    assert shown["parts"][0]["spending"]["usd"] == 0.25
    assert main(["runs", "--output", "json"]) == 0
    assert [each["run"] for each in json.loads(capsys.readouterr().out)] == [run.id]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["show", "20260101-0000-0000"], "no run is called '20260101-0000-0000'; `orchestrate runs` lists"),
        (["show"], "name the run to show"),
        (["list", "x"], "takes no run; to see it: orchestrate runs show x"),
    ],
)
def test_what_is_no_run_is_one_sentence_and_2(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["runs", *arguments]) == 2
    assert sentence in capsys.readouterr().err
