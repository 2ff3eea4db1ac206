"""The Action as a runner has it: an environment of its own, filled from the package registry by the lock alone."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.github.action.acting import logs, reviewed
from tests.github.loopback import Repository
from tests.github.runner.running import Runner

pytestmark = [pytest.mark.real, pytest.mark.usefixtures("socket_enabled")]


def test_review_and_posting_work_with_what_the_lock_installs(runner: Runner, repository: Repository) -> None:
    runner.interpreter = Path(sys.executable)
    jobs = reviewed(runner, repository)
    assert [job.outcome for job in jobs.values()] == ["success", "success"], logs(jobs)
    assert [thread.line for thread in repository.pulls[1].threads] == [15]
    assert [check.conclusion for check in repository.checks] == ["failure"]
