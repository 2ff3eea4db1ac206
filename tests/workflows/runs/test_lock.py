"""The lock of a run: one process at a time, and free again however that process ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from orchestrator.errors import RunError
from orchestrator.workflows.runs.lock import is_locked, locked

HOLDER = """
import os, sys, time
from pathlib import Path
from orchestrator.workflows.runs.lock import locked
with locked(Path(sys.argv[1])):
    if os.fork() == 0:
        time.sleep(60)
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    """The path of a lock in the folder of a run."""
    (tmp_path / "20261123-0745-3f9a").mkdir()
    return tmp_path / "20261123-0745-3f9a" / "lock"


def test_a_lock_that_another_process_holds_is_one_sentence_and_free_after_kill_9(lock: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(lock)], stdout=subprocess.PIPE, start_new_session=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert is_locked(lock)
        with pytest.raises(RunError, match="the run 20261123-0745-3f9a is at work in another process"), locked(lock):
            pass
        holder.kill()
        holder.wait()
        # A forked process that outlives it, as those that run rules may, does not keep the lock.
        assert not is_locked(lock)
        with locked(lock):
            pass
        os.killpg(holder.pid, signal.SIGKILL)


def test_a_lock_is_held_once_within_a_process_and_asking_does_not_free_it(lock: Path) -> None:
    with locked(lock):
        assert is_locked(lock)
        with pytest.raises(RunError, match="at work"), locked(lock):
            pass
        assert is_locked(lock)
    assert not is_locked(lock)


def test_a_lock_that_was_never_taken_is_free(lock: Path) -> None:
    assert not is_locked(lock)
