"""Suppression comments: `orchestrate: ignore[RULE, ...] reason`, with an optional `until=YYYY-MM-DD`."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from orchestrator.code.source import SourceFile
from orchestrator.types import Finding

_COMMENT = re.compile(
    r"(?:#|--|//|/\*)[^\n]*?\borchestrate:\s*ignore\[(?P<rules>[A-Z0-9, -]+)\](?P<rest>[^\n]*)", re.IGNORECASE
)
_MARKS = ("#", "--", "//", "/*")
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
        reason = _UNTIL.sub("", found["rest"]).strip(" -:#*/")
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
    placed = {path: _placed(sources[path], comments) for path, comments in known.items() if comments}
    marked = tuple(_mark(finding, placed.get(finding.location.path)) for finding in findings)
    return marked, notes


@dataclass(frozen=True, kw_only=True)
class _Placed:
    """The comments of a file by the line they stand on and by the line of code below, each with its Jupyter cell."""

    on: defaultdict[int, list[tuple[int | None, Suppression]]]
    above: defaultdict[int, list[tuple[int | None, Suppression]]]


def _placed(source: SourceFile, comments: Iterable[Suppression]) -> _Placed:
    placed = _Placed(on=defaultdict(list), above=defaultdict(list))
    for comment in comments:
        place = source.location(comment.line)
        placed.on[place.start_line].append((place.cell, comment))
        below = _next_code_line(source, comment.line)
        if below is not None:
            placed.above[source.location(below).start_line].append((place.cell, comment))
    return placed


def _mark(finding: Finding, placed: _Placed | None) -> Finding:
    """The finding, suppressed by a comment on one of its lines or in the comment block right above it."""
    if placed is None:
        return finding
    at = finding.location
    near = [*placed.above.get(at.start_line, ())]
    for line in range(at.start_line, at.end_line + 1):
        near.extend(placed.on.get(line, ()))
    for cell, comment in near:
        is_here = None in {cell, at.cell} or cell == at.cell
        if is_here and comment.problem is None and finding.rule.upper() in comment.rules:
            return replace(finding, suppressed_by=comment.label)
    return finding


def _next_code_line(source: SourceFile, line: int) -> int | None:
    """The first line below that is no comment; None where the comment shares its line with code."""
    if not source.lines[line - 1].lstrip().startswith(_MARKS):
        return None
    for number in range(line + 1, len(source.lines) + 1):
        text = source.lines[number - 1].strip()
        magic = text.startswith("# MAGIC") and not text.removeprefix("# MAGIC").strip().startswith("--")
        if magic or not text.startswith(_MARKS):
            return number
    return None
