"""`python evals/second_reading.py`: how far the second reader of databricks-review agrees with its golden findings."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict, Field
from scipy.stats import binomtest

SUITE = Path(__file__).resolve().parent / "databricks-review"
LEVELS = ("low", "medium", "high", "critical")
RESAMPLES = 10_000
SEED = 20261123

Level = Literal["low", "medium", "high", "critical"]
Count = Annotated[int, Field(ge=0)]
Share = tuple[int, int]


class _Strict(BaseModel):
    """A part of the file; a key that is not known is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Both(_Strict):
    """A golden finding that the second reader had too."""

    golden: str
    second_kind: str
    severity: tuple[Level, Level]
    lines_overlap: bool


class OnlyGolden(_Strict):
    """A golden finding that the second reader had not, and whether it accepts it after reading."""

    golden: str
    accepted: bool
    note: str


class OnlySecond(_Strict):
    """A finding of the second reader that golden had not."""

    kind: str
    file: str
    lines: tuple[int, int]
    severity: Level
    verdict: Literal["true_defect", "doubtful", "style", "wrong"]
    done: Literal["mended", "ignored", "nothing"]
    note: str


class CaseReading(_Strict):
    """What the two lists of one case have in common."""

    case: str
    split: Literal["dev", "test"]
    golden: Count
    second: Count
    both: tuple[Both, ...]
    only_golden: tuple[OnlyGolden, ...]
    only_second: tuple[OnlySecond, ...]
    hard_negatives: Count
    hard_negatives_flagged: Count


class Change(_Strict):
    """What was changed in a case because of the second reading."""

    case: str
    what: str


class CleanCase(_Strict):
    """What a later reading of a clean case changed, and why."""

    case: str
    what: str
    why: str


class CleanReading(_Strict):
    """The later reading of the clean cases; it has no counts."""

    how: str
    cases: tuple[CleanCase, ...]


class Reading(_Strict):
    """What `second_reading.yaml` says."""

    date: object
    how: str
    limits: tuple[str, ...]
    sample: str
    sealed: str
    cases: tuple[CaseReading, ...]
    changes: tuple[Change, ...]
    clean_reading: CleanReading | None = None


def main(arguments: list[str] | None = None) -> int:
    """Prints the table; 1 when the counts of a case do not add up or a case is not in the suite."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--file", type=Path, default=SUITE / "second_reading.yaml", help="another second reading")
    options = parser.parse_args(arguments)
    reading = Reading.model_validate(yaml.safe_load(options.file.read_text(encoding="utf-8")))
    faults = tuple(_faults(reading.cases))
    for fault in faults:
        print(fault, file=sys.stderr)
    print("\n".join(table(reading.cases)))
    return 1 if faults else 0


def table(cases: Sequence[CaseReading]) -> Iterator[str]:
    """The lines of a table in Markdown."""
    golden, second, both = (sum(one) for one in zip(*map(_counts, cases), strict=True))
    extra = [each for case in cases for each in case.only_second]
    missed = [each for case in cases for each in case.only_golden]
    pairs = [each.severity for case in cases for each in case.both]
    low, high = _agreement_interval(cases)
    yield "| measure | value | n |"
    yield "|---|---|---|"
    yield f"| findings: golden, second reader, both | {golden}, {second}, {both} | {len(cases)} cases |"
    agreement = f"{positive_agreement(golden, second, both):.3f} (95 % by cases: {low:.3f} to {high:.3f})"
    yield f"| positive specific agreement | {agreement} | {golden + second} |"
    yield _row("golden findings that the second reader had", (both, golden))
    yield _row("golden findings that it accepts after reading", (both + sum(each.accepted for each in missed), golden))
    overlapping = sum(each.lines_overlap for case in cases for each in case.both)
    yield _row("lines overlap, where both have it", (overlapping, both))
    for verdict in ("true_defect", "doubtful", "style", "wrong"):
        yield _row(f"only second reader: {verdict}", (sum(each.verdict == verdict for each in extra), len(extra)))
    clean = [case for case in cases if not case.golden]
    yield _row("clean cases with a true defect", (sum(map(_has_true_defect, clean)), len(clean)))
    places = sum(case.hard_negatives for case in cases)
    yield _row("hard negatives flagged", (sum(case.hard_negatives_flagged for case in cases), places))
    yield _row("same severity", (sum(first == other for first, other in pairs), len(pairs)))
    yield f"| severity: weighted kappa (linear) | {weighted_kappa(pairs):.3f} | {len(pairs)} |"
    steps = [LEVELS.index(other) - LEVELS.index(first) for first, other in pairs]
    yield f"| severity: mean absolute difference in steps | {np.mean(np.abs(steps)):.3f} | {len(pairs)} |"
    yield f"| severity: mean of second reader minus golden | {np.mean(steps):+.3f} | {len(pairs)} |"


def positive_agreement(golden: int, second: int, both: int) -> float:
    """Twice what both have, by what each has; not a number when neither has anything."""
    return 2 * both / (golden + second) if golden + second else float("nan")


def weighted_kappa(pairs: Sequence[tuple[Level, Level]]) -> float:
    """Cohen's kappa with weights that grow with the number of steps between two severities."""
    seen = np.zeros((len(LEVELS), len(LEVELS)))
    for first, other in pairs:
        seen[LEVELS.index(first), LEVELS.index(other)] += 1
    steps = np.abs(np.subtract.outer(np.arange(len(LEVELS)), np.arange(len(LEVELS))))
    by_chance = np.outer(seen.sum(axis=1), seen.sum(axis=0)) / len(pairs)
    return float(1 - (steps * seen).sum() / (steps * by_chance).sum())


def _agreement_interval(cases: Sequence[CaseReading]) -> tuple[float, float]:
    counts = np.array([_counts(case) for case in cases])
    drawn = np.random.default_rng(SEED).integers(len(cases), size=(RESAMPLES, len(cases)))
    golden, second, both = counts[drawn].sum(axis=1).T
    low, high = np.quantile(2 * both / (golden + second), (0.025, 0.975))
    return float(low), float(high)


def _row(name: str, share: Share) -> str:
    part, whole = share
    if not whole:
        return f"| {name} | none | 0 |"
    interval = binomtest(part, whole).proportion_ci(method="wilson")
    return f"| {name} | {part} ({part / whole:.0%}; Wilson {interval.low:.0%} to {interval.high:.0%}) | {whole} |"


def _counts(case: CaseReading) -> tuple[int, int, int]:
    return case.golden, case.second, len(case.both)


def _has_true_defect(case: CaseReading) -> bool:
    return any(each.verdict == "true_defect" for each in case.only_second)


def _faults(cases: Sequence[CaseReading]) -> Iterator[str]:
    for case in cases:
        if len(case.both) + len(case.only_golden) != case.golden:
            yield f"{case.case}: both and only_golden are not the {case.golden} of golden"
        if len(case.both) + len(case.only_second) != case.second:
            yield f"{case.case}: both and only_second are not the {case.second} of second"
        if not any(SUITE.glob(f"{case.split}/*/{case.case}/golden.yaml")):
            yield f"{case.case}: no such case in {case.split}"


if __name__ == "__main__":
    sys.exit(main())
