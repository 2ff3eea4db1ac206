"""Measures every rule and ships the numbers with the product: `python evals/rules/measure.py`, about three minutes."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import seeded
from clean import clean_code
from labels import Label, Verdict, read_labels, read_public_labels
from measured_page import page
from packages import DEFAULT_DESTINATION, HERE, CorpusError
from review import read_findings, read_reviewed

import run
from orchestrator.rules.catalog import pages
from orchestrator.rules.measured import Corpus, Measured, Measurement, Precision, Recall

ROOT = HERE.parent.parent
MEASURED_FILE = ROOT / "orchestrator" / "rules" / "measured.json"
PAGE_FILE = ROOT / "docs" / "rules-measured.md"


def main(arguments: list[str] | None = None) -> int:
    """Runs the rules over the corpus and the mutants, then writes the data and the page; 1 when a review failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dest", type=Path, default=DEFAULT_DESTINATION, help="the corpus directory")
    parser.add_argument("--reuse", action="store_true", help="use the findings and mutants of the last runs")
    parser.add_argument("--jobs", type=int, default=2, help="reviews at a time")
    options = parser.parse_args(arguments)
    findings = options.dest / "findings.jsonl"
    failed = 0 if options.reuse else _run_all(options)
    try:
        measured = measurements(findings)
        clean = clean_code(findings, options.dest)
    except CorpusError as error:
        print(error, file=sys.stderr)
        return 2
    MEASURED_FILE.write_text(json.dumps(asdict(measured), indent=1) + "\n", encoding="utf-8")
    PAGE_FILE.write_text("\n".join(page(measured, clean, seeded.read_seeded())) + "\n", encoding="utf-8")
    print(f"written: {MEASURED_FILE.name}, {PAGE_FILE.name}", file=sys.stderr)
    return failed


def measurements(findings: Path) -> Measured:
    """Everything that the last runs and the labels say of the rules that there are.

    Raises:
        CorpusError: the corpus was not reviewed yet.
    """
    found = read_findings(findings)
    reviewed = read_reviewed(findings)
    standing = {one.key for one in found}
    labels = [label for label in read_labels() if label.key in standing] + list(read_public_labels())
    counts = Counter(one.rule for one in found)
    recalled = _recalls(seeded.read_seeded())
    return Measured(
        measured_on=dt.datetime.now(dt.UTC).date().isoformat(),
        corpus=Corpus(
            packages=len(reviewed),
            files=sum(one.files for one in reviewed),
            lines=sum(one.lines for one in reviewed),
        ),
        rules={
            one.id: Measurement(
                precision=_precision(label for label in labels if label.rule == one.id),
                recall=recalled.get(one.id),
                findings=counts[one.id],
            )
            for one in pages()
        },
    )


def _run_all(options: argparse.Namespace) -> int:
    jobs = ["--jobs", str(options.jobs)]
    return max(run.main(["--dest", str(options.dest), *jobs]), seeded.main(["--missed", *jobs]))


def _precision(labels: Iterable[Label]) -> Precision | None:
    tally = Counter(label.label for label in labels)
    return Precision(right=tally[Verdict.TRUE], labelled=tally.total()) if tally else None


def _recalls(outcomes: tuple[seeded.Seeded, ...]) -> dict[str, Recall]:
    forms = seeded.found_forms(outcomes)
    return {
        rule: Recall(found=right, planted=total, found_forms=forms[rule][0], forms=forms[rule][1])
        for rule, (right, total) in seeded.recalls(outcomes).items()
    }


if __name__ == "__main__":
    sys.exit(main())
