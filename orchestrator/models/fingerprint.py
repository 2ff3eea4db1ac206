"""The fingerprint of a request, part by part, so that one can say which part of it differs from a recorded one."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from hashlib import sha256

from pydantic import JsonValue

from orchestrator.models.wire import canonical

Body = dict[str, JsonValue]

SYSTEM = "system"
WHITESPACE = "system whitespace"
"""The component that is named when the words of the system prompt are equal and only the space between them is not."""
_PARTS = frozenset({"model", "system", "tools", "messages"})
VOLATILE = frozenset({"stream", "diagnostics"})
"""What changes nothing in what the model reads: whether it streams, and the ids of earlier messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """The sha256 of each component; `params` is everything beside model, system, tools and messages."""

    model: str
    params: str
    system: str
    system_words: str
    tools: str
    messages: tuple[str, ...]


def fingerprint(body: Body) -> Fingerprint:
    """The fingerprint of the body of a request."""
    system, messages = body.get("system"), body.get("messages")
    return Fingerprint(
        model=_sha(body.get("model")),
        params=_sha({name: value for name, value in body.items() if name not in _PARTS | VOLATILE}),
        system=_sha(system),
        system_words=_sha(_words(system)),
        tools=_sha(body.get("tools")),
        messages=tuple(_sha(message) for message in messages) if isinstance(messages, list) else (),
    )


def differences(recorded: Fingerprint, asked: Fingerprint) -> tuple[str, ...]:
    """The components that differ, in the order model, params, system, tools; of the messages the first that does."""
    names = [name for name in ("model", "params") if getattr(recorded, name) != getattr(asked, name)]
    if recorded.system_words != asked.system_words:
        names.append(SYSTEM)
    elif recorded.system != asked.system:
        names.append(WHITESPACE)
    if recorded.tools != asked.tools:
        names.append("tools")
    message = first_different(recorded, asked)
    return tuple(names) if message is None else (*names, f"msg[{message}]")


def first_different(recorded: Fingerprint, asked: Fingerprint) -> int | None:
    """The index of the first message that differs, or that only one of the two has; None where all are equal."""
    pairs = zip(recorded.messages, asked.messages, strict=False)
    unequal = next((index for index, (one, other) in enumerate(pairs) if one != other), None)
    if unequal is None and len(recorded.messages) != len(asked.messages):
        return min(len(recorded.messages), len(asked.messages))
    return unequal


def _sha(value: JsonValue) -> str:
    text = unicodedata.normalize("NFC", canonical(value))
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _words(value: JsonValue) -> JsonValue:
    """The value with every run of white space in its texts as one space."""
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, list):
        return [_words(item) for item in value]
    if isinstance(value, dict):
        return {name: _words(item) for name, item in value.items()}
    return value
