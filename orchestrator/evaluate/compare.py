"""A against B on the cases that both measured: what changed, by how much, and what of it chance explains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from orchestrator.errors import EvalError
from orchestrator.evaluate.counts import CaseScore, Scored
from orchestrator.evaluate.gate.canary import Watched
from orchestrator.evaluate.statistics.intervals import Interval, paired_interval
from orchestrator.evaluate.statistics.paired import change_p_value, mcnemar_mid_p
from orchestrator.evaluate.statistics.ratios import F1, PRECISION, PRIMARY, RECALL, Ratio, pooled
from orchestrator.evaluate.statistics.tables import Pair, pair

MEASURES = (*PRIMARY, F1, PRECISION, RECALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measure: both values, the gain of the second over the first with its 95 % interval, and the p-value."""

    name: str
    old: float | None
    new: float | None
    gain: float | None
    interval: Interval | None
    p_value: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """All of it. `lost` and `found` are goldens, as `case golden`, that most epochs of one side alone found; `mid_p`
    is McNemar's of their numbers. `only` are cases that one side alone measured, and that are left out."""

    old: str
    new: str
    families: int
    cases: int
    epochs: tuple[int, int]
    rows: tuple[Row, ...]
    lost: tuple[str, ...]
    found: tuple[str, ...]
    mid_p: float
    only: tuple[str, ...]
    hows: tuple[str, str]


def check_comparable(runs: Sequence[Scored]) -> None:
    """Go on only if all runs are of the same cases and scored alike.

    Raises:
        EvalError: they are not; the sentence says in what.
    """
    first = runs[0]
    for each in runs[1:]:
        for what, one, other in (
            ("the suite", first.suite, each.suite),
            ("the dataset version", first.dataset_version, each.dataset_version),
            ("the digest of the dataset", first.dataset_sha256[:12], each.dataset_sha256[:12]),
            ("the split", first.split or "all", each.split or "all"),
            ("the scorer", first.scorer, each.scorer),
            ("the taxonomy", str(first.taxonomy), str(each.taxonomy)),
        ):
            if one != other:
                raise EvalError(
                    f"the runs of {first.system} and {each.system} cannot be compared: {what} is {one!r} in one and "
                    f"{other!r} in the other; run both over the same cases"
                )


def compare(old: Scored, new: Scored) -> Comparison:
    """The comparison.

    Raises:
        EvalError: the runs are of different datasets, or no case was measured by both.
    """
    check_comparable((old, new))
    both = pair(old.cases, new.cases)
    if not both.cases:
        raise EvalError(f"the runs of {old.system} and {new.system} have no measured case in common")
    goldens = list(watched(old.cases, new.cases, all_goldens=True))
    lost = [each.name for each in goldens if _mostly(each, "old") and not _mostly(each, "new")]
    found = [each.name for each in goldens if _mostly(each, "new") and not _mostly(each, "old")]
    return Comparison(
        old=old.system,
        new=new.system,
        families=len(both.families),
        cases=len(both.cases),
        epochs=(both.old_epochs, both.new_epochs),
        rows=tuple(_row(ratio, both) for ratio in MEASURES),
        lost=tuple(sorted(lost)),
        found=tuple(sorted(found)),
        mid_p=mcnemar_mid_p(len(lost), len(found)),
        only=both.only,
        hows=(old.how, new.how),
    )


def watched(old: Sequence[CaseScore], new: Sequence[CaseScore], *, all_goldens: bool = False) -> Iterator[Watched]:
    """In how many epochs each golden was found, of the goldens that must be found or of all."""
    before, after = _found(old), _found(new)
    wanted = {(case.case, golden.id) for case in old for golden in case.goldens if all_goldens or golden.must_find}
    for key in sorted(wanted & before.keys() & after.keys()):
        yield Watched(
            name=" ".join(key),
            old_found=sum(before[key]),
            old_epochs=len(before[key]),
            new_found=sum(after[key]),
            new_epochs=len(after[key]),
        )


def _found(scores: Sequence[CaseScore]) -> dict[tuple[str, str], list[bool]]:
    found: dict[tuple[str, str], list[bool]] = {}
    for case in scores:
        for golden in case.goldens:
            found.setdefault((case.case, golden.id), []).append(golden.found)
    return found


def _mostly(each: Watched, side: str) -> bool:
    found, epochs = (each.old_found, each.old_epochs) if side == "old" else (each.new_found, each.new_epochs)
    return 2 * found > epochs


def _row(ratio: Ratio, both: Pair) -> Row:
    before, after = pooled(both.old, ratio), pooled(both.new, ratio)
    return Row(
        name=ratio.name,
        old=before,
        new=after,
        gain=None if before is None or after is None else after - before,
        interval=paired_interval(both.old, both.new, ratio),
        p_value=change_p_value(both.old, both.new, ratio),
    )
