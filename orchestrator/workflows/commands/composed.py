"""From what a command found to a review: facts become lines that findings quote, gaps lines of the coverage ledger."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from orchestrator import __version__
from orchestrator.code.secrets import masked
from orchestrator.code.source import SourceFile
from orchestrator.code.visible import visible
from orchestrator.rules.engine import order
from orchestrator.toolbox.redaction import redacted_value
from orchestrator.types import Coverage, Finding, Location, Review, Source, SpecialistCoverage, Status
from orchestrator.workflows.commands.result import Facts, Gap, Observation, Result
from orchestrator.workflows.request import Reviewed
from orchestrator.workflows.specialists import ABSENT
from orchestrator.workflows.surfaces import LIVE

MOST_ROW = 4_000
"""Characters of one row as it is quoted."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The command, whom it asks, and when it began (`time.perf_counter`)."""

    command: str
    specialists: tuple[str, ...]
    agents: tuple[str, ...]
    started: float

    def wants(self, specialist: str) -> bool:
        """Whether this specialist is asked: everybody, unless some were named."""
        return not self.agents or specialist in self.agents


def composed(asked: Asked, result: Result, root: Path) -> Reviewed:
    """The review of a command's result; what it joins of code keeps its own findings and ledger."""
    documents = {facts.name: _document(asked, facts) for facts in result.facts}
    wanted = [each for each in result.observations if asked.wants(each.check.specialist)]
    found = tuple(_findings(asked, wanted, documents))
    code = result.reviewed
    of_code = code.review if code is not None else None
    findings = tuple(sorted((*found, *(of_code.findings if of_code else ())), key=order))
    ledger = (*_ledger(result.facts, documents), *map(_missing, result.gaps), *(of_code.coverage if of_code else ()))
    review = Review(
        project=root.name or str(root),
        findings=findings,
        coverage=tuple(sorted(ledger)),
        specialists=_specialists(asked, findings, of_code),
        files=len(documents) + (of_code.files if of_code else 0),
        lines=sum(len(facts.rows) for facts in result.facts) + (of_code.lines if of_code else 0),
        rules=len({each.check.id for each in wanted}) + (of_code.rules if of_code else 0),
        seconds=time.perf_counter() - asked.started,
        version=__version__,
        notes=(*result.notes, *(of_code.notes if of_code else ())),
        tables=result.tables,
    )
    sources = {document.path: document for document in documents.values()}
    return Reviewed(review=review, root=root, sources={**(code.sources if code else {}), **sources})


def keep_facts(reviewed: Reviewed) -> None:
    """Write the documents of facts under the root, so that the places that findings name can be opened."""
    for path, source in reviewed.sources.items():
        if path.startswith(f"{LIVE}/"):
            target = reviewed.root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(source.text, encoding="utf-8")


def _document(asked: Asked, facts: Facts) -> SourceFile:
    """The rows as JSON lines, credentials masked and acting characters spelled out."""
    text = "\n".join(_line(row) for row in facts.rows)
    path = f"{LIVE}/{asked.command}/{facts.name}.jsonl"
    return SourceFile(path=path, text=text, digest=sha256(text.encode()).hexdigest())


def _line(row: object) -> str:
    text = json.dumps(redacted_value(row), ensure_ascii=False, default=str)
    return text if len(text) <= MOST_ROW else f"{text[:MOST_ROW]}…"


def _findings(asked: Asked, observations: Iterable[Observation], documents: dict[str, SourceFile]) -> Iterator[Finding]:
    twins: Counter[str] = Counter()
    for each in observations:
        document = documents[each.facts]
        key = f"{asked.command}\0{each.check.id}\0{each.about}"
        twins[key] += 1
        yield Finding(
            id=sha256(f"{key}\0{twins[key]}".encode()).hexdigest()[:16],
            rule=each.check.id,
            specialists=(each.check.specialist,),
            severity=each.severity or each.check.severity,
            location=Location(path=document.path, start_line=each.row, end_line=each.row),
            message=visible(masked(each.message)),
            why=each.check.why,
            evidence=document.quote(each.row, each.row),
            confidence=each.confidence,
            references=each.check.references,
            source=Source.RUNTIME,
        )


def _ledger(facts: Iterable[Facts], documents: dict[str, SourceFile]) -> Iterator[Coverage]:
    for each in facts:
        entry = Coverage(path=documents[each.name].path, status=Status.FULL, lines=len(each.rows))
        more = f"there is more than these {len(each.rows)} rows of {each.source}"
        yield replace(entry, status=Status.PARTIAL, reason=more) if each.more else entry


def _missing(gap: Gap) -> Coverage:
    reason = visible(masked(" ".join(gap.reason.split())))[:500]
    return Coverage(path=gap.source, status=Status.SKIPPED, reason=reason, incomplete=gap.incomplete)


def _specialists(asked: Asked, findings: Iterable[Finding], code: Review | None) -> tuple[SpecialistCoverage, ...]:
    """A line for each specialist that is asked; those with rules over the code keep what was said of them there."""
    of_code = {each.name: each for each in code.specialists} if code else {}
    found = Counter(name for finding in findings if finding.counts for name in finding.specialists)
    lines = []
    for name in asked.agents or asked.specialists:
        known = of_code.get(name)
        if known is None or (known.status is Status.SKIPPED and known.reason == ABSENT):
            known = SpecialistCoverage(name=name, status=Status.FULL, rules=0, findings=0)
        lines.append(replace(known, findings=found[name]))
    return tuple(lines)
