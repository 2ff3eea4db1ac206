"""What a workspace said of the tables behind a finding: in words, and as a severity where their size decides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.types import Finding
from orchestrator.workflows.measured.asking import Answers
from orchestrator.workflows.measured.severity import PERFORMANCE, Measurement, by_size
from orchestrator.workflows.measured.sources import CodeTables
from orchestrator.workflows.measured.tables import TableFacts
from orchestrator.workspace.spark.tip import size

_TABLES = 3
_NAMES = 5
_DELTA = "delta-lake-expert"
_EXPOSING = frozenset({"security-guardian", "unity-catalog-expert"})
"""Specialists whose findings are about who may see what."""


def concerns(finding: Finding) -> bool:
    """Whether facts about tables bear on the finding."""
    return finding.rule in PERFORMANCE or not _EXPOSING.isdisjoint(finding.specialists) or _DELTA in finding.specialists


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The tables that the code names, and what the workspace answered about them."""

    tables: CodeTables
    answers: Answers

    def measurement(self, finding: Finding) -> Measurement | None:
        """What is known of a finding's tables; None where nothing is.

        Only where every source is a table of known size can the sum be called small.
        """
        if not concerns(finding):
            return None
        sources = self.tables.of(finding)
        answered = (self.answers.facts.get(name) for name in sources.names)
        present = tuple(facts for facts in answered if facts is not None and facts.present)
        words = tuple(filter(None, (", ".join(_words(finding, facts)) for facts in present)))
        known = [facts.bytes for facts in present if facts.bytes is not None]
        is_whole = sources.whole and len(known) == len(sources.names)
        severity = by_size(finding, sum(known), is_whole=is_whole) if known else None
        more = (f"and {len(words) - _TABLES} more tables",) if len(words) > _TABLES else ()
        return Measurement(words=(*words[:_TABLES], *more), severity=severity) if words else None


def _words(finding: Finding, facts: TableFacts) -> Iterator[str]:
    """The facts of one table that bear on the finding, its name before the first."""
    told = tuple(_layout(finding, facts)) + tuple(_exposure(facts))
    for place, word in enumerate(told):
        yield f"`{facts.name}` {word}" if place == 0 else word


def _layout(finding: Finding, facts: TableFacts) -> Iterator[str]:
    if finding.rule not in PERFORMANCE and _DELTA not in finding.specialists:
        return
    if facts.bytes is not None:
        files = "" if facts.files is None else f" in {facts.files:,} file{'' if facts.files == 1 else 's'}"
        yield f"has {size(facts.bytes)}{files}"
    if facts.clustered:
        yield f"is clustered by {_listed(facts.clustered)}"
    if facts.partitioned:
        yield f"is partitioned by {_listed(facts.partitioned)}"
    if _DELTA in finding.specialists:
        yield from (f"sets {name} to {value}" for name, value in facts.properties)


def _exposure(facts: TableFacts) -> Iterator[str]:
    if facts.row_filter:
        yield f"has its rows filtered by {facts.row_filter}"
    if facts.masked:
        yield f"masks {_listed(facts.masked)}"
    if facts.wide:
        yield f"is open to everybody ({_listed(facts.wide)})"


def _listed(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
    return ", ".join(names[:_NAMES]) + more
