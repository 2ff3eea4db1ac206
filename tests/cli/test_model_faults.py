"""What a user sees when a review with a model goes wrong: the real command, in a process of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from threading import Event as Flag

import pytest

from orchestrator.events import CallEnded, read_events
from orchestrator.models.ledger import FILE
from tests.models.answers import Asked, Said, failing, hanging
from tests.models.asking import KEY
from tests.models.messages_api import serving
from tests.workflows.graph.faults import NOWHERE, always, quiet
from tests.workflows.graph.scene import AGENTS, MODEL, project

pytestmark = pytest.mark.enable_socket

CLEAN, BAD_INPUT, INCOMPLETE, INTERRUPTED = 0, 2, 3, 130
REVIEW = ("review-pipeline", "project", "--agents", ",".join(AGENTS), "--model", MODEL, "--fail-on", "critical")
PLAIN = ("-m", "orchestrator")
FULL = """import resource, runpy
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
runpy.run_module("orchestrator", run_name="__main__")
"""
"""The command where no file may grow beyond 20 kB: what a full disk looks like to it."""
RULE = "STR001"
SECONDS = 120
slow = pytest.mark.real
"""Needs no component, only time: two runs of the command one after the other."""


def start(folder: Path, *words: str, address: str, program: tuple[str, ...] = PLAIN) -> subprocess.Popen[str]:
    """The command at work in a folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANTHROPIC", "ORCHESTRATE"))}
    places = {"ORCHESTRATE_STATE_DIR": str(folder / "state"), "ORCHESTRATE_CACHE_DIR": str(folder / "cache")}
    model = {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": address}
    return subprocess.Popen(
        [sys.executable, *program, *words],
        cwd=folder,
        env={**kept, **places, **model, "PYTHONPATH": str(Path(__file__).parent.parent.parent)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Its exit code, its result and its story, in which nothing stands that must not."""
    result, story = process.communicate(timeout=SECONDS)
    assert KEY not in result + story
    assert "Traceback" not in story
    return process.returncode, result, story


def answered(folder: Path) -> Counter[str]:
    """How often each call was paid and answered, by the logs of all runs."""
    events = [event for log in (folder / "state").glob("*/events.jsonl") for event in read_events(log)]
    calls = [event for event in events if isinstance(event, CallEnded) and not event.kept and not event.problem]
    return Counter(call.digest for call in calls)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the command runs."""
    project(tmp_path)
    return tmp_path


def test_a_credential_that_is_refused_is_told_with_its_name_and_without_itself(folder: Path) -> None:
    with serving(always(failing(401, "authentication_error", f"invalid x-api-key {KEY}"))) as api:
        code, result, story = ended(start(folder, *REVIEW, address=api.address))
    assert code == INCOMPLETE, story
    assert "did not accept ANTHROPIC_API_KEY (401)" in result
    assert "INCOMPLETE: not finished: " in result
    assert RULE in result


def test_an_address_where_nobody_listens_is_one_sentence_for_all_specialists(folder: Path) -> None:
    code, result, story = ended(start(folder, *REVIEW, address=NOWHERE))
    assert code == INCOMPLETE, story
    assert result.count("nobody listens there; check the network and ANTHROPIC_BASE_URL (tried 3 times in") == 1
    assert RULE in result


def test_a_state_folder_that_cannot_be_made_is_bad_input_and_nothing_is_asked(folder: Path) -> None:
    (folder / "state").write_text("a file", encoding="utf-8")
    with serving(quiet) as api:
        code, result, story = ended(start(folder, *REVIEW, address=api.address))
        assert not api.asked
    assert (code, result) == (BAD_INPUT, "")
    assert re.search("the folder of runs .* cannot be written .*; name another in ORCHESTRATE_STATE_DIR\n$", story)


@slow
def test_a_ledger_that_is_damaged_or_cannot_be_made_costs_what_was_kept_and_no_review(folder: Path) -> None:
    cache = folder / "cache"
    cache.mkdir()
    (cache / FILE).write_bytes(b"garbage" * 500)
    with serving(quiet) as api:
        code, result, story = ended(start(folder, *REVIEW, address=api.address))
        assert (code, RULE in result) == (CLEAN, True), story
        assert "was damaged or not ours" in story
        cache.rename(folder / "aside")
        cache.write_text("a file", encoding="utf-8")
        code, result, story = ended(start(folder, *REVIEW, address=api.address))
    assert (code, RULE in result) == (CLEAN, True), story
    assert "answers are kept no more" in story


def test_on_a_full_disk_the_rules_are_reported_and_the_run_is_incomplete(folder: Path) -> None:
    with serving(quiet) as api:
        code, result, story = ended(start(folder, *REVIEW, address=api.address, program=("-c", FULL)))
    assert code == INCOMPLETE, story
    assert re.search(r"given up: run \S+ stopped because its folder cannot be written", result)
    assert RULE in result


@slow
def test_checkpoints_that_are_damaged_are_told_when_the_run_is_resumed(folder: Path) -> None:
    with serving(quiet) as api:
        assert ended(start(folder, *REVIEW, address=api.address))[0] == CLEAN
        (checkpoints,) = (folder / "state").glob("*/checkpoints.sqlite")
        checkpoints.write_bytes(b"garbage" * 999)
        again = start(folder, "review-pipeline", "--resume", checkpoints.parent.name, address=api.address)
        code, result, story = ended(again)
    assert code == INCOMPLETE, story
    assert f"the checkpoints of run {checkpoints.parent.name} cannot be read" in result
    assert RULE in result


@slow
@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_says_how_to_go_on_and_going_on_pays_no_ended_call_twice(folder: Path) -> None:
    reached = Flag()

    def hangs_once(asked: Asked) -> Said:
        if asked.turn == 0 or reached.is_set():
            return quiet(asked)
        reached.set()
        return hanging(0)

    with serving(hangs_once) as api:
        process = start(folder, *REVIEW, address=api.address)
        assert reached.wait(SECONDS)
        process.send_signal(signal.SIGINT)
        code, result, story = ended(process)
        assert (code, result) == (INTERRUPTED, ""), story
        told = re.search(r"stopped; go on with: orchestrate (review-pipeline --resume \S+?)\"", story)
        assert told is not None, story
        before = answered(folder)
        code, result, story = ended(start(folder, *told[1].split(), address=api.address))
        assert (code, RULE in result) == (CLEAN, True), story
    counted = answered(folder)
    assert before
    assert {counted[digest] for digest in before} == {1}
