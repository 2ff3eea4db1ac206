"""`score/v1`, steps 1 to 6 and 8: what comes of each prediction, as a pure function of predictions and case."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass, replace

from orchestrator.evaluate.assignment import assign
from orchestrator.evaluate.case import Case
from orchestrator.evaluate.counts import Strength, Verdict
from orchestrator.evaluate.eligibility import Ground, Target, gap
from orchestrator.evaluate.grounding import is_grounded
from orchestrator.evaluate.prediction import Prediction, Variant


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """How far a finding with the right name stands from its golden, whatever the tolerance."""

    golden: str
    gap: int
    overlap: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """What came of the predictions on one variant; `found` holds the matched prediction of each golden by id."""

    verdicts: tuple[Verdict, ...]
    found: dict[str, tuple[Prediction, Strength]]
    near: tuple[Near, ...] = ()


def match(predictions: Iterable[Prediction], case: Case) -> Matched:
    """The predictions on the input, one-to-one with the goldens as well as can be; the rest is told apart."""
    ground = Ground(case, "input")
    kept, ungrounded, repeated = _prepared(predictions, case, "input")
    targets = ground.targets
    pairs = assign([[target.fit(prediction) for target in targets] for prediction in kept])
    golden_of = {row: targets[column] for row, column in pairs}
    matched = [_hit(kept[row], target) for row, target in golden_of.items()]
    taken = tuple(golden_of.values())
    left = [_leftover(each, ground, taken) for row, each in enumerate(kept) if row not in golden_of]
    found = {target.golden.id: (kept[row], _strength(kept[row], target)) for row, target in golden_of.items()}
    return Matched(
        verdicts=_ordered([*matched, *left, *ungrounded, *repeated]),
        found=found,
        near=_near(kept, targets),
    )


def match_twin(predictions: Iterable[Prediction], case: Case) -> Matched:
    """The predictions on the mended project, where nothing is expected and each finding but a neutral one is wrong or
    unlabelled."""
    ground = Ground(case, "twin")
    kept, ungrounded, repeated = _prepared(predictions, case, "twin")
    left = [_leftover(each, ground, ()) for each in kept]
    return Matched(verdicts=_ordered([*left, *ungrounded, *repeated]), found={})


def _prepared(
    predictions: Iterable[Prediction], case: Case, variant: Variant
) -> tuple[list[Prediction], list[Verdict], list[Verdict]]:
    """Steps 2 to 4: the predictions to match, the ungrounded, and those that one agent made twice."""
    given = list(map(_normalised, predictions))
    ungrounded = [each for each in given if not is_grounded(each, case, variant)]
    held = {id(each) for each in ungrounded}
    kept, repeated = _merged([each for each in given if id(each) not in held])
    return (
        kept,
        [Verdict(prediction=each, outcome="ungrounded", false_by="ungrounded") for each in ungrounded],
        [Verdict(prediction=each, outcome="duplicate") for each in repeated],
    )


def _normalised(prediction: Prediction) -> Prediction:
    path = posixpath.normpath(prediction.path.replace("\\", "/"))
    return prediction if path == prediction.path else replace(prediction, path=path)


def _merged(given: list[Prediction]) -> tuple[list[Prediction], list[Prediction]]:
    """What stands after step 4, and what its own agent had said already; of two, the surer one stands.

    Where two agents say the same, the finding is one with both names, as it is in a report.
    """
    kept: list[Prediction] = []
    repeated: list[Prediction] = []
    for each in sorted(given, key=lambda one: (-one.confidence, one.order)):
        at = next((at for at, other in enumerate(kept) if _is_same(each, other)), None)
        if at is None:
            kept.append(each)
        elif set(each.agents) & set(kept[at].agents) or not each.agents:
            repeated.append(each)
        else:
            agents = tuple(sorted({*kept[at].agents, *each.agents}))
            kept[at] = replace(kept[at], agents=agents)
    return sorted(kept, key=lambda each: each.order), repeated


def _is_same(one: Prediction, other: Prediction) -> bool:
    return one.kind == other.kind and one.path == other.path and gap(one.lines, other.lines) == 0


def _hit(prediction: Prediction, target: Target) -> Verdict:
    fit = target.fit(prediction)
    return Verdict(
        prediction=prediction,
        outcome="tp",
        golden=target.golden.id,
        strength=_strength(prediction, target),
        gap=None if fit is None else fit.gap,
        overlap=None if fit is None else fit.overlap,
    )


def _strength(prediction: Prediction, target: Target) -> Strength:
    return target.strength(prediction) or "category"


def _leftover(prediction: Prediction, ground: Ground, taken: tuple[Target, ...]) -> Verdict:
    """Step 8, for what no golden took; on the twin `taken` is empty and every golden is one that must be silent."""
    if ground.is_ignored(prediction):
        return Verdict(prediction=prediction, outcome="neutral")
    again = next((target for target in taken if says(prediction, target)), None)
    if again is not None:
        return Verdict(prediction=prediction, outcome="duplicate", golden=again.golden.id)
    if ground.variant == "twin":
        still = next((target for target in ground.targets if says(prediction, target)), None)
        if still is not None:
            return Verdict(prediction=prediction, outcome="fp", golden=still.golden.id, false_by="still-reported")
    if ground.is_trap(prediction):
        return Verdict(prediction=prediction, outcome="fp", false_by="hard-negative")
    if prediction.category is not None and prediction.category in ground.case.spec.closed_world:
        return Verdict(prediction=prediction, outcome="fp", false_by="closed-world")
    return Verdict(prediction=prediction, outcome="unlabelled")


def says(prediction: Prediction, target: Target) -> bool:
    """Whether it tells of this very defect: by name, and not by category alone."""
    fit = target.fit(prediction)
    return fit is not None and fit.strength != "category"


def _near(kept: list[Prediction], targets: tuple[Target, ...]) -> tuple[Near, ...]:
    """The best assignment by name within the file, however far the lines are apart."""
    table = [
        [
            fit if (fit := target.fit(each, any_distance=True)) is not None and fit.strength != "category" else None
            for target in targets
        ]
        for each in kept
    ]
    found = []
    for row, column in assign(table):
        fit = table[row][column]
        if fit is not None:
            found.append(Near(golden=targets[column].golden.id, gap=fit.gap, overlap=fit.overlap))
    return tuple(found)


def _ordered(verdicts: list[Verdict]) -> tuple[Verdict, ...]:
    return tuple(sorted(verdicts, key=lambda verdict: (verdict.prediction.order, verdict.outcome)))
