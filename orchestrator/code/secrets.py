"""Credentials as they stand in text: found by the forms that issuers give them, and masked where text is shown."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

MASK = "…redacted"
"""What stands in a report for a credential, after its first characters."""
SHOWN = 4
"""How many characters are shown at most: a quarter of a short value, for its beginning helps to guess the rest."""
SHORTEST = 6
"""Values below this length are not masked: they would black out ordinary words."""
_BITS = 3.0
"""Least entropy, in bits a character, of a body that was drawn at random: 32 hexadecimal digits have about 3.6."""
_RUN = 6
"""Digits or letters in the order of the alphabet, as in `123456`, that no random body holds."""


class Secret(NamedTuple):
    """One credential in a text: what it is, its value, and the offsets where the value begins and ends."""

    kind: str
    value: str
    start: int
    end: int


class _Form(NamedTuple):
    """A credential's form; the pattern's first group is the value, and `hints` are what every such text holds."""

    kind: str
    hints: tuple[str, ...]
    pattern: re.Pattern[str]


_FORMS: tuple[_Form, ...] = (
    _Form(
        "a Databricks token",
        ("dapi", "dkea", "dsapi", "dose"),
        re.compile(r"(?<![A-Za-z0-9])((?:dapi|dkea|dsapi|dose)[0-9a-f]{32})(?![0-9A-Za-z])"),
    ),
    _Form(
        "an AWS access key", ("AKIA", "ASIA"), re.compile(r"(?<![A-Za-z0-9])((?:AKIA|ASIA)[0-9A-Z]{16})(?![A-Za-z0-9])")
    ),
    _Form(
        "a GitHub token",
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
        re.compile(r"(?<![A-Za-z0-9])(gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,100})(?![A-Za-z0-9])"),
    ),
    _Form("a GitLab token", ("glpat-",), re.compile(r"(?<![A-Za-z0-9])(glpat-[A-Za-z0-9_-]{20,60})(?![A-Za-z0-9_-])")),
    _Form("a Slack token", ("xox",), re.compile(r"(?<![A-Za-z0-9])(xox[abprs]-[0-9A-Za-z-]{24,90})(?![A-Za-z0-9-])")),
    _Form(
        "a Slack webhook",
        ("hooks.slack.com",),
        re.compile(r"hooks\.slack\.com/services/(T[0-9A-Z]{6,14}/B[0-9A-Z]{6,14}/[0-9A-Za-z]{20,30})"),
    ),
    _Form("a Google API key", ("AIza",), re.compile(r"(?<![A-Za-z0-9])(AIza[0-9A-Za-z_-]{35})(?![A-Za-z0-9_-])")),
    _Form(
        "a storage account key",
        ("AccountKey=", "SharedAccessKey="),
        re.compile(r"(?:AccountKey|SharedAccessKey)=([A-Za-z0-9+/]{43,86}={1,2})"),
    ),
    _Form("a shared access signature", ("sig=",), re.compile(r"[?&]sig=([A-Za-z0-9%+/]{43,70}=?)")),
    _Form("an Entra client secret", ("8Q~",), re.compile(r"(?<![\w~.-])(\w{3}8Q~[\w~.-]{31,34})(?![\w~.-])")),
    _Form(
        "a model provider's key",
        ("sk-", "hf_"),
        re.compile(r"(?<![A-Za-z0-9_-])(sk-(?:ant-|proj-|svcacct-)?[A-Za-z0-9_-]{32,200}|hf_[A-Za-z0-9]{34})(?![\w-])"),
    ),
    _Form("a PyPI token", ("pypi-AgE",), re.compile(r"(?<![A-Za-z0-9])(pypi-AgE[A-Za-z0-9_-]{50,250})")),
    _Form("a Stripe key", ("_live_",), re.compile(r"(?<![A-Za-z0-9])([sr]k_live_[0-9A-Za-z]{24,99})(?![A-Za-z0-9])")),
    _Form(
        "a private key",
        ("PRIVATE KEY-----",),
        re.compile(
            r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY-----(?:\\[nr]|[\s\"',+#>\\]){0,60}"
            r"([A-Za-z0-9+/]{40}(?:[A-Za-z0-9+/=\\]|[\s\"',#>]){0,8000})"
        ),
    ),
)
_PLACEHOLDER = re.compile(
    r"example|dummy|fake|sample|placeholder|redact|change.?me|your[-_]|xxxx|todo|secret|token|insert|replace",
    re.IGNORECASE,
)
_KEY_LINE = re.compile(r"^[\W]{0,40}([A-Za-z0-9+/]{60,80}={0,2})(?:\\n)?[\W]{0,10}$", re.MULTILINE)
"""A line of nothing but base64, as the body of a private key is."""


def find_secrets(text: str) -> Iterator[Secret]:
    """The credentials in a text, form by form; placeholders and bodies that are not random are left out."""
    for form in _FORMS:
        if not any(hint in text for hint in form.hints):
            continue
        for match in form.pattern.finditer(text):
            if is_random(match[1]):
                yield Secret(form.kind, match[1], match.start(1), match.end(1))


def is_random(value: str) -> bool:
    """Whether a value looks drawn at random, and not like a placeholder or a pattern typed by hand."""
    if _PLACEHOLDER.search(value[:120]) or entropy(value) < _BITS:
        return False
    return not _has_run(value.lower()) and not _repeats(value)


def entropy(value: str) -> float:
    """The entropy of a value's characters, in bits a character; 0 for an empty one."""
    total = len(value)
    return -sum(count / total * math.log2(count / total) for count in Counter(value).values())


def masked(text: str, values: Iterable[str] = ()) -> str:
    """The text with every known credential, and every one of these values, cut to its first characters and `MASK`."""
    found = {secret.value for secret in find_secrets(text)}
    found.update(match[1] for match in _KEY_LINE.finditer(text))
    found.update(values)
    lines = {line.strip() for value in found for line in value.replace("\\n", "\n").splitlines()}
    for line in sorted(lines, key=len, reverse=True):
        if len(line) >= SHORTEST:
            text = text.replace(line, line[: min(SHOWN, len(line) // 4)] + MASK)
    return text


def _has_run(value: str) -> bool:
    run = 1
    for before, after in pairwise(value):
        run = run + 1 if ord(after) - ord(before) == 1 or before + after in {"9a", "90"} else 1
        if run >= _RUN:
            return True
    return False


def _repeats(value: str) -> bool:
    """Whether the end of a value is one short piece over and over."""
    tail = value[len(value) // 4 :]
    return any(tail == (tail[:size] * len(tail))[: len(tail)] for size in range(1, 9))
