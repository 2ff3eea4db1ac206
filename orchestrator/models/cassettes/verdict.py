"""How a request stands to the recording of its slot: which state, and which components differ."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import JsonValue

from orchestrator.code.secrets import masked
from orchestrator.models.cassettes.results import State
from orchestrator.models.fingerprint import (
    WHITESPACE,
    Body,
    Fingerprint,
    differences,
    fingerprint,
    first_different,
)
from orchestrator.models.wire import canonical

PROMPT = frozenset({"model", "params", "system", "tools"})
CASE_CHANGED = "the project of the case changed"
_SHOWN = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A state, what differs, and one sentence about it."""

    state: State
    components: tuple[str, ...] = ()
    detail: str = ""


def verdict(recorded: Body, asked: Body, *, is_same_case: bool) -> Verdict:
    """The verdict on two requests of one slot, scrubbed both."""
    one, other = fingerprint(recorded), fingerprint(asked)
    components = differences(one, other)
    if not is_same_case:
        return Verdict(state=State.STALE_CASE, components=("case", *components), detail=CASE_CHANGED)
    if PROMPT.intersection(components):
        return Verdict(state=State.STALE_PROMPT, components=components, detail=f"{', '.join(components)} changed")
    index = first_different(one, other)
    if index is not None:
        return _message_verdict(recorded, asked, index, components)
    if WHITESPACE in components:
        return Verdict(state=State.STALE_COSMETIC, components=("system",), detail="only white space changed")
    return Verdict(state=State.FRESH)


def _message_verdict(recorded: Body, asked: Body, index: int, components: tuple[str, ...]) -> Verdict:
    before, now = _message(recorded, index), _message(asked, index)
    if _is_authored(before) and _is_authored(now):
        detail = f"the text of the user in {components[-1]} changed"
        return Verdict(state=State.STALE_PROMPT, components=components, detail=detail)
    detail = f"recorded {_shown(before, now)}, now {_shown(now, before)}"
    return Verdict(state=State.DIVERGED, components=components, detail=detail)


def _message(body: Body, index: int) -> JsonValue:
    messages = body.get("messages")
    return messages[index] if isinstance(messages, list) and index < len(messages) else None


def _is_authored(message: JsonValue) -> bool:
    """Whether a message is a text of ours: of the user, and without the result of a tool."""
    if not isinstance(message, dict) or message.get("role") != "user":
        return False
    content = message.get("content")
    blocks = content if isinstance(content, list) else []
    return not any(isinstance(block, dict) and block.get("type") == "tool_result" for block in blocks)


def _shown(message: JsonValue, other: JsonValue) -> str:
    """A piece of a message from shortly before it differs from the other."""
    text, against = canonical(message), canonical(other)
    pairs = enumerate(zip(text, against, strict=False))
    same = next((at for at, (one, two) in pairs if one != two), min(len(text), len(against)))
    start = max(0, same - _SHOWN // 4)
    return repr(masked(text)[start : start + _SHOWN])


def components_of(value: Fingerprint) -> dict[str, JsonValue]:
    """A fingerprint as it stands in the provenance, cut to what tells two apart."""
    return {
        "model": value.model[:16],
        "params": value.params[:16],
        "system": value.system[:16],
        "system_words": value.system_words[:16],
        "tools": value.tools[:16],
        "messages": [message[:16] for message in value.messages],
    }
