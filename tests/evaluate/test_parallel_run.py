"""`--jobs` of `orchestrate eval run` and `eval gate`: several processes, the same bytes, and nothing left of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from orchestrator.cli import main
from orchestrator.errors import CassetteError, OrchestratorError
from orchestrator.evaluate import parallel
from orchestrator.evaluate.recorded.plan import keep_settings, subjects_of
from orchestrator.evaluate.recorded.settings import cassettes_folder
from orchestrator.evaluate.runlog import Entry, RunLog
from orchestrator.evaluate.running import run_system, usable_suite
from orchestrator.evaluate.system import Job, System
from tests.evaluate.cassettes.scene import SETTINGS, recorded
from tests.evaluate.suites import write_suite

ROOT = Path(__file__).parent.parent.parent
SLOW = """
import os, sys, time
from pathlib import Path
from orchestrator.cli import main
from orchestrator.evaluate import parallel, system
from orchestrator.evaluate.placing import placed_files

def review(job):
    with placed_files(job.case.id, {}):
        (Path(sys.argv[2]) / str(os.getpid())).touch()
        time.sleep(0 if job.case.id == "few-regions" else 600)

parallel.ALONE = 0.0
slow = system.System(name="slow", help="", how="rules", review=review, versions=dict)
system.systems = lambda: (slow,)
sys.exit(main(["eval", "run", sys.argv[1], "--system", "slow", "--jobs", "2"]))
"""


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORCHESTRATE_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("ORCHESTRATE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(parallel, "ALONE", 0.0)


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    return write_suite(tmp_path)


def reviewed(suite: Path, system: System, *, processes: int, epochs: int = 1) -> RunLog:
    whole = usable_suite(str(suite))
    return run_system(system, whole, whole.cases, epochs=epochs, split=None, tell=lambda _: None, processes=processes)


def replayed(suite: Path, log: Path, jobs: int) -> list[bytes]:
    """The bytes of a replay's log and of its result."""
    result = log.with_suffix(".json")
    words = ["--system", "recorded", "--jobs", str(jobs), "--log", str(log), "--quiet", "--output", f"json={result}"]
    assert main(["eval", "run", str(suite), *words]) == 0
    return [path.read_bytes() for path in (log / "run.json", log / "log.jsonl", result)]


def test_recordings_replayed_by_one_process_and_by_two_give_the_same_bytes(suite: Path, tmp_path: Path) -> None:
    keep_settings(suite, SETTINGS)
    for subject in subjects_of(usable_suite(str(suite)).cases, 1):
        recorded(cassettes_folder(suite), subject)
    one, two = (replayed(suite, tmp_path / str(jobs), jobs) for jobs in (1, 2))
    assert one == two
    assert one[1].count(b'"FRESH"') >= 3


def test_the_gate_replays_in_as_many_processes_as_asked_for_and_says_the_same(
    suite: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_settings(suite, SETTINGS)
    for subject in subjects_of(usable_suite(str(suite)).cases, 1):
        recorded(cassettes_folder(suite), subject)
    fork, forks = os.fork, []

    def counted() -> int:
        forks.append(1)
        return fork()

    monkeypatch.setattr(os, "fork", counted)
    said = []
    for jobs, parted in ((1, 0), (2, 2)):
        capsys.readouterr()
        forks.clear()
        code = main(["eval", "gate", str(suite), "--quiet", "--jobs", str(jobs)])
        said.append((code, capsys.readouterr().out))
        assert len(forks) == parted
    assert said[0] == said[1]
    assert "LOCK.json: is missing" in said[0][1]


def by_process(job: Job) -> Entry:
    """An entry that tells which process made it; the first is the slowest."""
    time.sleep(0.2 if job.epoch == 2 and job.variant == "input" else 0)
    return Entry(
        case=job.case.id, variant=job.variant, epoch=job.epoch, predictions=(), lines=1, notes=(str(os.getpid()),)
    )


def test_entries_come_in_order_from_as_many_processes_as_asked_for(suite: Path) -> None:
    system = System(name="told", help="", how="rules", review=by_process, versions=dict)
    alone, shared = (reviewed(suite, system, processes=many, epochs=4) for many in (1, 3))
    assert [(each.case, each.epoch, each.variant) for each in shared.entries] == [
        (each.case, each.epoch, each.variant) for each in alone.entries
    ]
    assert {each.notes for each in alone.entries} == {(str(os.getpid()),)}
    assert len({each.notes for each in shared.entries[1:]} - {(str(os.getpid()),)}) > 1


def test_a_quick_system_stays_in_one_process(suite: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "ALONE", 600.0)
    system = System(name="told", help="", how="rules", review=by_process, versions=dict)
    assert {each.notes for each in reviewed(suite, system, processes=2).entries} == {(str(os.getpid()),)}


def broken(job: Job) -> Entry:
    """Fails from the second epoch on, the later the sooner."""
    if job.epoch == 1:
        return by_process(job)
    time.sleep(0.5 if job.epoch == 2 else 0)
    raise CassetteError(f"{job.case.id} e{job.epoch} {job.variant}")


def test_of_several_failures_that_of_the_first_job_is_told_as_in_one_process(suite: Path) -> None:
    system = System(name="broken", help="", how="rules", review=broken, versions=dict)
    said = []
    for processes in (1, 2):
        with pytest.raises(CassetteError) as told:
            reviewed(suite, system, processes=processes, epochs=3)
        said.append(str(told.value))
    assert said[0] == said[1]


def killed(job: Job) -> Entry:
    """Ends its process where that is a worker."""
    if job.epoch > 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return by_process(job)


def test_a_process_that_is_killed_ends_the_run_with_a_sentence(suite: Path) -> None:
    system = System(name="killed", help="", how="rules", review=killed, versions=dict)
    with pytest.raises(OrchestratorError, match="ended before it answered; try `--jobs 1`"):
        reviewed(suite, system, processes=2, epochs=3)


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_is_one_sentence_and_leaves_no_process_and_no_folder(suite: Path, tmp_path: Path) -> None:
    begun, made = tmp_path / "begun", tmp_path / "made"
    begun.mkdir()
    made.mkdir()
    environment = {**os.environ, "TMPDIR": str(made), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", SLOW, str(suite), str(begun)]
    with subprocess.Popen(
        command, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as running:
        deadline = time.monotonic() + 60
        while len(list(begun.iterdir())) < 3 and running.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        os.killpg(running.pid, signal.SIGINT)
        said = running.communicate(timeout=60)[1]
    assert (running.returncode, said) == (130, "orchestrate: interrupted\n")
    with pytest.raises(ProcessLookupError):
        os.killpg(running.pid, 0)
    assert not list(made.iterdir())
