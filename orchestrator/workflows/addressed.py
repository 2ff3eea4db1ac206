"""Text of a project that speaks to whoever reviews it: what a model leaves unsaid about such a file proves nothing."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from orchestrator.code.source import SourceFile
from orchestrator.code.visible import ACTING

Kind = Literal["instruction", "approval", "silence", "addressee", "markup", "hidden text"]
MAX_SHOWN = 5
_MARKS = re.compile(r"^[\s#*/>\-|!;:.'\"]+(?:MAGIC\s+(?:%\w+\s*)?)?")
_SPACES = re.compile(r"\s+")
_TAGS = re.compile("[\U000e0000-\U000e007f]")

_WHO = (
    r"(?:(?:ai|llm|automated|automatic|code|security|pr|human)[ -]+)*"
    r"(?:reviewers?|review (?:bots?|agents?|tools?)|auditors?|language models?|llms?|ai (?:agents?|models?|assistants?)"
    r"|claude|chatgpt|gpt-?\d|copilot|gemini|coderabbit|bugbot|specialists?|refuter)"
)
_FINDING = r"(?:findings?|issues?|problems?|defects?|vulnerabilit(?:y|ies)|bugs?|concerns?|violations?)"
_THING = r"(?:file|code|module|notebook|script|pipeline|change|pull request|pr|diff|cell|function|query|section|line)"
_NEVER = r"(?:do not|don't|dont|never|must not|should not|shouldn't|please skip|refrain from|no need to|avoid)"
_SAY = r"(?:report|flag|review|criticise|criticize|mention)(?:ing|ging)?"
_WORDS = r"(?:\w+ ){0,3}?"
_PATTERNS: dict[Kind, tuple[str, ...]] = {
    "instruction": (
        (
            rf"\b(?:ignore|disregard|forget|override|bypass)\b {_WORDS}"
            rf"(?:previous|prior|above|earlier|preceding|system|your|original|these|those) {_WORDS}"
            r"(?:instructions?|prompts?|directions?|guidelines|guidance|context|role|system message)\b"
        ),
        r"\b(?:new|updated|real|hidden|secret) (?:system )?instructions?(?: follow|:| for (?:you|the))",
        rf"\b(?:reveal|print|output|repeat|show|leak|send)\b {_WORDS}(?:system prompt|your (?:prompt|instructions))\b",
        r"\byou are now\b(?! (?:ready|able|connected|using|running|in))|\bfrom now on,? you\b",
        r"\byour (?:(?:new|real|actual|only) (?:task|role|job) is|(?:task|role|job) is now)\b",
        r"\byou must (?:not )?(?:report|approve|flag)\b",
    ),
    "silence": (
        rf"\b{_NEVER}\b {_WORDS}{_SAY}\b {_WORDS}(?:{_FINDING}|{_THING}|below|here|anything)\b",
        (
            rf"\b(?:report|return|answer with|respond with|output|give|list|raise)\b {_WORDS}"
            rf"(?:no|zero|an empty (?:list|array|set) of|empty) {_FINDING}\b"
        ),
        r"""["']?findings["']?\s*:\s*\[\s*\]""",
        (
            rf"\b(?:exclude|omit|skip|drop|suppress|hide|leave out)\b {_WORDS}"
            r"(?:from|in) (?:the|your|any) (?:\w+ )?(?:review|report|audit|analysis)\b"
        ),
    ),
    "approval": (
        (
            rf"\bthis {_THING} (?:is|was|has been|have been) {_WORDS}"
            r"(?:(?:pre-?|already )?approved|whitelisted|allowlisted|exempt|out of scope|safe by design"
            r"|already reviewed|already audited)\b"
        ),
        (
            r"\b(?:already|previously) (?:been )?(?:reviewed|audited|approved|cleared|vetted)"
            rf"(?: and (?:approved|cleared|signed off))? by {_WORDS}"
            rf"(?:security|compliance|legal|team|governance|{_WHO})\b"
        ),
        r"\b(?:no|zero) (?:further )?(?:review|audit) (?:is )?(?:needed|required|necessary)\b",
        r"\bmark (?:it|this|everything) as (?:safe|approved|clean|passed)\b",
    ),
    "addressee": (
        (
            r"\b(?:note|notice|message|instructions?|attention|reminder|hint|memo) (?:to|for) "
            rf"(?:the |all |any |every )*{_WHO}\b"
        ),
        (
            r"\b(?:dear|hey|hello|attention|if you are|if you're|when you are) (?:an? |the |any |all )*"
            rf"{_WHO}\b"
        ),
        r"\bto (?:the |all |any )+(?:(?:ai|llm|automated|automatic|code|security)[ -]+)+(?:reviewers?|auditors?)\b",
        r"\bas an (?:ai|llm|language model|automated reviewer)\b",
        r"\b(?:ai|llm)[ -]?reviewers?(?: (?:must|should|shall|may|can|will|please)\b|[,:!])",
        r"\b(?:ai|llm)[ -]?(?:agents?|assistants?|models?) (?:must|should|shall|please)\b",
    ),
    "markup": (
        r"<\|(?:im_start|im_end|system|user|assistant|endoftext|eot_id|start_header_id|end_header_id)\|>",
        r"\[/?INST\]|<</?SYS>>",
        (
            r"</?(?:system|assistant|human|system[-_ ](?:reminder|prompt|message)|function_calls|tool_result|tool_use"
            r"|antml:\w+|(?:data|file)-[0-9a-f]{16})>"
        ),
        r"(?:^|\s)(?-i:Human): .{0,200}\s(?-i:Assistant): ",
    ),
    "hidden text": (
        r"\[//\]: ?#|\[comment\]: ?(?:#|<>)",
        rf"<!--(?:(?!-->).){{0,200}}\b(?:{_WHO}|instructions?|approve[sd]?|do not report)\b",
        rf"<details>(?:(?!</details>).){{0,400}}\b(?:{_WHO}|instructions?|approve[sd]?|do not report)\b",
    ),
}
_COMPILED = tuple(
    (kind, re.compile(pattern, re.IGNORECASE)) for kind, patterns in _PATTERNS.items() for pattern in patterns
)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Addressed:
    """One place where a file speaks to a reviewer or a model; the line is that of the file on disk."""

    path: str
    line: int
    kind: Kind


def addressed(sources: Iterable[SourceFile]) -> tuple[Addressed, ...]:
    """The places, by path and line; one for each line and kind."""
    return tuple(sorted({place for source in sources for place in _places_in(source)}))


def speaking(sources: Mapping[str, SourceFile], paths: Iterable[str]) -> tuple[str, ...]:
    """Those of these paths whose files speak to a reviewer or a model, in order."""
    return tuple(path for path in sorted(set(paths)) if path in sources and _places_in(sources[path]))


def notes(places: Iterable[Addressed]) -> Iterator[str]:
    """One note a file for the report."""
    by_path: dict[str, list[Addressed]] = {}
    for place in places:
        by_path.setdefault(place.path, []).append(place)
    for path, found in sorted(by_path.items()):
        lines = ", ".join(f"{place.line} ({place.kind})" for place in found[:MAX_SHOWN])
        more = f" and {len(found) - MAX_SHOWN} more" if len(found) > MAX_SHOWN else ""
        yield f"{path} speaks to its reviewers at line {lines}{more}: what a model leaves unsaid there proves nothing"


@lru_cache(maxsize=4_000)
def _places_in(source: SourceFile) -> tuple[Addressed, ...]:
    return tuple(_places(source))


def _places(source: SourceFile) -> Iterator[Addressed]:
    lines = [_plain(line) for line in source.lines]
    for number, line in enumerate(source.lines, start=1):
        if _TAGS.search(line):
            yield _place(source, number, "hidden text")
    starts: list[int] = []
    offset = 0
    for line in lines:
        starts.append(offset)
        offset += len(line) + 1
    text = " ".join(lines)
    for kind, pattern in _COMPILED:
        for match in pattern.finditer(text):
            yield _place(source, bisect_right(starts, match.start()), kind)


def _place(source: SourceFile, line: int, kind: Kind) -> Addressed:
    return Addressed(path=source.path, line=source.location(line).start_line, kind=kind)


def _plain(line: str) -> str:
    """A line without comment marks, invisible characters and doubled spaces, so that none of these hides words."""
    if not line.isascii():
        line = unicodedata.normalize("NFKC", ACTING.sub("", line))
    return _SPACES.sub(" ", _MARKS.sub("", line)).strip()
