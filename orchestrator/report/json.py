"""The review as JSON, whole, in the shape that `docs/schema/review.schema.json` publishes."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Literal

from orchestrator.report.json_text import json_text
from orchestrator.report.verdict import Outcome, severities, verdict
from orchestrator.types import Review, Severity

if TYPE_CHECKING:
    from orchestrator.report.context import Context

SCHEMA_VERSION: Literal["1.0"] = "1.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document(Review):
    """A whole review: `findings` holds suppressed, withheld and out-of-diff ones too.

    A finding counts when its standing is `verified`, its `suppressed_by` is null and its `in_diff` is true;
    `totals` counts those by severity, `gated` those at or above `gate`. Readers ignore keys they do not know.
    """

    schema_version: Literal["1.0"]
    outcome: Outcome
    gate: Severity | None
    gated: int
    totals: dict[Severity, int]


def render(review: Review, context: Context) -> str:
    """The review as one JSON object, its version and outcome first, then every field in the order of the types."""
    whole = document(review, context.fail_on)
    names = [field.name for field in fields(Document)]
    derived = len(fields(Review))
    return json_text({name: getattr(whole, name) for name in (*names[derived:], *names[:derived])})


def document(review: Review, gate: Severity | None) -> Document:
    """The review with what is derived from it at that gate."""
    answer = verdict(review, gate)
    tally = severities(review.reported)
    return Document(
        schema_version=SCHEMA_VERSION,
        outcome=answer.outcome,
        gate=gate,
        gated=answer.gated,
        totals={severity: tally.get(severity, 0) for severity in Severity},
        **{field.name: getattr(review, field.name) for field in fields(review)},
    )
