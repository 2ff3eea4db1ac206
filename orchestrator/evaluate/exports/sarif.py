"""A scored run as SARIF 2.1.0: what was missed and what was false, at its place in the suite."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import TYPE_CHECKING

from orchestrator.evaluate.exports.figures import provenance
from orchestrator.evaluate.exports.items import CaseItems, Item, Standing, case_items
from orchestrator.report import sarif
from orchestrator.report.context import Context, RulePage
from orchestrator.report.json_text import json_text
from orchestrator.types import Finding, Location, Review, Severity

if TYPE_CHECKING:
    from orchestrator.evaluate.exports.report import Report

_SHOWN = {
    Standing.MISSED: "a golden finding that nobody reported",
    Standing.FALSE: "a finding where nothing is wrong",
    Standing.UNLABELLED: "a finding that nobody has labelled yet",
}


def render(report: Report) -> str:
    """The log of our own SARIF format, with the reviewer's errors as results; paths begin at the suite's folder."""
    scored, cases = report.scored, case_items(report)
    findings = tuple(finding for case in cases for finding in _findings(case))
    review = Review(
        project=scored.suite,
        findings=findings,
        coverage=(),
        specialists=(),
        files=len(cases),
        lines=sum(case.score.lines for case in cases),
        rules=len(_SHOWN),
        seconds=0.0,
        version=_version(),
    )
    log = json.loads(sarif.render(review, _context(cases)))
    run = log["runs"][0]
    run["automationDetails"] = {"id": f"orchestrate/eval/{scored.suite}/{scored.system}/"}
    run["properties"] = {"provenance": list(provenance(report)), "notMeasured": list(scored.not_measured)}
    return json_text(log)


def _version() -> str:
    from orchestrator import __version__

    return __version__


def _findings(case: CaseItems) -> Iterator[Finding]:
    for item in case.items:
        if item.standing in _SHOWN:
            yield _finding(case, item)


def _finding(case: CaseItems, item: Item) -> Finding:
    first, last = item.lines
    path = f"{case.case.name}/{_folder(case, item)}/{item.file}"
    message, why = _words(item)
    key = "\0".join([case.name, item.standing, path, str(first), str(last), message])
    return Finding(
        id=sha256(key.encode("utf-8", "backslashreplace")).hexdigest()[:16],
        rule=f"eval-{item.standing}",
        specialists=item.said.agents if item.said else (),
        severity=item.severity,
        location=Location(path=path, start_line=first, end_line=last),
        message=message,
        why=why,
        evidence="",
    )


def _folder(case: CaseItems, item: Item) -> str:
    """Where the file is on disk: the twin holds only what the fix changes."""
    return "twin" if item.variant == "twin" and item.file in case.case.twin_texts else "input"


def _words(item: Item) -> tuple[str, str]:
    if item.result is not None:
        must = ", which must be found" if item.result.must_find else ""
        return f"Missed: {item.result.kind}{must}", item.golden.rationale if item.golden else ""
    said = item.said
    named = f"{said.rule}: {said.message}" if said else ""
    where = " (of the fixed twin)" if item.variant == "twin" else ""
    return f"{item.standing.value.capitalize()}{where}: {named}", item.why


def _context(cases: tuple[CaseItems, ...]) -> Context:
    texts: dict[str, str] = {}
    for case in cases:
        texts |= {f"{case.case.name}/input/{path}": text for path, text in case.case.texts.items()}
        texts |= {f"{case.case.name}/twin/{path}": text for path, text in case.case.twin_texts.items()}

    def snippet(location: Location, before: int = 2, after: int = 2) -> tuple[tuple[int, str], ...]:
        lines = texts.get(location.path, "").split("\n")
        first, last = max(1, location.start_line - before), min(len(lines), location.end_line + after)
        return tuple((number, lines[number - 1]) for number in range(first, last + 1))

    return Context(snippet=snippet, page=_page, show_all=True)


def _page(rule: str) -> RulePage:
    name = rule.removeprefix("eval-")
    text = _SHOWN[Standing(name)].capitalize() + "."
    return RulePage(
        id=rule, name=rule, severity=Severity.MEDIUM, specialist="eval", summary=text, text=text, default=True
    )
