"""What an agent says it found, and whether the code bears it out: a claim becomes a finding only with its quote."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from orchestrator.code.secrets import MASK, masked
from orchestrator.code.shown import unnumbered
from orchestrator.code.source import SourceFile
from orchestrator.code.visible import visible
from orchestrator.types import Edit, Finding, Fix, Location, Severity, Source, Standing
from orchestrator.workflows.naming import Named
from orchestrator.workflows.quotes import MAX_QUOTE_LINES, evidence_at, place_of

MAX_CLAIMS = 200
MAX_ANSWER = 2_000_000
LEAST_CONFIDENCE = 50
_FENCED = re.compile(r"```(?:json)?[ \t\r]*\n(.*?)```", re.DOTALL)


class Claim(BaseModel):
    """One defect that an agent reports; the ten keys that every agent's prompt names."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str = Field(min_length=1, max_length=1_000)
    start_line: int = Field(ge=1)
    end_line: int = Field(ge=1)
    quote: str = Field(min_length=1, max_length=20_000)
    category: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)
    severity: Severity
    confidence: Literal[0, 25, 50, 75, 100]
    message: str = Field(min_length=1, max_length=2_000)
    why: str = Field(min_length=1, max_length=4_000)
    fix: str | None = Field(default=None, max_length=20_000)

    @field_validator("severity", mode="before")
    @classmethod
    def _in_small_letters(cls, given: object) -> object:
        # The API does not promise the case of an enum's values.
        return given.lower() if isinstance(given, str) else given


class NotReviewed(BaseModel):
    """Something that the agent was given and did not look at."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    path: str = Field(max_length=1_000)
    why: str = Field(max_length=1_000)


class _Envelope(BaseModel):
    findings: list[dict[str, object]] = Field(max_length=MAX_CLAIMS)
    not_reviewed: tuple[NotReviewed, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An agent's answer, read: its claims, what it left out, and how many of its findings could not be read."""

    agent: str
    claims: tuple[Claim, ...]
    not_reviewed: tuple[NotReviewed, ...]
    unreadable: int = 0
    refused: str | None = None
    """Why nothing of the answer is usable; None when it is."""


def read_answer(agent: str, text: str) -> Answer:
    """The answer in an agent's text: the JSON alone, or in a fence, or between other words."""
    refused = "the answer is too long" if len(text) > MAX_ANSWER else "the answer holds no findings as JSON"
    for candidate in _candidates(text[:MAX_ANSWER]):
        try:
            envelope = _Envelope.model_validate(json.loads(candidate))
        except (ValueError, RecursionError):
            continue
        claims = tuple(claim for entry in envelope.findings if (claim := _claim(entry)) is not None)
        lost = len(envelope.findings) - len(claims)
        return Answer(agent=agent, claims=claims, not_reviewed=envelope.not_reviewed, unreadable=lost)
    return Answer(agent=agent, claims=(), not_reviewed=(), refused=refused)


def as_finding(claim: Claim, agent: str, sources: Named) -> Finding:
    """The finding that a claim makes: unverified where its quote stands in the code, withheld where it does not."""
    source, location = _placed(claim, sources)
    shown = location is not None and claim.confidence >= LEAST_CONFIDENCE
    evidence = evidence_at(source, location) if source is not None and location is not None else None
    location = location or Location(
        path=source.path if source is not None else claim.path,
        start_line=claim.start_line,
        end_line=min(max(claim.end_line, claim.start_line), claim.start_line + MAX_QUOTE_LINES),
    )
    # Of the lines and not of what was quoted of them, with numbers or without: the id is that of the defect.
    quoted = unnumbered(claim.quote.replace("\r\n", "\n").strip("\n")) if evidence is None else evidence
    key = "\0".join((claim.category, location.path, " ".join(quoted.split())))
    return Finding(
        id=sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16],
        rule=claim.category,
        specialists=(agent,),
        severity=claim.severity,
        location=location,
        message=masked(claim.message),
        why=masked(claim.why),
        evidence=masked(claim.quote) if evidence is None else evidence,
        confidence=claim.confidence,
        fix=_fix(claim, source, location) if shown and source is not None else None,
        source=Source.MODEL,
        standing=Standing.UNVERIFIED if shown else Standing.WITHHELD,
    )


def _placed(claim: Claim, sources: Named) -> tuple[SourceFile | None, Location | None]:
    """The file that a claim means and the place of its quote there; no place where the quote stands in none."""
    files = sources.get(claim.path.removeprefix("./"), ())
    for source in files:
        if (place := place_of(claim.quote, source, claim.start_line, claim.end_line)) is not None:
            return source, place
    return next(iter(files), None), None


def _candidates(text: str) -> list[str]:
    first, last = text.find("{"), text.rfind("}")
    return [text, *_FENCED.findall(text), text[first : last + 1] if 0 <= first < last else ""]


def _claim(entry: dict[str, object]) -> Claim | None:
    try:
        return Claim.model_validate(entry)
    except ValidationError:
        return None


def _fix(claim: Claim, source: SourceFile, location: Location) -> Fix | None:
    """The replacement that the agent proposes, where its quote is whole lines as they stand on disk.

    None where the new text holds a credential, or text that only stands for one.
    """
    whole = claim.quote.strip("\n") == source.quote(location.start_line, location.end_line)
    if claim.fix is None or source.is_jupyter or not whole:
        return None
    if MASK in claim.fix or visible(masked(claim.fix)) != claim.fix:
        return None
    edit = Edit(
        path=location.path,
        start_line=location.start_line,
        start_column=1,
        end_line=location.end_line,
        end_column=len(source.lines[location.end_line - 1]) + 1,
        replacement=claim.fix.rstrip("\n"),
    )
    return Fix(description="the agent's proposal", edits=(edit,), safe=False)
