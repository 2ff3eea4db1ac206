"""How a measured number moves the severity of a finding: the table of docs/runtime-evidence.md."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from orchestrator.code.secrets import masked
from orchestrator.types import Finding, Severity

MEBIBYTE, GIBIBYTE = 1024**2, 1024**3
SECOND, MINUTE = 1_000, 60_000

PERFORMANCE = frozenset(
    {"PYS001", "PYS002", "PYS004", "PYS005", "PYS006", "PYS008", "PYS009", "PYS010", "PYS012", "DEL005", "DEL006"}
)
"""Rules whose damage is time and money, built ones and those that tips name ahead of them.

What is not here is never moved: a defect of correctness or security is as bad on a small table. PYS003 (plans that
grow) is left out because its cost is planning, which no stage measures.
"""
COSTLY = 20 * MINUTE
"""Task time of all executions of a line, in ms, from which on its finding is one step worse."""
CHEAP = 10 * SECOND
"""Task time below which it is one step milder."""
WORST = Severity.HIGH
"""No number makes a finding worse than this: what is slow loses no data."""
FETCHED = ((10 * GIBIBYTE, Severity.HIGH), (GIBIBYTE, Severity.MEDIUM), (10 * MEBIBYTE, Severity.LOW))
"""How bad it is to fetch so many bytes to the driver. 1 GiB is the default of `spark.driver.maxResultSize`, and rows in
memory take more than on disk; 10 MiB and 10 GiB are judgements."""
SMALL_SOURCE = 100 * MEBIBYTE
"""To read less once more takes seconds: a judgement."""
LARGE_SOURCE = 100 * GIBIBYTE
_WORDS = 600
"""Characters of one measurement: names in it come from a log or a workspace."""
_FETCHING = frozenset({"PYS001"})
_READING_AGAIN = frozenset({"PYS002", "PYS009"})
_IN_TURNS = frozenset({"PYS002"})


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """What was measured about one finding, in words, and the severity that the numbers give, if they give one."""

    words: tuple[str, ...]
    severity: Severity | None = None


def by_cost(finding: Finding, task_time: int, *, is_whole: bool) -> Severity | None:
    """The severity that the task time of a line, in ms, gives; only a log that is whole proves that a line is cheap."""
    if finding.rule not in PERFORMANCE:
        return None
    if task_time >= COSTLY:
        return raised(finding.severity)
    if task_time < CHEAP and is_whole and finding.rule not in _FETCHING:
        return finding.severity.lowered()
    return None


def by_size(finding: Finding, count: int, *, is_whole: bool) -> Severity | None:
    """The severity that the bytes of the tables behind a finding give; only where all are known are they few."""
    if finding.rule in _FETCHING:
        found = next((severity for least, severity in FETCHED if count >= least), Severity.INFO)
        return found if is_whole or found.at_least(finding.severity) else None
    if finding.rule in _READING_AGAIN and count < SMALL_SOURCE and is_whole:
        return finding.severity.lowered()
    if finding.rule in _IN_TURNS and count >= LARGE_SOURCE:
        return raised(finding.severity)
    return None


def raised(severity: Severity) -> Severity:
    """The severity one step worse, up to `WORST`."""
    if severity.at_least(WORST):
        return severity
    return list(Severity)[severity.rank - 1]


def with_measurements(finding: Finding, measurements: Iterable[Measurement], *, is_set: bool) -> Finding:
    """The finding with what was measured at the end of its message; of several severities the worst counts.

    `is_set` tells that the configuration sets the severity of the rule, which then stays.
    """
    known = tuple(each for each in measurements if each.words)
    if not known:
        return finding
    words = "; ".join(masked(" ".join(word.split()))[:_WORDS] for each in known for word in each.words)
    given = [each.severity for each in known if each.severity is not None]
    severity = finding.severity if is_set or not given else min(given, key=lambda each: each.rank)
    return replace(
        finding,
        severity=severity,
        message=f"{finding.message}, measured: {words}{_moved(finding.severity, severity)}",
    )


def _moved(before: Severity, after: Severity) -> str:
    if before is after:
        return ""
    return f"; {'raised' if after.at_least(before) else 'lowered'} from {before} to {after} by that"
