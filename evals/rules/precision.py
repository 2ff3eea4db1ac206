"""Prints how often each rule is right on the labelled findings: `python evals/rules/precision.py`."""

from __future__ import annotations

import argparse
import math
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from labels import LABELS_FILE, PUBLIC_LABELS_FILE, Label, Verdict, read_labels, read_public_labels
from packages import CorpusError
from review import read_findings

_Z_95 = 1.959964
"""The normal quantile of a two-sided interval that covers 95 %."""


def main(arguments: list[str] | None = None) -> int:
    """Prints the table, or "not labelled"; 1 when a rule is below `--at-least`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labels", type=Path, default=LABELS_FILE, help="the labels to read")
    parser.add_argument("--public", type=Path, default=PUBLIC_LABELS_FILE, help="the labels of public files to read")
    parser.add_argument("--findings", type=Path, help="count only labels whose finding stands in this run's findings")
    parser.add_argument("--at-least", type=float, help="the precision that every labelled rule has to reach, 0 to 1")
    options = parser.parse_args(arguments)
    try:
        labels = read_labels(options.labels)
        standing = None if options.findings is None else {found.key for found in read_findings(options.findings)}
        public = () if standing is not None else read_public_labels(options.public)
    except CorpusError as error:
        print(error, file=sys.stderr)
        return 2
    kept = [label for label in labels if standing is None or label.key in standing] + list(public)
    print("\n".join(table(kept)) if kept else "not labelled")
    return 0 if options.at_least is None or all(p >= options.at_least for p in precisions(kept).values()) else 1


def tallies(labels: Iterable[Label]) -> dict[str, Counter[Verdict]]:
    """For each rule, sorted, how many labels of each verdict."""
    counted: dict[str, Counter[Verdict]] = {}
    for label in labels:
        counted.setdefault(label.rule, Counter())[label.label] += 1
    return dict(sorted(counted.items()))


def precisions(labels: Iterable[Label]) -> dict[str, float]:
    """For each labelled rule the share of its labels that are true; an arguable one counts as wrong."""
    return {rule: tally[Verdict.TRUE] / tally.total() for rule, tally in tallies(labels).items()}


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """The 95 % Wilson score interval of a share; (0, 1) when nothing was tried."""
    if trials == 0:
        return (0.0, 1.0)
    share = successes / trials
    weight = 1 + _Z_95**2 / trials
    centre = (share + _Z_95**2 / (2 * trials)) / weight
    half = _Z_95 * math.sqrt(share * (1 - share) / trials + _Z_95**2 / (4 * trials**2)) / weight
    return (max(0.0, centre - half), min(1.0, centre + half))


def table(labels: Iterable[Label]) -> Iterator[str]:
    """A markdown table, a row a rule, with the share that leaves the arguable labels out and the files of no pin."""
    labels = list(labels)
    public = {(label.rule, label.package, label.path) for label in labels if not label.version}
    files = Counter(rule for rule, _, _ in public)
    yield "| rule | labelled | true | false | arguable | precision | 95 % interval | without arguable | public files |"
    yield "|---|---:|---:|---:|---:|---:|---|---:|---:|"
    for rule, tally in tallies(labels).items():
        right, wrong, total = tally[Verdict.TRUE], tally[Verdict.FALSE], tally.total()
        low, high = wilson(right, total)
        clear = f"{right / (right + wrong):.2f}" if right + wrong else "-"
        yield (
            f"| {rule} | {total} | {right} | {wrong} | {tally[Verdict.ARGUABLE]} "
            f"| {right / total:.2f} | {low:.2f} to {high:.2f} | {clear} | {files[rule]} |"
        )


if __name__ == "__main__":
    sys.exit(main())
