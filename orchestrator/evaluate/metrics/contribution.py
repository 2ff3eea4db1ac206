"""What each agent adds: what the run would be without it, and what it alone found or got wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from orchestrator.evaluate.case import Case
from orchestrator.evaluate.counts import Counts, Scored, total
from orchestrator.evaluate.metrics.measures import value
from orchestrator.evaluate.prediction import Prediction
from orchestrator.evaluate.runlog import Entry, RunLog
from orchestrator.evaluate.score import score


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """One agent: the overall F0.5 with it less the one without it, and the true and false findings that go with it."""

    agent: str
    f05_gain: float | None
    unique_true: int
    unique_false: int


def contributions(log: RunLog, cases: Iterable[Case], scored: Scored) -> tuple[Contribution, ...]:
    """Of every agent that said something."""
    with_all = total(scored.cases)
    held = tuple(cases)
    said = {agent for entry in log.entries for each in entry.predictions for agent in each.agents}
    return tuple(_contribution(agent, log, held, with_all) for agent in sorted(said))


def _contribution(agent: str, log: RunLog, cases: tuple[Case, ...], with_all: Counts) -> Contribution:
    less = RunLog(spec=log.spec, entries=tuple(_without(agent, entry) for entry in log.entries))
    without = total(score(less, cases).cases)
    before, after = value("f05", with_all), value("f05", without)
    return Contribution(
        agent=agent,
        f05_gain=None if before is None else before - (after or 0.0),
        unique_true=with_all.tp - without.tp,
        unique_false=with_all.fp + with_all.duplicates - without.fp - without.duplicates,
    )


def _without(agent: str, entry: Entry) -> Entry:
    left = tuple(kept for each in entry.predictions if (kept := _less(agent, each)) is not None)
    return replace(entry, predictions=left)


def _less(agent: str, prediction: Prediction) -> Prediction | None:
    """The finding as the others made it; None where nobody else did."""
    others = tuple(each for each in prediction.agents if each != agent)
    if not others:
        return None
    return replace(prediction, agents=others)
