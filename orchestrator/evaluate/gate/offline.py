"""Lanes 0 and 1 over a suite: the systems that need no model are run anew and held against their baselines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

from orchestrator.errors import EvalError
from orchestrator.evaluate.baseline import FOLDER as BASELINES
from orchestrator.evaluate.baseline import read_baseline
from orchestrator.evaluate.counts import Scored
from orchestrator.evaluate.gate.integrity import integrity_lane
from orchestrator.evaluate.gate.replay import replay_lane
from orchestrator.evaluate.gate.verdicts import Lane, Verdict
from orchestrator.evaluate.lock import FILE_NAME, dataset, differences, read_lock
from orchestrator.evaluate.recorded.pending import FILE as PENDING
from orchestrator.evaluate.recorded.pending import pending
from orchestrator.evaluate.recorded.settings import FOLDER as CASSETTES
from orchestrator.evaluate.recorded.settings import cassettes_folder, read_settings
from orchestrator.evaluate.running import Told, run_system
from orchestrator.evaluate.score import score
from orchestrator.evaluate.suite import Refusal, Suite, load_suite
from orchestrator.evaluate.system import system, systems

RULES, RECORDED = "rules", "recorded"
_Run: TypeAlias = Callable[[str, int], Scored]
"""The score of a system, by its name, over so many epochs."""


def offline_lanes(folder: Path, *, today: dt.date, tell: Told, processes: int = 1) -> tuple[Lane, ...]:
    """The lanes: integrity first; where the suite itself is refused nothing else is run.

    Raises:
        EvalError: a lock or a baseline cannot be used.
        CassetteError: the settings of the recordings cannot be used.
    """
    suite = load_suite(folder)
    if suite.refusals or not suite.cases:
        return (integrity_lane(suite, others=() if suite.cases else (_empty(),)),)

    def run(name: str, epochs: int) -> Scored:
        log = run_system(system(name), suite, suite.cases, epochs=epochs, split=None, tell=tell, processes=processes)
        return score(log, suite.cases)

    replayed = _replayed(suite, run)
    others = [*_lock_refusals(suite), *(_replay_refusals(replayed, folder, today) if replayed else ())]
    lanes = [integrity_lane(suite, others=others)]
    if lanes[0].verdict is Verdict.PASSED:
        lanes += [_lane(name, suite, replayed, run) for name in _held(folder)]
    return tuple(lanes)


def recorded_epochs(folder: Path) -> int:
    """How many epochs were recorded of any case; 0 where nothing was."""
    names = (path.name.partition(".")[0] for path in cassettes_folder(folder).glob("*/*/e*.yaml"))
    return max((int(name[1:]) for name in names if name[1:].isdecimal()), default=0)


def _held(folder: Path) -> tuple[str, ...]:
    """The systems that are held against a baseline: the rules always, others that need no environment of their own."""
    alone = {each.name for each in systems() if each.how != "peer"}
    there = {path.stem for path in (folder / BASELINES).glob("*.json")}
    return tuple(sorted({RULES} | (alone & there)))


def _lane(name: str, suite: Suite, replayed: Scored | None, run: _Run) -> Lane:
    baseline = read_baseline(suite.folder, name)
    if baseline is None:
        how = f"orchestrate eval run --system {name}, then: orchestrate eval baseline promote RUN --why '...'"
        missing = f"{BASELINES}/{name}.json is missing; make it: {how}"
        return Lane(name=f"replay {name}", verdict=Verdict.INTEGRITY, reasons=(missing,))
    scored = replayed if name == RECORDED else run(name, 1)
    if scored is None:
        raise EvalError(f"{BASELINES}/{name}.json is there and no recording; restore cassettes/ or remove it")
    return replay_lane(baseline, scored)


def _replayed(suite: Suite, run: _Run) -> Scored | None:
    if read_settings(suite.folder) is None:
        return None
    return run(RECORDED, max(1, recorded_epochs(suite.folder)))


def _replay_refusals(replayed: Scored, folder: Path, today: dt.date) -> Iterator[Refusal]:
    """What is not fresh, but for the cases that wait for their recording."""
    waiting = {each.case: each for each in pending(folder)}
    for line in replayed.not_measured:
        case = line.partition(" ")[0]
        if case not in waiting or waiting[case].until < today:
            yield Refusal(file=f"{CASSETTES}/{case}", reason=f"{line}; record it anew with `orchestrate eval record`")
    stale = {line.partition(" ")[0] for line in replayed.not_measured}
    for name, each in sorted(waiting.items()):
        if name not in stale:
            yield Refusal(file=f"{CASSETTES}/{PENDING}", reason=f"{name} is fresh; remove its line")
        elif each.until < today:
            yield Refusal(file=f"{CASSETTES}/{PENDING}", reason=f"the line of {name} ended on {each.until}")


def _lock_refusals(suite: Suite) -> Iterator[Refusal]:
    lock = read_lock(suite.folder)
    if lock is None:
        yield Refusal(file=FILE_NAME, reason="is missing; `orchestrate eval lock --dataset-version N.N.N` writes it")
        return
    for line in differences(lock, dataset(suite)):
        case, _, reason = line.partition(": ")
        yield Refusal(file=case, reason=f"{reason}; lock it under a new version with `orchestrate eval lock`")


def _empty() -> Refusal:
    return Refusal(file=".", reason="the suite holds no case")
