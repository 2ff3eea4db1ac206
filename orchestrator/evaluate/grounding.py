"""Whether what a reviewer quotes stands where it says: step 3 of the scorer."""

from __future__ import annotations

import json
import re

from orchestrator.code.secrets import MASK
from orchestrator.code.shown import shown_lines
from orchestrator.evaluate.case import TOLERANCE, Case
from orchestrator.evaluate.prediction import Prediction, Variant

_LONGEST_SECRET = 400


def is_grounded(prediction: Prediction, case: Case, variant: Variant) -> bool:
    """Whether the evidence stands in the file, white space aside, at its lines or within the tolerance of them.

    What a report masks may stand for any value.
    """
    source = case.source(prediction.path, variant)
    quote = _plain(prediction.evidence)
    if source is None or not quote:
        return False
    first, last = prediction.lines[0] - TOLERANCE, prediction.lines[1] + TOLERANCE
    lines = [line for line in shown_lines(source) if first <= line.number <= last]
    forms = [
        _plain("\n".join(line.raw for line in lines)),
        _plain("\n".join(line.masked for line in lines)),
        _plain("\n".join(line.text for line in lines)),
    ]
    if source.is_jupyter:
        forms += _on_disk(case.variant_texts(variant)[prediction.path], first, last)
    if any(quote in form for form in forms):
        return True
    return MASK in quote and re.search(_any_value(quote), forms[0]) is not None


def _any_value(quote: str) -> str:
    return f".{{0,{_LONGEST_SECRET}}}?".join(re.escape(part) for part in quote.split(MASK))


def _on_disk(text: str, first: int, last: int) -> list[str]:
    """Lines of a notebook's JSON as they stand, and each string as what it says: saved outputs are quoted too."""
    lines = text.split("\n")[max(first, 1) - 1 : last]
    return [_plain("\n".join(lines)), _plain("\n".join(map(_said, lines)))]


def _said(line: str) -> str:
    plain = line.strip().removesuffix(",")
    try:
        value: object = json.loads(plain)
    except ValueError:
        return plain
    return value if isinstance(value, str) else plain


def _plain(text: str) -> str:
    return " ".join(text.split())
