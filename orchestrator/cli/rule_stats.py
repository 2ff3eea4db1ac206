"""`orchestrate rules --stats`: how right each rule was seen to be, how much it finds, and how much it says."""

from __future__ import annotations

from pydantic import JsonValue

from orchestrator.rules.catalog import RulePage
from orchestrator.rules.measured import Measured, Measurement, Precision, Recall, measured

_NONE = "not measured"


def stats_text(pages: tuple[RulePage, ...]) -> str:
    """A row a rule, and what the numbers are of."""
    known = measured()
    rows = [("rule", "state", "precision", "recall on seeded defects", "per 1,000 lines", "name")]
    rows += [_row(page, known) for page in pages]
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    table = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([*table, "", *_notes(known)])


def stats_json(pages: tuple[RulePage, ...]) -> JsonValue:
    """The same as data; null is what nobody has measured."""
    known = measured()
    return {
        "measured_on": known.measured_on or None,
        "corpus": {"packages": known.corpus.packages, "files": known.corpus.files, "lines": known.corpus.lines},
        "rules": [_entry(page, known.of(page.id), known.rate(page.id)) for page in pages],
    }


def _row(page: RulePage, known: Measured) -> tuple[str, str, str, str, str, str]:
    of = known.of(page.id)
    rate = known.rate(page.id)
    return (
        page.id,
        "on" if page.default else "opt-in",
        _NONE if of.precision is None else f"{of.precision.share:.2f} (n={of.precision.labelled})",
        _NONE if of.recall is None else f"{of.recall.share:.2f} (n={of.recall.planted}, {_forms(of.recall)})",
        _NONE if rate is None else f"{rate:.3f}",
        page.name,
    )


def _forms(recall: Recall) -> str:
    return f"{recall.found_forms} of {recall.forms} {'form' if recall.forms == 1 else 'forms'}"


def _notes(known: Measured) -> tuple[str, ...]:
    if not known.measured_on:
        return ("This installation came without measurements.",)
    corpus = known.corpus
    return (
        f"Measured on {known.measured_on}: {corpus.packages} public packages, {corpus.lines:,} lines.",
        "Precision: the share of labelled findings on real code that a team would mend. Recall: the share of defects,",
        "planted into clean code, that were found at their line. What falls short: docs/rules-measured.md",
    )


def _entry(page: RulePage, of: Measurement, rate: float | None) -> JsonValue:
    return {
        "id": page.id,
        "name": page.name,
        "specialist": page.specialist,
        "severity": page.severity.value,
        "default": page.default,
        "precision": None if of.precision is None else _precision(of.precision),
        "recall": None if of.recall is None else _recall(of.recall),
        "findings": of.findings,
        "findings_per_1000_lines": None if rate is None else round(rate, 5),
    }


def _precision(of: Precision) -> JsonValue:
    return {"share": round(of.share, 4), "right": of.right, "labelled": of.labelled}


def _recall(of: Recall) -> JsonValue:
    return {
        "share": round(of.share, 4),
        "found": of.found,
        "planted": of.planted,
        "found_forms": of.found_forms,
        "forms": of.forms,
    }
