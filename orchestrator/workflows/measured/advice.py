"""Tips of a run as findings: where the code stands in the project and no rule has said it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from orchestrator.code.secrets import masked
from orchestrator.rules.evidence import quote
from orchestrator.types import Finding, Source, Standing
from orchestrator.workflows.measured.places import Placed, Places
from orchestrator.workflows.measured.runs import Runs
from orchestrator.workflows.measured.severity import PERFORMANCE
from orchestrator.workflows.selection import ALL, Selection
from orchestrator.workspace.spark.advice import tips
from orchestrator.workspace.spark.tip import Tip

_LAYOUT = frozenset({"many-output-files", "small-input-files"})
"""Tips about how a table lies on disk; the others are about the job."""


@dataclass(frozen=True, kw_only=True)
class Advice:
    """The findings that tips became, how many have no place in the project, and how many were not asked for."""

    findings: tuple[Finding, ...]
    elsewhere: int
    unwanted: int


def advice(runs: Runs, findings: Iterable[Finding], selection: Selection) -> Advice:
    """The tips of a log as findings, one for each rule and line; what a finding covers is not said twice."""
    known = tuple(findings)
    by_line: defaultdict[tuple[str, int, str], list[tuple[Placed, Tip]]] = defaultdict(list)
    elsewhere = unwanted = 0
    for tip in tips(runs.profile):
        place = runs.place(tip.execution)
        if place is None:
            elsewhere += 1
        elif not _is_wanted(tip, selection):
            unwanted += 1
        elif not any(_covers(finding, tip, place) for finding in known):
            by_line[place.path, place.line, rule_of(tip)].append((place, tip))
    twins: Counter[str] = Counter()
    made = tuple(_finding(runs.places, same, twins) for _, same in sorted(by_line.items(), key=lambda item: item[0]))
    return Advice(findings=made, elsewhere=elsewhere, unwanted=unwanted)


def rule_of(tip: Tip) -> str:
    """The static rule that sees the same defect, else the kind of the tip."""
    return tip.rules[0] if tip.rules else tip.kind


def _specialist(tip: Tip) -> str:
    return "delta-lake-expert" if tip.kind in _LAYOUT or rule_of(tip).startswith("DEL") else "pyspark-optimizer"


def _covers(finding: Finding, tip: Tip, place: Placed) -> bool:
    """Whether a finding at the place tells of the tip: its message then holds the numbers.

    A finding that is suppressed is not shown, and a milder one would hide the tip behind its own severity: these cover
    only tips about the very same defect.
    """
    if not place.meets(finding.location):
        return False
    is_told = finding.rule in PERFORMANCE and finding.suppressed_by is None
    return finding.rule in tip.rules or (is_told and finding.severity.at_least(tip.severity))


def _is_wanted(tip: Tip, selection: Selection) -> bool:
    """Whether the rules and specialists that were asked for include the tip's."""
    rule = rule_of(tip).upper()
    if selection.agents and _specialist(tip) not in selection.agents:
        return False
    if selection.select and not _named(rule, selection.select):
        return False
    return not _named(rule, selection.ignore)


def _named(rule: str, names: Iterable[str]) -> bool:
    return any(name.upper() == ALL or rule.startswith(name.upper()) for name in names)


def _finding(places: Places, same: list[tuple[Placed, Tip]], twins: Counter[str]) -> Finding:
    """The finding of tips of one rule at one line: the worst speaks, the others are counted."""
    place, tip = same[0]
    file = places.file(place.path)
    location = file.source.location(place.line)
    evidence = quote(file.source, location)
    key = "\0".join((rule_of(tip), place.path, file.symbol_at(place.line), " ".join(evidence.split())))
    twins[key] += 1
    more = f" (and {len(same) - 1} more like it)" if len(same) > 1 else ""
    return Finding(
        id=sha256(f"runtime\0{key}\0{twins[key]}".encode()).hexdigest()[:16],
        rule=rule_of(tip),
        specialists=(_specialist(tip),),
        severity=tip.severity,
        location=location,
        message=masked(f"measured: {tip.message}{more}"),
        why=f"{tip.advice} Threshold: {tip.threshold}.",
        evidence=masked(evidence),
        source=Source.RUNTIME,
        standing=Standing.VERIFIED if evidence.strip() else Standing.WITHHELD,
    )
