"""`kill -9` at several moments of a review by the real command: nothing that ended is paid twice."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from tests.models.answers import log_normal
from tests.models.messages_api import serving
from tests.workflows.graph.killing import SECONDS, Place, killed, undisturbed
from tests.workflows.graph.scene import finds

SHARES = (0.3, 0.55, 0.75, 0.9)
"""Moments as shares of the undisturbed run: as it starts, among the specialists, and near its end."""


# Nine runs of the command, one after the other: it needs no component, only time.
@pytest.mark.real
@pytest.mark.enable_socket
def test_a_run_that_is_killed_goes_on_to_the_same_report_and_pays_no_ended_call_twice(
    root: Path, tmp_path: Path
) -> None:
    with serving(finds, pace=log_normal(0.1, seed=3)) as api:
        expected, seconds = undisturbed(Place(root=root, folder=folder(tmp_path, "whole"), api=api))
        for share in SHARES:
            place = Place(root=root, folder=folder(tmp_path, f"at-{share}"), api=api)
            outcome = killed(place, seconds * share, expected)
            assert outcome.was_at_work or share == SHARES[-1]
            assert outcome.paid_twice == 0
            assert outcome.report == expected


def folder(parent: Path, name: str) -> Path:
    """A folder for one run."""
    made = parent / name
    made.mkdir()
    return made


@pytest.mark.real
@pytest.mark.enable_socket
@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_ends_with_130_and_the_words_to_go_on(root: Path, tmp_path: Path) -> None:
    with serving(finds, pace=lambda _: 30.0) as api:
        place = Place(root=root, folder=folder(tmp_path, "stopped"), api=api)
        process = place.begin()
        while not api.asked and process.poll() is None:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, story = process.communicate(timeout=SECONDS)
    assert process.returncode == 130
    lines = story.decode().splitlines()
    run = place.logs[0].parent.name
    assert lines[-1] == "orchestrate: interrupted"
    assert any(f"stopped; go on with: orchestrate review-pipeline --resume {run}" in line for line in lines)
