"""Suppression comments: `orchestrate: ignore[RULE, ...] reason`, with an optional `until=YYYY-MM-DD`."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from orchestrator.code.source import SourceFile
from orchestrator.types import Finding

_COMMENT = re.compile(
    r"(?:#|--|//)[^\n]*?\borchestrate:\s*ignore\[(?P<rules>[A-Z0-9, ]+)\](?P<rest>[^\n]*)", re.IGNORECASE
)
_UNTIL = re.compile(r"\buntil=(\S+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """One comment; `lines` are the lines of `SourceFile.text` that it covers."""

    path: str
    line: int
    rules: frozenset[str]
    reason: str
    problem: str | None

    @property
    def label(self) -> str:
        """What a report says of a suppressed finding."""
        return f"comment at line {self.line}: {self.reason}"


def find_suppressions(source: SourceFile, today: dt.date) -> Iterator[Suppression]:
    """The suppression comments of a file; one without a reason, or past its date, carries a problem and no effect."""
    if "orchestrate:" not in source.text:
        return
    for number, line in enumerate(source.lines, start=1):
        found = _COMMENT.search(line)
        if found is None:
            continue
        rules = frozenset(rule.strip().upper() for rule in found["rules"].split(",") if rule.strip())
        until = _UNTIL.search(found["rest"])
        reason = _UNTIL.sub("", found["rest"]).strip(" -:#")
        yield Suppression(
            path=source.path,
            line=number,
            rules=rules,
            reason=reason,
            problem=_problem(reason, until.group(1) if until else None, today),
        )


def _problem(reason: str, until: str | None, today: dt.date) -> str | None:
    if not reason:
        return "has no reason: write one after the bracket"
    if until is None:
        return None
    try:
        day = dt.date.fromisoformat(until)
    except ValueError:
        return f"has a date that is none: until={until!r}, want YYYY-MM-DD"
    return f"expired on {day.isoformat()}" if day < today else None


def suppress(
    findings: Iterable[Finding], sources: dict[str, SourceFile], today: dt.date
) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """The findings, marked where a comment covers them, and a note for each comment that has no effect."""
    known = {path: tuple(find_suppressions(source, today)) for path, source in sources.items()}
    notes = tuple(
        f"{comment.path}:{comment.line}: this suppression {comment.problem}"
        for comments in known.values()
        for comment in comments
        if comment.problem
    )
    marked = tuple(
        _mark(finding, known.get(finding.location.path, ()), sources.get(finding.location.path)) for finding in findings
    )
    return marked, notes


def _mark(finding: Finding, comments: tuple[Suppression, ...], source: SourceFile | None) -> Finding:
    if source is None or not comments:
        return finding
    for comment in comments:
        if comment.problem is None and finding.rule in comment.rules and _covers(comment, finding, source):
            return replace(finding, suppressed_by=comment.label)
    return finding


def _covers(comment: Suppression, finding: Finding, source: SourceFile) -> bool:
    """Whether the comment stands on one of the finding's lines or in the comment block right above it."""
    place = source.location(comment.line)
    if finding.location.cell is not None and place.cell != finding.location.cell:
        return False
    if finding.location.start_line <= place.start_line <= finding.location.end_line:
        return True
    next_line = _next_code_line(source, comment.line)
    return next_line is not None and source.location(next_line).start_line == finding.location.start_line


def _next_code_line(source: SourceFile, line: int) -> int | None:
    """The first line below that is no comment; None where the comment shares its line with code."""
    if not source.lines[line - 1].lstrip().startswith(("#", "--", "//")):
        return None
    for number in range(line + 1, len(source.lines) + 1):
        text = source.lines[number - 1].strip()
        magic = text.startswith("# MAGIC") and not text.removeprefix("# MAGIC").strip().startswith("--")
        if magic or not text.startswith(("#", "--", "//")):
            return number
    return None
