"""Text without credentials before it leaves the machine: prompts, answers of tools, recordings.

`secrets` knows what issuers make and is sure; this also masks what only seems to be a credential, for here a word too
much costs less than a password. The number of lines stays, and the same text always gives the same result.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from orchestrator.code.assigned import assigned_values, holds_credential_word
from orchestrator.code.secrets import MASK, find_secrets, is_random

_FRAGMENT = 12
"""Characters in a row that a piece of a known credential has at least."""
_ELSEWHERE = 200
"""How many different values are looked for in the rest of the text."""
_LONGEST = 4_000
_HINTS = ("BEGIN ", "eyJ", "://", "sig=", "Sig=", "Signature=")


class _Span(NamedTuple):
    start: int
    end: int
    shown: str = ""
    """The issuer's mark at the beginning, which says what the value is and nothing of it."""


_ISSUERS_MARK = re.compile(
    r"dapi|dkea|dsapi|dose|AKIA|ASIA|gh[pousr]_|github_pat_|glpat-|xox[abprs]-|AIza|sk-(?:ant-|proj-|svcacct-)?|hf_"
    r"|pypi-|[sr]k_live_|eyJ"
)
_TOKEN = re.compile(r"(?<![\w-])eyJ[\w-]{10,4000}(?:\.[\w-]{4,4000}){0,4}")
"""A JSON web token, or its beginning."""
_IN_ADDRESS = re.compile(r"://[^\s:/@\"'<>]{0,100}:([^\s/@\"'<>{}$]{3,200})@")
_SIGNATURE = re.compile(r"[?&](?:sig|X-Amz-Signature|X-Goog-Signature|Signature)=([A-Za-z0-9%+/=_-]{16,700})")
_BLOCK = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_BLOCK_END = "-----END"
_BLOCK_MOST = 20_000
_BODY = re.compile(r"[A-Za-z0-9+/=]{16,}")
_BODY_LINE = re.compile(
    r"(?m)^[^\w\n]{0,40}(?![0-9a-f]{60,80}(?![A-Za-z0-9+/]))([A-Za-z0-9+/]{60,80}={0,2})(?:\\n)?[^\w\n]{0,10}$"
)
"""A line of nothing but base64, as the body of a private key is, and no digest."""
_RUN = re.compile(r"[A-Za-z0-9+/=_.~-]{12,}")
_DIGITS = re.compile(r"\d[^\d]{0,10}\d")
"""What tells a piece of a drawn value from a word."""


def scrubbed(text: str, known: Iterable[str] = ()) -> str:
    """The text with `MASK` in place of everything that is or seems to be a credential.

    Of the `known` values, such as the keys of this process, pieces of 12 characters are masked too.
    """
    values = [value for value in known if len(value) >= _FRAGMENT]
    if not values and not may_hold_credential(text):
        return text
    spans = list(_spans(text))
    values += list(dict.fromkeys(text[span.start : span.end] for span in spans))
    shown = _replaced(text, spans)
    return _without_pieces(shown, [value for value in values if _is_telling(value)])


def may_hold_credential(text: str) -> bool:
    """Whether a closer look is needed; false for most texts."""
    if holds_credential_word(text) or any(hint in text for hint in _HINTS):
        return True
    return _BODY_LINE.search(text) is not None or next(find_secrets(text), None) is not None


def _spans(text: str) -> Iterator[_Span]:
    """Every credential, in no order; spans may overlap."""
    for secret in find_secrets(text):
        yield _marked(text, secret.start, secret.end)
    yield from _keys(text)
    for pattern in (_TOKEN, _BODY_LINE):
        for match in pattern.finditer(text):
            group = pattern.groups
            yield _marked(text, match.start(group), match.end(group))
    for pattern in (_IN_ADDRESS, _SIGNATURE):
        for match in pattern.finditer(text):
            if not _is_stand_in(match[1]):
                yield _Span(match.start(1), match.end(1))
    for start, end in assigned_values(text):
        yield _marked(text, start, end)


def _is_stand_in(value: str) -> bool:
    """Whether the password of an address is a word that stands for one."""
    return value.lower().strip("*.") in {"", "password", "passwd", "pass", "pwd", "secret", "token", "pw", "key"}


def _keys(text: str) -> Iterator[_Span]:
    """The bodies of private keys, line by line, whole or cut off."""
    begins = [match.end() for match in _BLOCK.finditer(text)]
    for number, start in enumerate(begins):
        most = min([start + _BLOCK_MOST, len(text), *begins[number + 1 : number + 2]])
        end = text.find(_BLOCK_END, start, most)
        for match in _BODY.finditer(text, start, most if end < 0 else end):
            yield _Span(match.start(), match.end())


def _marked(text: str, start: int, end: int) -> _Span:
    mark = _ISSUERS_MARK.match(text, start, end)
    return _Span(start, end, mark[0] if mark else "")


def _replaced(text: str, spans: Iterable[_Span]) -> str:
    parts, position = [], 0
    for span in sorted(spans, key=lambda item: (item.start, -item.end)):
        if span.end <= position:
            continue
        if span.start >= position:
            parts += [text[position : span.start], span.shown, MASK]
        parts.append("\n" * text.count("\n", max(span.start, position), span.end))
        position = span.end
    return "".join([*parts, text[position:]])


def _is_telling(value: str) -> bool:
    """Whether a value can be looked for elsewhere without blacking out words."""
    return _FRAGMENT <= len(value) <= _LONGEST and _DIGITS.search(value) is not None and is_random(value)


def _without_pieces(text: str, values: list[str]) -> str:
    """The text without the values, and without what is left of one whose beginning or end was cut off."""
    kept = values[:_ELSEWHERE]
    for value in sorted(kept, key=len, reverse=True):
        text = text.replace(value, MASK)
    every = (value[place : place + _FRAGMENT] for value in kept for place in range(len(value) - _FRAGMENT + 1))
    pieces = {piece for piece in every if _DIGITS.search(piece)}
    if not pieces:
        return text
    return _RUN.sub(lambda run: MASK if run[0][:_FRAGMENT] in pieces or run[0][-_FRAGMENT:] in pieces else run[0], text)
