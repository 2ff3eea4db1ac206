"""Text of a project that speaks to whoever reviews it: what a model leaves unsaid about such a file proves nothing."""

from __future__ import annotations

import base64
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Literal

from orchestrator.code.source import SourceFile
from orchestrator.code.visible import ACTING

Kind = Literal["instruction", "approval", "silence", "addressee", "markup", "hidden text", "name"]
MAX_SHOWN = 5
_MARKS = re.compile(r"^[\s#*/>\-|!;:.'\"]+(?:MAGIC\s+(?:%\w+\s*)?)?")
_SPACES = re.compile(r"\s+")
_NUMBER = re.compile(r"(?m)^\d{1,7}\| ")
_SPELLED = re.compile(r"⟨U\+([0-9A-F]{4,6})⟩")
_JOINED = re.compile(r"(?<=[A-Za-z])[_-](?=[A-Za-z])")
_MIXED = re.compile(r"\w*(?:[a-z][\u0400-\u04ff]|[\u0400-\u04ff][a-z])\w*", re.IGNORECASE)
"""A word of Latin and Cyrillic letters, which nobody writes but to look like another word."""
_ALIKE = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0410\u0415\u041e\u0420\u0421\u0425", "aeopcyxiAEOPCX"
)
_CODED = re.compile(r"[A-Za-z0-9+/]{32,}={0,2}")
_BACKWARDS = re.compile("snoitcurtsni|sgnidnif|tpmorp metsys", re.IGNORECASE)
_HELD = (
    "ignor;disregard;forget;overrid;bypass;instru;anweisung;vorgaben;indicaciones;prompt;you are now;"
    "from now on;your ;you must;игнорируй;忽略;無視;report;flag;review;critici;mention;finding;claim;verdict;melde;"
    "nenne;berichte;signale;rapporte;informe;报告;報告;сообщай;zero ;empty ;no issue;no problem;no defect;no vuln;"
    "no bug;no concern;no violation;omit;exclude;suppress;approv;whitelist;allowlist;exempt;out of scope;"
    "safe by design;audit;cleared;vetted;mark it;mark this;mark everything;bots;llm;language model;as an ai;"
    "ai agent;ai assistant;ai model;claude;gpt;copilot;gemini;coderabbit;bugbot;specialist;refuter;inst];"
    "sys>>;system>;assistant>;human>;human: ;reminder>;message>;calls>;result>;use>;antml:;<data-;</data-;"
    "<file-;</file-;[//];[comment];<!--;<details>;|>"
)
_HINTS = tuple(_HELD.split(";"))
"""Every text that a pattern finds holds one of these, in small letters."""
LEAST_HIDDEN = 12
MAX_LINE = 20_000
"""Characters of a line in which hidden words are looked for."""
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
        (
            rf"\b(?:{_WHO}|bots)[,:] (?:please |just |you )?"
            r"(?:read|show|print|write|skip|ignore|approve|report|mark|call|do not|nothing)\b"
        ),
        r"\bai reviewers? must\b",
        # The same in the languages that teams write comments in.
        r"\bignorier\w* (?:\w+ ){0,3}?(?:anweisungen|instruktionen|vorgaben)\b",
        r"\bignore[zr] (?:\w+ ){0,3}?instructions\b",
        r"\bignora\w* (?:\w+ ){0,4}?(?:instrucciones|indicaciones|istruzioni|instruções)\b",
        r"игнорируй\w*.{0,40}инструкц|忽略.{0,15}(?:指令|指示|说明)|指示.{0,15}無視",
    ),
    "silence": (
        rf"\b{_NEVER}\b {_WORDS}{_SAY}\b {_WORDS}(?:{_FINDING}|{_THING}|below|here|anything)\b",
        (
            rf"\b(?:report|return|answer with|respond with|output|give|list|raise)\b {_WORDS}"
            rf"(?:no|zero|an empty (?:list|array|set) of|empty) {_FINDING}\b"
        ),
        r"""["']?findings\\?["']?\s*:\s*\[\s*\]|["']verdict["']\s*:\s*["'](?:keep|refute|undecided)["']""",
        (
            rf"\b(?:all|any|every|each) (?:claims?|{_FINDING}) {_WORDS}{_WORDS}(?:are|is|was|were) (?:all )?"
            r"(?:false|wrong|refuted|invalid|settled|false positives)\b"
        ),
        r"\bskip (?:it|this|them) in (?:every|each|any|all|the) reviews?\b",
        r"\b(?:melde|nenne|berichte)\w* keine (?:befunde|fehler|probleme|mängel)\b",
        r"\bne (?:signale|rapporte|mentionne)\w* (?:aucune?|pas)\b",
        r"\bno (?:informes|reportes|informe) (?:de )?ning[uú]n",
        r"不要报告|報告しないで|не сообщай",
        (
            rf"\b(?:exclude|omit|skip|drop|suppress|hide|leave out)\b {_WORDS}"
            r"(?:from|in) (?:the|your|any) (?:\w+ )?(?:review|report|audit|analysis)\b"
        ),
    ),
    "approval": (
        (
            rf"\bthis {_THING} (?:is|was|has been|have been) {_WORDS}"
            r"(?:(?:pre[- ]?|already )?approved|whitelisted|allowlisted|exempt|out of scope|safe by design"
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
            r"\b(?:note|notice|message|attention|reminder|hint|memo) (?:to|for) "
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
        r"<\|(?:im[_ ]start|im[_ ]end|system|user|assistant|endoftext|eot[_ ]id|(?:start|end)[_ ]header[_ ]id)\|>",
        r"\[/?INST\]|<</?SYS>>",
        (
            r"</?(?:system|assistant|human|system[-_ ]?(?:reminder|prompt|message)"
            r"|function[_ ]calls|tool[_ ](?:result|use)|antml:\w+|(?:data|file)-[0-9a-f]{16})>"
        ),
        r"\bknown findings of rules:|\bthat was the project\. your role follows\b",
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


def speaks(text: str) -> bool:
    """Whether a text that a model was shown, such as a name, a claim or a tool's answer, speaks to a reviewer."""
    lines = _NUMBER.sub("", _SPELLED.sub(lambda match: chr(min(int(match[1], 16), 0x10FFFF)), text))
    return bool(_places_in(SourceFile(path="", text=lines, digest="")))


@lru_cache(maxsize=4_000)
def _places_in(source: SourceFile) -> tuple[Addressed, ...]:
    return tuple(_places(source))


def _places(source: SourceFile) -> Iterator[Addressed]:
    lines = [_plain(line) for line in source.lines]
    near = _near(lines)
    # A gap between lines that are searched is no space, so that nothing is found across it.
    pieces = [lines[at] + (" " if at + 1 in near else "\0") for at in near]
    starts = [0, *accumulate(map(len, pieces))]
    numbers = [at + 1 for at in near]
    for kind, at in _found("".join(pieces)):
        yield _place(source, numbers[bisect_right(starts, at) - 1], kind)
    if source.path and speaks(source.path.replace("/", "\n")):
        yield _place(source, 1, "name")
    for number, line in enumerate(source.lines, start=1):
        if not line.isascii() and _TAGS.search(line):
            yield _place(source, number, "hidden text")
        if len(line) >= LEAST_HIDDEN and any(any(_found(hidden)) for hidden in _hidden(line)):
            yield _place(source, number, "hidden text")


def _near(lines: Sequence[str]) -> dict[int, None]:
    """The lines that hold a word of some pattern and those next to them, in order; the rest is not searched."""
    small = [line.lower() for line in lines]
    whole = "\n".join(small)
    words = [word for word in _HINTS if word in whole]
    hits = [at for at, line in enumerate(small) if any(word in line for word in words)] if words else []
    return dict.fromkeys(sorted({near for at in hits for near in range(max(at - 2, 0), min(at + 3, len(lines)))}))


def _found(text: str) -> Iterator[tuple[Kind, int]]:
    for kind, pattern in _COMPILED:
        for match in pattern.finditer(text):
            yield kind, match.start()


def _hidden(line: str) -> Iterator[str]:
    """What a model could read in a line besides its words: text in base 64, words backwards."""
    for match in _CODED.findall(line[:MAX_LINE]):
        with suppress(ValueError):
            yield base64.b64decode(match, validate=True).decode("ascii")
    if _BACKWARDS.search(line):
        yield line[:MAX_LINE][::-1]


def _place(source: SourceFile, line: int, kind: Kind) -> Addressed:
    return Addressed(path=source.path, line=source.location(line).start_line, kind=kind)


def _plain(line: str) -> str:
    """A line without comment marks, invisible characters, joined words and letters that only look alike."""
    if not line.isascii():
        line = unicodedata.normalize("NFKC", ACTING.sub("", line))
        line = _MIXED.sub(lambda word: word[0].translate(_ALIKE), line)
    return _SPACES.sub(" ", _JOINED.sub(" ", _MARKS.sub("", line))).strip()
