"""Precision, recall and their like of a group of cases, with intervals over case families."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.evaluate.counts import Counts

if TYPE_CHECKING:
    from orchestrator.evaluate.statistics.intervals import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A value with its interval of 95 %; None is undefined, and never taken for 0 or 1."""

    value: float | None
    low: float | None = None
    high: float | None = None


UNDEFINED = Measure(value=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """The measures of a group.

    Those without an ending are strict: what nobody has labelled counts as false. Those of `labelled` leave it out, so
    that the truth lies between the two. `clean_fp` and `clean_fp_strict` are false findings by 1,000 non-blank lines
    of clean code, without and with the unlabelled.
    """

    precision: Measure = UNDEFINED
    precision_labelled: Measure = UNDEFINED
    recall: Measure = UNDEFINED
    f05: Measure = UNDEFINED
    f05_labelled: Measure = UNDEFINED
    f1: Measure = UNDEFINED
    f1_labelled: Measure = UNDEFINED
    weighted_recall: Measure = UNDEFINED
    pair_accuracy: Measure = UNDEFINED
    clean_fp: Measure = UNDEFINED
    clean_fp_strict: Measure = UNDEFINED


NAMES: tuple[str, ...] = tuple(Measures.__dataclass_fields__)
OF_FINDINGS = frozenset({"precision", "precision_labelled", "f05", "f05_labelled", "f1", "f1_labelled"})
"""The measures that need to know which false findings belong to the group."""


def share(part: float, whole: float) -> float | None:
    """The part of the whole; None of nothing."""
    return part / whole if whole else None


def f_beta(counts: Counts, false: int, beta: float) -> float | None:
    """F with that beta over the pooled counts; None where there is nothing to find and nothing was said."""
    square = beta * beta
    return share((1 + square) * counts.tp, (1 + square) * counts.tp + square * counts.fn + false)


def labelled_false(counts: Counts) -> int:
    """What is surely wrong: false findings and repetitions."""
    return counts.fp + counts.duplicates


def strict_false(counts: Counts) -> int:
    """What is not known to be right: the unlabelled too."""
    return labelled_false(counts) + counts.unlabelled


_VALUES: dict[str, Callable[[Counts], float | None]] = {
    "precision": lambda each: share(each.tp, each.tp + strict_false(each)),
    "precision_labelled": lambda each: share(each.tp, each.tp + labelled_false(each)),
    "recall": lambda each: share(each.tp, each.tp + each.fn),
    "f05": lambda each: f_beta(each, strict_false(each), 0.5),
    "f05_labelled": lambda each: f_beta(each, labelled_false(each), 0.5),
    "f1": lambda each: f_beta(each, strict_false(each), 1.0),
    "f1_labelled": lambda each: f_beta(each, labelled_false(each), 1.0),
    "weighted_recall": lambda each: share(each.found_weight, each.weight),
    "pair_accuracy": lambda each: share(each.right_pairs, each.pairs),
    "clean_fp": lambda each: share(1000 * each.clean_fp, each.clean_lines),
    "clean_fp_strict": lambda each: share(1000 * (each.clean_fp + each.clean_unlabelled), each.clean_lines),
}


def value(name: str, counts: Counts) -> float | None:
    """One measure of pooled counts, by its name in `NAMES`."""
    return _VALUES[name](counts)


def measures(families: Sequence[Counts], *, with_false: bool = True, with_intervals: bool = True) -> Measures:
    """The measures over the counts of each family; without the false ones, those that need them are undefined."""
    whole = sum(families, Counts())
    found = {}
    for name in NAMES:
        if name in OF_FINDINGS and not with_false:
            continue
        plain = value(name, whole)
        ends = _interval(name, families, whole) if with_intervals and plain is not None else None
        found[name] = Measure(value=plain) if ends is None else Measure(value=plain, low=ends[0], high=ends[1])
    return Measures(**found)


def _interval(name: str, families: Sequence[Counts], whole: Counts) -> tuple[float, float] | None:
    from orchestrator.evaluate.statistics import intervals

    if name in {"clean_fp", "clean_fp_strict"}:
        events = whole.clean_fp + (whole.clean_unlabelled if name == "clean_fp_strict" else 0)
        ends = intervals.poisson_interval(events, whole.clean_lines / 1000)
    else:
        ends = _over_families(name, families)
    return None if ends is None else (ends.low, ends.high)


def _over_families(name: str, families: Sequence[Counts]) -> Interval | None:
    from numpy import array

    from orchestrator.evaluate.statistics import intervals, ratios

    false = labelled_false if name.endswith("_labelled") else strict_false
    rows = []
    for each in families:
        known = {"tp": each.tp, "fn": each.fn, "fp": false(each)}
        known |= {"found_weight": each.found_weight, "weight": each.weight}
        if name == "pair_accuracy":
            known |= {"tp": each.right_pairs, "fn": each.pairs - each.right_pairs}
        rows.append([float(known.get(column, 0)) for column in ratios.COLUMNS])
    shares = (ratios.PRECISION, ratios.RECALL)
    of = {
        "precision": ratios.PRECISION,
        "f05": ratios.F05,
        "f1": ratios.F1,
        "weighted_recall": ratios.WEIGHTED_RECALL,
    }.get(name.removesuffix("_labelled"), ratios.RECALL)
    found = intervals.cluster_interval(array(rows), of)
    if found is None or found.low < found.high:
        return found
    # Families that are all alike have nothing to resample: one right finding out of one is no certainty.
    whole = [sum(column) for column in zip(*rows, strict=True)]
    top, bottom = (sum(weight * part for weight, part in zip(form, whole, strict=True)) for form in of.forms.T)
    return intervals.wilson_interval(round(top), round(bottom)) if of in shares else None
