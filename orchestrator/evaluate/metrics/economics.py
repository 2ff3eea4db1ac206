"""What a run cost, for all of it and for each true finding; latency only where something was really waited for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from orchestrator.evaluate.counts import Counts
from orchestrator.evaluate.metrics.details import percentile
from orchestrator.evaluate.metrics.measures import share
from orchestrator.evaluate.runlog import RunLog
from orchestrator.types import Spending


@dataclass(frozen=True, slots=True, kw_only=True)
class Economics:
    """None where no model was asked, where a price is not known, or where there is nothing to divide by."""

    calls: int
    tokens: int | None
    cache_read_tokens: int | None
    usd: float | None
    usd_per_true_finding: float | None
    tokens_per_true_finding: float | None
    usd_per_1k_lines: float | None
    usd_per_case: float | None
    seconds_p50: float | None
    seconds_p95: float | None


def economics(log: RunLog, counts: Counts) -> Economics:
    """The spending on the inputs; a case's seconds are those of its review, and none in a replay."""
    entries = [entry for entry in log.entries if entry.variant == "input"]
    spent = [each.spending for entry in entries for each in entry.agents if each.spending is not None]
    whole = _sum(spent)
    seconds = sorted(entry.seconds for entry in entries if entry.seconds is not None)
    usd = whole.usd if spent else None
    tokens = whole.input_tokens + whole.output_tokens + whole.cache_read_tokens + whole.cache_write_tokens
    lines = sum(entry.lines for entry in entries)
    return Economics(
        calls=whole.calls,
        tokens=tokens if spent else None,
        cache_read_tokens=whole.cache_read_tokens if spent else None,
        usd=usd,
        usd_per_true_finding=None if usd is None else share(usd, counts.tp),
        tokens_per_true_finding=share(tokens, counts.tp) if spent else None,
        usd_per_1k_lines=None if usd is None else share(1000 * usd, lines),
        usd_per_case=None if usd is None else share(usd, len(entries)),
        seconds_p50=percentile(seconds, 0.5),
        seconds_p95=percentile(seconds, 0.95),
    )


def _sum(spent: Iterable[Spending]) -> Spending:
    return sum(spent, Spending())
