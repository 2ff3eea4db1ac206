"""Kills a real `orchestrate review-pipeline --model` at a moment, goes on with its run, and compares."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from orchestrator.events import CallEnded, read_events
from tests.models.messages_api import Served
from tests.workflows.graph.scene import AGENTS, MODEL

SECONDS = 120
_PROGRAM = (sys.executable, "-m", "orchestrator", "review-pipeline")


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where one run happens: the project, and folders for what the run leaves."""

    root: Path
    folder: Path
    api: Served

    @property
    def state(self) -> Path:
        """Where its run is kept."""
        return self.folder / "state"

    @property
    def logs(self) -> list[Path]:
        """The log of its run, as soon as there is one."""
        return list(self.state.glob("*/events.jsonl"))

    def start(self, *options: str) -> subprocess.Popen[bytes]:
        """The command at work."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANTHROPIC", "ORCHESTRATE"))}
        places = {"ORCHESTRATE_STATE_DIR": str(self.state), "ORCHESTRATE_CACHE_DIR": str(self.folder / "cache")}
        model = {"ANTHROPIC_API_KEY": "k", "ANTHROPIC_BASE_URL": self.api.address}
        return subprocess.Popen(
            [*_PROGRAM, *options],
            env={**kept, **places, **model},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def begin(self) -> subprocess.Popen[bytes]:
        """The review, begun."""
        chosen = ("--model", MODEL, "--agents", ",".join(AGENTS), "--fail-on", "never")
        return self.start(str(self.root), *chosen, "--output", f"json={self.folder / 'report.json'}")

    def finish(self, process: subprocess.Popen[bytes]) -> JsonValue:
        """The report of a process that ends by itself, without what two equal runs differ in."""
        _, story = process.communicate(timeout=SECONDS)
        assert process.returncode == 0, story.decode()
        report: JsonValue = json.loads((self.folder / "report.json").read_text(encoding="utf-8"))
        return plain(report)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one kill.

    `paid_twice` counts calls that had ended and were paid again, `repeated` all requests that were answered twice.
    """

    was_at_work: bool
    paid_twice: int
    repeated: int
    report: JsonValue
    is_same: bool


def plain(value: JsonValue) -> JsonValue:
    """A report without times, costs and the run's id."""
    if isinstance(value, list):
        return [plain(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {name: plain(each) for name, each in value.items() if name not in {"seconds", "spending", "run"}}


def undisturbed(place: Place) -> tuple[JsonValue, float]:
    """The report of a run that nobody kills, and how many seconds it took."""
    started = time.perf_counter()
    report = place.finish(place.begin())
    return report, time.perf_counter() - started


def killed(place: Place, moment: float, expected: JsonValue) -> Outcome:
    """A run that is killed with -9 after so many seconds and gone on with; one that has ended is only resumed; its
    report is compared with the expected one."""
    before = len(place.api.paid)
    process = place.begin()
    try:
        process.communicate(timeout=moment)
        was_at_work = False
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        was_at_work = True
    ended = {call.digest for call in _paid(place)}
    runs = [log.parent.name for log in place.logs]
    again = place.start("--resume", runs[0]) if runs else place.begin()
    report = place.finish(again)
    counted = Counter(call.digest for call in _paid(place))
    bodies = Counter(json.dumps(call.asked.body, sort_keys=True) for call in place.api.paid[before:])
    return Outcome(
        was_at_work=was_at_work,
        paid_twice=sum(counted[digest] - 1 for digest in ended),
        repeated=sum(count - 1 for count in bodies.values()),
        report=report,
        is_same=report == expected,
    )


def _paid(place: Place) -> list[CallEnded]:
    """The calls that the log says were answered and paid."""
    events = [event for log in place.logs for event in read_events(log)]
    return [event for event in events if isinstance(event, CallEnded) and not event.kept and not event.problem]
