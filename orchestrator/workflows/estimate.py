"""What a run with a model would cost, before anything is spent: a span, with the assumptions that it rests on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from orchestrator.models import prices
from orchestrator.models.conversation import Usage
from orchestrator.models.prices import ModelFacts

if TYPE_CHECKING:
    from orchestrator.workflows.specialist.conversation import Brief, Cohort


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """One end of the span: tokens a character, turns a specialist, and what a turn adds."""

    tokens_per_character: float
    turns: int
    output_tokens: int
    tool_characters: int
    refuted: float
    """Findings a specialist that the refuter is asked about."""


LOW = Guess(tokens_per_character=0.3, turns=1, output_tokens=800, tool_characters=0, refuted=0.5)
HIGH = Guess(tokens_per_character=0.5, turns=4, output_tokens=3_000, tool_characters=12_000, refuted=2.0)
"""The tokenizer's publisher gives 0.4 tokens a character on average."""
REFUTER_CHARACTERS = 12_000
_NOBODY = "no specialist's subject is here"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """What would be asked: sizes are characters, `shared` those of the text, tools and schema of the whole cohort.

    `own` holds for each specialist its persona and first message; `files` is only told.
    """

    model: str
    shared: int
    own: tuple[int, ...]
    files: int = 0
    low: Guess = LOW
    high: Guess = HIGH


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The lowest and the highest of a number of calls or tokens."""

    low: int
    high: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a run would come to; `usd` is None where the price of the model is unknown."""

    model: str
    specialists: int
    calls: Span
    input_tokens: Span
    output_tokens: Span
    usd: tuple[Decimal, Decimal] | None
    assumptions: tuple[str, ...]


def workload(cohort: Cohort, briefs: Sequence[Brief], *, files: int = 0) -> Workload:
    """The workload of a cohort and the specialists that would run in it."""
    tools = sum(len(card.name) + len(card.description) + len(json.dumps(card.schema)) for card in cohort.cards)
    return Workload(
        model=cohort.model,
        shared=len(cohort.shared.text) + tools + len(json.dumps(cohort.schema)),
        own=tuple(len(brief.persona) + len(brief.message) for brief in briefs),
        files=files,
    )


def estimate(work: Workload) -> Estimate:
    """What the workload would come to, from few short turns to many long ones."""
    known = prices.facts(work.model)
    ends = [list(_calls(work, guess, known)) for guess in (work.low, work.high)]
    low, high = (sum(calls, Usage()) for calls in ends)
    usd = None
    if known is not None:
        cheap, dear = (sum((known.cost(usage) for usage in calls), Decimal(0)) for calls in ends)
        usd = (cheap, dear)
    return Estimate(
        model=work.model,
        specialists=len(work.own),
        calls=Span(low=len(ends[0]), high=len(ends[1])),
        input_tokens=Span(low=low.tokens - low.output_tokens, high=high.tokens - high.output_tokens),
        output_tokens=Span(low=low.output_tokens, high=high.output_tokens),
        usd=usd,
        assumptions=_assumptions(work, known),
    )


def one_line(found: Estimate) -> str:
    """The estimate in one line; where nobody would be asked, that."""
    if not found.specialists:
        return f"nothing: {_NOBODY}"
    calls = f"{_span(found.calls)} {'call' if found.calls.high == 1 else 'calls'}"
    named = f" with {found.model}" if found.model else ""
    return f"{_count(found.specialists, 'specialist')}, {calls}, {_money(found)}{named}"


def told(found: Estimate) -> str:
    """The estimate as lines for a person, with its assumptions; one line where nobody would be asked."""
    if not found.specialists:
        return f"Nothing would be asked of {found.model}, and nothing paid: {_NOBODY}\n"
    lines = [
        f"Model        {found.model}",
        f"Specialists  {found.specialists}",
        f"Calls        {_span(found.calls)}",
        f"Input        {_span(found.input_tokens)} tokens, cached ones included",
        f"Output       {_span(found.output_tokens)} tokens",
        f"Cost         {_money(found)}",
        "",
        "Assumed:",
        *(f"- {each}" for each in found.assumptions),
    ]
    return "\n".join(lines) + "\n"


def as_json(found: Estimate) -> str:
    """The estimate as JSON; the two ends of the cost in dollars as text, so that no cent is rounded."""
    usd = None if found.usd is None else {"low": str(found.usd[0]), "high": str(found.usd[1])}
    return json.dumps({**asdict(found), "usd": usd}, ensure_ascii=False, indent=2) + "\n"


def _calls(work: Workload, guess: Guess, known: ModelFacts | None) -> Iterator[Usage]:
    """The usage of every call, one specialist after the other, and of the refuter's calls."""
    shared = int(work.shared * guess.tokens_per_character)
    cached = known is not None and shared >= known.cache_minimum
    for number, characters in enumerate(work.own):
        own = int(characters * guess.tokens_per_character)
        yield _first(shared, own, guess.output_tokens, cached=cached, writes=number == 0)
        grown = guess.output_tokens + int(guess.tool_characters * guess.tokens_per_character)
        for turn in range(1, guess.turns):
            before = shared + own + (turn - 1) * grown
            yield _usage(before, grown, guess.output_tokens, cached=cached)
    finding = int(REFUTER_CHARACTERS * guess.tokens_per_character)
    for _ in range(round(len(work.own) * guess.refuted)):
        yield Usage(input_tokens=finding, output_tokens=guess.output_tokens)


def _first(shared: int, own: int, output: int, *, cached: bool, writes: bool) -> Usage:
    """The first turn of a specialist: one of them writes the shared text, the others read it."""
    return _usage(0 if writes else shared, own + (shared if writes else 0), output, cached=cached)


def _usage(before: int, added: int, output: int, *, cached: bool) -> Usage:
    if not cached:
        return Usage(input_tokens=before + added, output_tokens=output)
    return Usage(cache_read_tokens=before, cache_write_tokens=added, output_tokens=output)


def _assumptions(work: Workload, known: ModelFacts | None) -> tuple[str, ...]:
    low, high = work.low, work.high
    written = Span(low=low.output_tokens, high=high.output_tokens)
    said = [
        f"{_count(work.files, 'file')}, {work.shared:,} characters that all share, written to the cache once",
        f"{low.tokens_per_character} to {high.tokens_per_character} tokens a character",
        f"{low.turns} to {high.turns} turns a specialist, {_span(written)} tokens out each",
        f"{low.refuted:g} to {high.refuted:g} findings a specialist that the refuter is asked about",
        "no answer is kept from an earlier run, and no call is repeated",
    ]
    if known is None:
        return (*said, f"no price is known for {work.model}")
    return (*said, f"{prices.price_list().kind}, as of {prices.price_list().as_of}")


def _money(found: Estimate) -> str:
    if found.usd is None:
        return "at a price that is not known"
    return f"{found.usd[0]:,.2f} to {found.usd[1]:,.2f} USD"


def _span(span: Span) -> str:
    return f"{span.low:,}" if span.low == span.high else f"{span.low:,} to {span.high:,}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
