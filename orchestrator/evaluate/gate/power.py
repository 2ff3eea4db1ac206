"""How often the live lane is wrong, by simulation: alarms where nothing changed, and silence where recall fell.

A simulated family has one to five goldens of shared difficulty; each golden has a chance of its own to be found, alike
in every epoch. A side is some epochs of independent draws. Nothing here is a model of one system: it is the spread
that makes gates lie.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orchestrator.evaluate.gate.canary import Watched, canaries
from orchestrator.evaluate.gate.live import ALPHA, endpoints, verdict
from orchestrator.evaluate.gate.verdicts import Verdict
from orchestrator.evaluate.statistics.ratios import F05, Array, over_epochs, pooled

Counted = NDArray[np.int64]
SIZES = (20, 40, 60, 80, 160)
REPETITIONS = 600
SEED = 7
_WEIGHTS = np.array([8.0, 4.0, 2.0, 1.0])
_SHARES = np.array([0.15, 0.40, 0.30, 0.15])
"""How often a golden is critical, high, medium or low."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What is simulated; chances are of a golden and an epoch, rates of a family and an epoch."""

    recall: float = 0.65
    spread: float = 1.5
    """The standard deviation of the difficulty that the goldens of a family share, in logits."""
    own_spread: float = 1.0
    false_findings: float = 0.6
    clean_false_findings: float = 0.016
    clean_lines: tuple[int, int] = (80, 240)
    must_find: float = 0.3
    epochs: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """The families of one repetition: chances by golden, the family, weight and watch of each, and rates by family."""

    chances: Array
    family: Counted
    weights: Array
    watched: NDArray[np.bool_]
    false_rate: Array
    clean_rate: Array
    lines: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """How often the gate said what, in so many repetitions.

    `held` counts for each endpoint how often a loss was not ruled out. `naive` is how often F0.5 of one epoch against
    one fell by .05, `lone` how often a stable golden had Fisher's p below .05: two rules that this gate is not.
    """

    families: int
    repetitions: int
    failed: int
    passed: int
    held: tuple[int, ...]
    naive: int
    lone: int


def scene(source: np.random.Generator, families: int, world: World) -> Scene:
    """Families at random."""
    numbers = source.integers(1, 6, families)
    family = np.repeat(np.arange(families), numbers)
    shared = source.normal(0, world.spread, families)[family]
    total = np.hypot(world.spread, world.own_spread)
    # A normal spread of logits pulls the mean chance to one half; this undoes it to a hundredth.
    middle = np.log(world.recall / (1 - world.recall)) * np.sqrt(1 + total**2 * 0.3458)
    logits = middle + shared + source.normal(0, world.own_spread, len(family))
    return Scene(
        chances=1 / (1 + np.exp(-logits)),
        family=family,
        weights=source.choice(_WEIGHTS, len(family), p=_SHARES),
        watched=source.uniform(size=len(family)) < world.must_find,
        false_rate=source.gamma(1.0, world.false_findings, families),
        clean_rate=source.gamma(0.5, world.clean_false_findings / 0.5, families),
        lines=source.integers(*world.clean_lines, families, endpoint=True).astype(np.float64),
    )


def side(source: np.random.Generator, at: Scene, epochs: int, drop: float) -> tuple[Array, Counted]:
    """The counts of one side, families by epochs by columns, and in how many epochs each golden was found.

    `drop` is what recall loses, spread over the goldens by their chances.
    """
    families = len(at.lines)
    chances = at.chances * (1 - drop / at.chances.mean())
    found = source.uniform(size=(len(chances), epochs)) < chances[:, None]
    weighted = found * at.weights[:, None]
    columns = np.zeros((families, epochs, 7))
    np.add.at(columns[:, :, 0], at.family, found)
    columns[:, :, 1] = source.poisson(at.false_rate[:, None], (families, epochs))
    np.add.at(columns[:, :, 2], at.family, ~found)
    np.add.at(columns[:, :, 3], at.family, weighted)
    np.add.at(columns[:, :, 4], at.family, np.broadcast_to(at.weights[:, None], weighted.shape))
    columns[:, :, 5] = source.poisson(at.clean_rate[:, None], (families, epochs))
    columns[:, :, 6] = at.lines[:, None]
    return columns, found.sum(axis=1)


def rates(families: int, *, drop: float, repetitions: int = REPETITIONS, world: World | None = None) -> Rates:
    """What the gate says of so many families when recall falls by `drop`; 0 is an A/A test."""
    world = world or World()
    runs = [
        _once(np.random.default_rng([SEED, families, number]), families, drop, world) for number in range(repetitions)
    ]
    return Rates(
        families=families,
        repetitions=repetitions,
        failed=sum(run.verdict is Verdict.REGRESSION for run in runs),
        passed=sum(run.verdict is Verdict.PASSED for run in runs),
        held=tuple(sum(each) for each in zip(*(run.held for run in runs), strict=True)),
        naive=sum(run.naive for run in runs),
        lone=sum(run.lone for run in runs),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    verdict: Verdict
    held: tuple[bool, ...]
    naive: bool
    lone: bool


def _once(source: np.random.Generator, families: int, drop: float, world: World) -> _Run:
    at = scene(source, families, world)
    old, old_found = side(source, at, world.epochs, 0.0)
    new, new_found = side(source, at, world.epochs, drop)
    found = endpoints(over_epochs(old), over_epochs(new))
    lost = canaries(_watched(old_found[at.watched], new_found[at.watched], world.epochs), alpha=ALPHA)
    before, after = pooled(old[:, 0], F05), pooled(new[:, 0], F05)
    return _Run(
        verdict=verdict(found, lost),
        held=tuple(not each.is_no_worse for each in found),
        naive=before is not None and after is not None and after - before <= -0.05,
        lone=bool(lost.broken or lost.doubtful),
    )


def _watched(old: Counted, new: Counted, epochs: int) -> list[Watched]:
    return [
        Watched(name="", old_found=int(before), old_epochs=epochs, new_found=int(now), new_epochs=epochs)
        for before, now in zip(old, new, strict=True)
    ]
