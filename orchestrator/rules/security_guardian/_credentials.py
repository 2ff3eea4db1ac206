"""Names that hold credentials, and values that may be one."""

from __future__ import annotations

import re

from orchestrator.code.secrets import find_secrets

_NAME = re.compile(
    r"(?:\A|[._-])(?:sf|ssl|db|jdbc|user|connection|pem[._-]?)?(?:password|passwd|pwd|passphrase|secret|client[._-]?secret"
    r"|account[._-]?key|access[._-]?token|token|api[._-]?key|secret[._-]?(?:access[._-]?)?key|private[._-]?key"
    r"|personal[._-]?access[._-]?token|sas|shared[._-]?key)(?:\Z|\.(?=[\w-]+\.))",
    re.IGNORECASE,
)
_NO_VALUE = re.compile(
    r"scope|provider|type\b|endpoint|enabled|expir|refresh|file|path|header|_?name\b|url|vault|arn|class|location|alias",
    re.IGNORECASE,
)
_HOLE = re.compile(r"\{\{|\$\{|<[^>]*>|\{[a-z_]*\}|\*{3}|x{4}|\.\.\.", re.IGNORECASE)
_STAND_IN = re.compile(
    r"\A(?:my|your|the|some|a|default|db|user|sf)?[-_ ]?(?:super)?[-_ ]?(?:pass(?:word|wd)?|pwd|pw|secret|token|key"
    r"|admin|root|test|postgres|mysql|guest|demo|sa|none|null|true|false|string|value|api[-_ ]?key|access[-_ ]?token"
    r"|user|username|hive|spark|minio(?:admin)?|neo4j|default)[-_ ]?"
    r"(?:key|here|value|string|pass(?:word)?|secret|goes.*)?\d{0,4}!?\Z"
    r"|\A[a-z]+[-_]?pass(?:word|wd)?\Z|example|dummy|fake|placeholder|redact|change.?me|todo|replace|insert|your[-_ ]"
    r"|fill",
    re.IGNORECASE,
)
_IN_URL = re.compile(
    r"[;?&](?:password|pwd)=([^;&\s\"'{}$<>]{4,100})|\w://[^\s:/@${}<>]{1,100}:([^\s:/@${}<>*]{4,100})@"
)
_SHORTEST = 4
_DIGITS = 8
"""A shorter number is a limit, such as that of tokens, or a PIN of an example."""


def names_credential(name: str) -> bool:
    """Whether an option, setting or variable of that name holds a credential itself, and not where one is kept."""
    is_flag = name.startswith("-")
    return not is_flag and _NAME.search(name) is not None and _NO_VALUE.search(name) is None


def is_credential(value: str) -> bool:
    """Whether a literal may be a credential: no reference, no stand-in, and not of an issuer's form."""
    if len(value) < _SHORTEST or re.search(r"\s", value.strip()) or len(set(value)) < _SHORTEST:
        return False
    if _HOLE.search(value) or _STAND_IN.search(value) or (value.isdigit() and len(value) < _DIGITS):
        return False
    return next(find_secrets(value), None) is None


def password_in_url(url: str) -> str | None:
    """The password that an address carries, or None."""
    if re.search(r"localhost|127\.0\.0\.1|example\.(?:com|org)", url):
        return None
    match = _IN_URL.search(url)
    value = (match[1] or match[2]) if match else None
    return value if value and is_credential(value) else None
