"""Values given to names that speak of a credential: in Python, SQL, YAML, JSON, .env, options, headers, addresses."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.code.secrets import entropy, is_random

Place = tuple[int, int]
"""The offsets where a value begins and ends."""

_FIRST = (
    "pass",
    "pwd",
    "secret",
    "token",
    "credential",
    "bearer",
    "basic ",
    "key",
    "identified",
    "sas",
    "authoriz",
    "--user",
)
_WORD = re.compile(
    r"(?=[psctbaik-])(?:pass(?:word|wd|phrase|code)|pwd|secret|token(?!iz|is)|credential|bearer|basic "
    r"(?=[a-z0-9+/]{16})"
    r"|(?:api|access|account|private|shared|signing|encryption|auth|master|storage|client|secret|subscription|consumer)"
    r"[_. -]?(?:access[_. -]?)?key|identified\s{1,4}by|(?<![a-z])sas(?![a-z])|authorization|--user(?![a-z]))"
)
_REST = re.compile(r"[\w.-]{0,60}")
_BEFORE = re.compile(r"[\w.-]{0,60}\Z")
_NO_VALUE = re.compile(
    r"scope|provider|type|endpoint|enabled|expir|lifetime|interval|path|header|(?<=[a-z])_?name\b|vault|location|alias"
    r"|policy|pattern|regex|column|field|version|rotation|usage|budget|length|prompt_tokens|(?:in|out)put_tokens"
    r"|completion_tokens|_ids?\b"
    r"|(?<![a-z])(?:file|url|uri|arn|class|max|min|num|count|limit|size|ttl|cache|page)(?![a-z])"
)
_PASSWORD = re.compile(r"pass(?:word|wd|phrase|code)|pwd|identified\s")
_GIVEN = re.compile(
    r"""(?:\\{0,3}["'`\])]){0,3}[ \t]{0,20}"""
    # An annotation of a type, and a key `value` beside a key `name`.
    r"""(?::[ \t]{0,4}[A-Za-z_][\w.\[\]| ]{0,40}(?==))?"""
    r"""(?:,?\s{0,80}(?:\\{0,3}["'])?value(?:\\{0,3}["'])?[ \t]{0,4}(?=[:=]))?"""
    r"""(?P<sign>:=|=>|->|===?|!==?|=|:(?!:)|,|[ \t])"""
    r"""[ \t]{0,20}(?:\(\s{0,60}|\\\n[ \t]{0,60})?"""
    r"""(?:(?P<scheme>(?i:bearer|basic|token))[ \t]{1,4})?"""
)
_QUOTED = re.compile(
    r"""(?:[rbuf]|rb|br|fr|rf)?(?P<quote>\\{0,3}(?:\"\"\"|'''|["']))(?:(?i:bearer|basic|token) {1,4})?"""
    r"""(?P<value>[^\n]{0,1000})""",
    re.IGNORECASE,
)
_BARE = re.compile(r"[^\s\"'`,;&<>(){}\[\]\\|]{1,500}")
_CODE_AFTER = frozenset("([{,)")
_SCHEMES = frozenset({"bearer", "basic "})
_AFTER_SCHEME = frozenset({' "', " '", " `"})
"""What ends a literal such as `"Bearer "`: the value is put in elsewhere."""
_DIGIT = re.compile(r"\d")
_PROSE = re.compile(r"[ \t][A-Za-z]")
_NO_WORD = re.compile(r"[\d\W]")
_HOLE = re.compile(
    r"\$\{|\{\{|\$\(|<[^<>]{0,80}>|\{[\w.!:\[\]\"'()]{0,60}\}|\*{3}|x{4}|\.\.\.|…|%s|%\(|\A\$\w|\A%\w+%\Z|dbutils|environ|getenv"
    r"|change.?me|your[-_ ]|example|placeholder|redacted|dummy|\Asecrets?[/.:]|\Avault:|\Aarn:|\Akeyvault",
    re.IGNORECASE,
)
_STAND_IN = re.compile(
    r"\A(?:my|your|the|some|a|an|default|db|user|sf|new|old|bad|wrong|test|fake|no)?[-_ ]?(?:super)?[-_ ]?"
    r"(?:pass(?:word|wd|phrase)?|pwd|pw|secrets?|tokens?|key|admin|root|test|postgres|mysql|guest|demo|sa|none|null|nil"
    r"|true|false|string|str|text|hidden|required|optional|value|values|api[-_ ]?key|access[-_ ]?token|user|username"
    r"|hive|spark|minio(?:admin)?|neo4j|default|bytes|object|any|int|env|basic|bearer|oauth|inherit"
    r"|credentials?|data)[-_ ]?"
    r"(?:key|here|value|string|pass(?:word)?|secret|name|goes.*)?\d{0,4}!?\Z",
    re.IGNORECASE,
)
_WORDS = re.compile(r"-{0,2}[A-Za-z]{1,40}(?:[-_./: ]{1,2}[A-Za-z]{1,40}){0,20}\d{0,2}[.:]?")
_CONSTANT = re.compile(r"[A-Z]{1,40}(?:_[A-Z0-9]{1,40}){1,20}|\w{1,12}[-_]")
"""The name of a constant or a prefix."""
_EXPRESSION = re.compile(r"[A-Za-z_][\w]{0,80}(?:\.[A-Za-z_]\w{0,80}){0,8}")
_NUMBER = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ][\d:.]{1,20}Z?)?|\d{1,6}(?:[.,]\d{1,6}){1,5}")
"""A date, a version or an address."""
_PATH = re.compile(
    r"(?:~|\.{0,2}|[A-Za-z][\w+.-]{0,12}:/?)/[\w./: -]{1,300}|[\w-]{1,60}\.(?:json|ya?ml|pem|txt|py|md|sql|key)"
)
_NEAR = re.compile(r"(?<![\w+/=])(?<!sha256[:-])(?<!sha512[:-])[A-Za-z0-9+/_=~-]{20,200}(?![\w+/=-])")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_REACH = 240
"""How far behind a word, on its line, a value that looks drawn is taken for the word's."""
_NAME = 60
"""Characters of a name before and after its word."""
_BITS = 3.5
_SHORTEST = 6
_SHORTEST_PASSWORD = 4
_ISSUED = 16
"""Characters that a token, which nobody types, has at least."""


def holds_credential_word(text: str) -> bool:
    """Whether a word stands anywhere that could name a credential."""
    folded = text.lower()
    return any(word in folded for word in _FIRST)


def is_credential_of(name: str, value: str) -> bool:
    """Whether the value that stands under this name, in a table of settings, seems to be a credential."""
    folded = name[: 2 * _NAME].lower()
    if _WORD.search(folded) is None or _NO_VALUE.search(folded):
        return False
    return _is_literal(value, is_password=_PASSWORD.search(folded) is not None)


def assigned_values(text: str) -> Iterator[Place]:
    """The values that names of credentials are given, and values that look drawn at random beside such a name."""
    # Only one letter of Unicode has a longer lower case, and the offsets have to stay.
    folded = text.replace("\u0130", "i").lower()
    if not any(word in folded for word in _FIRST):
        return
    reach = _Reach()
    for match in _WORD.finditer(folded):
        if match.start() >= reach.given:
            yield from _given(text, folded, match, reach)
        start = max(reach.near, match.end())
        end = folded.find("\n", start, match.end() + _REACH)
        reach.near = max(start, min(match.end() + _REACH, len(text)) if end < 0 else end)
        for near in _NEAR.finditer(text, start, reach.near):
            if _is_drawn(near[0]):
                yield near.span()


@dataclass(slots=True)
class _Reach:
    """How far the text was looked at, so that no hostile one is looked at again and again."""

    given: int = 0
    near: int = 0


def _given(text: str, folded: str, word: re.Match[str], reach: _Reach) -> Iterator[Place]:
    rest = _REST.match(folded, word.end())
    end = rest.end() if rest else word.end()
    reach.given = end
    before = _BEFORE.search(folded, max(word.start() - _NAME, 0), word.start())
    start = before.start() if before else word.start()
    name = folded[start:end]
    is_path = folded[max(start - 1, 0) : start] == "/"
    given = None if is_path or _NO_VALUE.search(name) else _GIVEN.match(text, end)
    if given is None or (name in _SCHEMES and text[given.end() - 1 : given.end() + 1] in _AFTER_SCHEME):
        return
    is_password = _PASSWORD.search(name) is not None
    quoted = _QUOTED.match(text, given.end())
    if quoted is not None:
        yield from _quoted(quoted, is_password=is_password and given["sign"] not in {",", " ", "\t"})
        return
    bare = None if given["sign"] in {"", "->", ","} else _BARE.match(text, given.end())
    if bare is not None:
        reach.given = bare.end()
        yield from _bare(text, given, bare, name)


def _quoted(quoted: re.Match[str], *, is_password: bool) -> Iterator[Place]:
    quote = quoted["quote"]
    closed = _closing(quoted["value"], quote)
    value = quoted["value"][:closed]
    if _is_literal(value, is_password=is_password):
        yield quoted.start("value"), quoted.start("value") + len(value)


def _closing(value: str, quote: str) -> int:
    """Where a literal ends: at its quote, or where the line or the text was cut off."""
    place = value.find(quote)
    while place > 0 and len(quote) == 1 and value[place - 1] == "\\" and value[place - 2 : place] != "\\\\":
        place = value.find(quote, place + 1)
    return len(value) if place < 0 else place


def _bare(text: str, given: re.Match[str], bare: re.Match[str], name: str) -> Iterator[Place]:
    value = bare[0] if given["scheme"] else bare[0].rstrip(".:")
    spaced = given["sign"] in {" ", "\t"}
    if spaced and not (name.startswith("--") or "." in name or _is_issued(value)):
        return
    is_code = text[bare.end() : bare.end() + 1] in _CODE_AFTER or _PROSE.match(text, bare.end())
    is_password = _PASSWORD.search(name) is not None and not is_code and _NO_WORD.search(value) is not None
    if _EXPRESSION.fullmatch(value) and not _looks_drawn(value) and not (is_password and _DIGIT.search(value)):
        return
    if (
        value[:1] != ":"
        and not _HOLE.search(bare[0])
        and not _PATH.fullmatch(value)
        and _is_literal(value, is_password=is_password)
    ):
        yield bare.start(), bare.start() + len(value)


def _is_literal(value: str, *, is_password: bool) -> bool:
    """Whether a value may be a credential itself: no hole, no stand-in, no words, no name of something."""
    plain = value.strip()
    if len(plain) < (_SHORTEST_PASSWORD if is_password else _SHORTEST) or len(set(plain)) < _SHORTEST_PASSWORD:
        return False
    if (
        _HOLE.search(plain)
        or _STAND_IN.search(plain)
        or _CONSTANT.fullmatch(plain)
        or (plain.isdigit() and len(plain) < 8)
    ):
        return False
    if re.search(r"\s", plain) or _NUMBER.fullmatch(plain):
        return False
    if is_password:
        return True
    return (not _WORDS.fullmatch(plain) and not _PATH.fullmatch(plain)) or _is_mixed(plain)


def _is_issued(value: str) -> bool:
    """Whether a word after `Bearer` is what a machine made, and not the next word of a sentence."""
    return len(value) >= _ISSUED and (_DIGIT.search(value) is not None or _is_mixed(value))


def _looks_drawn(value: str) -> bool:
    return _is_drawn(value) or _is_mixed(value)


def _is_mixed(value: str) -> bool:
    """Whether letters without digits still look drawn: long, both cases in no order."""
    changes = sum(a.islower() and b.isupper() for a, b in itertools.pairwise(value))
    share = 7 if _DIGIT.search(value) else 5
    return len(value) >= _ISSUED and changes * share >= len(value) and entropy(value) >= _BITS


def _is_drawn(value: str) -> bool:
    """Whether a long run of characters is a key and no identifier, path or sentence in camel case."""
    if len(value) < 20 or sum(map(str.isdigit, value)) < 2 or _UUID.fullmatch(value):
        return False
    parts = re.split(r"[-_./+=~]", value)
    mixed = sum(len(part) for part in parts if _is_mixed_part(part))
    return mixed * 5 >= len(value) * 3 and is_random(value)


def _is_mixed_part(part: str) -> bool:
    """Whether letters and digits alternate, unlike in `file2024` and `utf8`."""
    kinds = [character.isdigit() for character in part]
    return sum(before != after for before, after in itertools.pairwise(kinds)) >= max(3, len(part) // 8)
