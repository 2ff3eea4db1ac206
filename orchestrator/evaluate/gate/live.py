"""Lane 2: is a system that is asked anew worse than it was? By tests over case families, never by one number.

FAIL: an endpoint has an adjusted p-value below alpha and fell by at least `LEAST_DROP`.
PASS: for every endpoint the lower bound of the gain is above `-MARGIN`.
Anything else is inconclusive, as is everything with fewer than `FEWEST_FAMILIES` families or `FEWEST_EPOCHS` epochs.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from orchestrator.evaluate.gate.canary import Canaries, Watched, canaries
from orchestrator.evaluate.gate.verdicts import Lane, Verdict
from orchestrator.evaluate.statistics.holm import holm
from orchestrator.evaluate.statistics.intervals import lower_bounds
from orchestrator.evaluate.statistics.paired import regression_p_values
from orchestrator.evaluate.statistics.ratios import PRIMARY, Array, Ratio, pooled

NAME = "live"
ALPHA = 0.05
MOST_LOOKS = 2
LEAST_DROP = 0.02
MARGIN = 0.05
FEWEST_FAMILIES = 20
FEWEST_EPOCHS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One measure of both sides; `gain` is positive where the new one is better, also for costs."""

    name: str
    old: float | None
    new: float | None
    gain: float | None
    adjusted: float
    bound: float

    @property
    def has_fallen(self) -> bool:
        """Whether it fell by enough to matter, whatever chance says."""
        return self.gain is not None and self.gain <= -LEAST_DROP

    @property
    def is_no_worse(self) -> bool:
        """Whether a loss of the margin is ruled out."""
        return not math.isnan(self.bound) and self.bound > -MARGIN

    def __str__(self) -> str:
        if self.old is None or self.new is None:
            return f"{self.name}: undefined"
        return f"{self.name}: {self.old:.3f} before, {self.new:.3f} now, adjusted p {self.adjusted:.4f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """What is compared: counts of the same families in the same order, the epochs of each side averaged."""

    old: Array
    new: Array
    old_epochs: int
    new_epochs: int
    watched: tuple[Watched, ...] = ()


def alpha_of(looks: int) -> float:
    """The error rate of one look: all looks that were declared share `ALPHA`."""
    return ALPHA / looks


def endpoints(old: Array, new: Array, *, alpha: float = ALPHA) -> tuple[Endpoint, ...]:
    """The primary endpoints of counts of families, epochs averaged already."""
    # What is undefined on both sides did not get worse; that it is no better shows in its bound.
    raw = [1.0 if math.isnan(p) else p for p in regression_p_values(old, new, PRIMARY)]
    bounds = lower_bounds(old, new, PRIMARY, level=1 - alpha)
    found = zip(PRIMARY, holm(raw), bounds, strict=True)
    return tuple(_endpoint(old, new, ratio, adjusted, bound) for ratio, adjusted, bound in found)


def _endpoint(old: Array, new: Array, ratio: Ratio, adjusted: float, bound: float) -> Endpoint:
    before, after = pooled(old, ratio), pooled(new, ratio)
    gain = None if before is None or after is None else (after - before) * ratio.sign
    return Endpoint(name=ratio.name, old=before, new=after, gain=gain, adjusted=adjusted, bound=bound)


def verdict(found: Sequence[Endpoint], lost: Canaries, *, alpha: float = ALPHA) -> Verdict:
    """The verdict on enough families and epochs."""
    if lost.broken or any(each.adjusted < alpha and each.has_fallen for each in found):
        return Verdict.REGRESSION
    is_good = not lost.doubtful and all(each.is_no_worse for each in found)
    return Verdict.PASSED if is_good else Verdict.INCONCLUSIVE


def live_lane(sides: Sides, *, looks: int = 1) -> Lane:
    """The lane's word on two systems; `looks` is how often one meant to look, said before the first."""
    alpha = alpha_of(looks)
    families, before, now = len(sides.old), sides.old_epochs, sides.new_epochs
    too_few = tuple(_too_few(families, min(before, now)))
    notes = [f"{families} case families, {before} epochs before and {now} now"]
    if families == 0 or min(before, now) == 0:
        return Lane(name=NAME, verdict=Verdict.INCONCLUSIVE, reasons=too_few, notes=tuple(notes))
    found = endpoints(sides.old, sides.new, alpha=alpha)
    lost = canaries(sides.watched, alpha=alpha)
    said = verdict(found, lost, alpha=alpha)
    level = f"{100 * (1 - alpha):g} %"
    notes += [f"{each}; {level} lower bound of the gain {each.bound:+.3f}" for each in found]
    notes += [str(each) for each in lost.shaky]
    reasons = (*too_few, *_lost(lost), *_reasons(found, said, alpha))
    return Lane(name=NAME, verdict=Verdict.INCONCLUSIVE if too_few else said, reasons=reasons, notes=tuple(notes))


def _too_few(families: int, epochs: int) -> Iterator[str]:
    if families < FEWEST_FAMILIES:
        yield f"{families} case families are fewer than {FEWEST_FAMILIES}, which can show nothing"
    if epochs < FEWEST_EPOCHS:
        yield f"{epochs} epochs are fewer than {FEWEST_EPOCHS}; run more of them"


def _lost(lost: Canaries) -> Iterator[str]:
    yield from map(str, lost.broken)
    yield from (f"{each}: it may be chance among all that are watched; add epochs" for each in lost.doubtful)


def _reasons(found: Sequence[Endpoint], said: Verdict, alpha: float) -> Iterator[str]:
    for each in found:
        if each.adjusted < alpha and each.has_fallen:
            yield f"it fell: {each}"
        elif said is Verdict.INCONCLUSIVE and not each.is_no_worse:
            bound = f"the lower bound of its gain is {each.bound:+.3f}"
            yield f"{each.name}: a loss of {MARGIN:g} is not ruled out, {bound}; add epochs or cases"
