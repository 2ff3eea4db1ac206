"""Lane 1: what models said is fixed, so every difference comes of our code; it is exact, with no tolerance."""

from __future__ import annotations

from collections.abc import Iterable

from orchestrator.evaluate.baseline import Accept, Baseline, check_same_dataset
from orchestrator.evaluate.counts import Scored
from orchestrator.evaluate.gate.changes import Change, changes, missing_cases
from orchestrator.evaluate.gate.verdicts import Lane, Verdict


def replay_lane(baseline: Baseline, scored: Scored) -> Lane:
    """The lane's word on a run over the dataset of the baseline.

    Raises:
        EvalError: the two are of different datasets.
    """
    check_same_dataset(baseline, scored)
    name = f"replay {scored.system}"
    found = changes(baseline.cases, scored)
    damaged = tuple(_damage(baseline, scored, found))
    if damaged:
        return Lane(name=name, verdict=Verdict.INTEGRITY, reasons=damaged)
    accepted = {(each.case, each.change) for each in baseline.accept}
    open_ = [each for each in found if (each.case, each.change) not in accepted]
    notes = (
        f"{len(scored.cases)} reviews, {len(found)} differences, {len(found) - len(open_)} of them accepted",
        *(f"accepted: {each.case}: {each.change} ({each.why})" for each in baseline.accept),
    )
    reasons = tuple(map(_told, open_))
    return Lane(name=name, verdict=Verdict.REGRESSION if open_ else Verdict.PASSED, reasons=reasons, notes=notes)


def _told(change: Change) -> str:
    if change.is_grave:
        return f"{change} (grave: mend it, or promote a lower baseline)"
    return f"{change} (accept it by a line of the baseline, or promote the run)"


def _damage(baseline: Baseline, scored: Scored, found: tuple[Change, ...]) -> Iterable[str]:
    """What keeps the two from being compared whole."""
    where = f"baselines/{baseline.system}.json"
    yield from (f"{each}: not measured" for each in scored.not_measured)
    lone = missing_cases(baseline.cases, scored) if not scored.not_measured else ()
    yield from (f"{each}: only one of the baseline and the run has it" for each in lone)
    if not lone:
        there = {(each.case, each.change): each for each in found}
        yield from (problem for each in baseline.accept if (problem := _misfit(each, there, where)))


def _misfit(line: Accept, there: dict[tuple[str, str], Change], where: str) -> str:
    """Why an `accept` line cannot stand; nothing where it can."""
    change = there.get((line.case, line.change))
    if change is None:
        return f"{where}: the accept line {line.case}: {line.change!r} fits no difference; remove it"
    if change.is_grave:
        return f"{where}: the accept line {line.case}: {line.change!r} is of a grave difference, which no line accepts"
    return ""
