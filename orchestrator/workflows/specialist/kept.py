"""Whole answers of specialists, kept: one whose prompt and files are unchanged is not asked again.

How a node uses it::

    key = answer_key(cohort, brief, assigned=assigned, instructions=instructions)
    known = kept.lookup(key, digests)
    if known is None:
        ended = await converse(cohort, brief, calls=calls, tell=tell)
        kept.store(key, ended, digests)

`digests` are those of all files of the project by path, `assigned` the part of them that the specialist is to review.
The shared text of a cohort holds every file, so it is no part of the key: an edit asks again those specialists that
were assigned the file or read it through a tool, and nobody else. `instructions` are what else the shared text says.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from orchestrator import __version__
from orchestrator.models.shelf import Note, Shelf, unheard
from orchestrator.models.wire import canonical
from orchestrator.workflows.specialist.conversation import Brief, Cohort, Conversation

FILE = "answers.sqlite"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer:
    """An answer's text, the turns that it took, and the digests of the files of which tools showed something.

    `whole` are those of which they showed all.
    """

    text: str
    turns: int
    read: Mapping[str, str]
    whole: tuple[str, ...] = ()


class KeptAnswers:
    """Answers by key, in a file of a folder, which may be that of the ledger."""

    def __init__(self, folder: Path, *, note: Note = unheard) -> None:
        self._shelf = Shelf(folder / FILE, note=note)

    def lookup(self, key: str, digests: Mapping[str, str]) -> KeptAnswer | None:
        """The answer of a key, if every file that its specialist read is as it was then."""
        found = _read(self._shelf.get(key) or "")
        if found is None or any(digests.get(path) != digest for path, digest in found.read.items()):
            return None
        return found

    def store(self, key: str, ended: Conversation, digests: Mapping[str, str]) -> None:
        """Keep the answer of a conversation that ended with one and asked nothing outside the project."""
        read = {path: digests[path] for path in ended.read if path in digests}
        is_whole = ended.problem is None and ended.text and not ended.lost
        if is_whole and not ended.live and len(read) == len(set(ended.read)):
            self._shelf.put(
                key, json.dumps({"text": ended.text, "turns": ended.turns, "read": read, "whole": ended.whole})
            )

    def close(self) -> None:
        """Close the file."""
        self._shelf.close()


def answer_key(cohort: Cohort, brief: Brief, *, assigned: Mapping[str, str], instructions: str = "") -> str:
    """The digest of all that decides an answer, except the files that were not assigned."""
    cards: JsonValue = [[card.name, card.description, card.schema, card.strict] for card in cohort.cards]
    tools: list[JsonValue] = [*sorted(brief.tools)]
    parts: JsonValue = [
        __version__,
        cohort.model,
        cohort.effort,
        cards,
        cohort.schema,
        cohort.part,
        [cohort.max_tokens, cohort.max_turns],
        [brief.name, brief.persona, brief.message, tools],
        dict(assigned),
        instructions,
    ]
    return sha256(canonical(parts).encode("utf-8", "surrogatepass")).hexdigest()


class _Stored(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    text: str
    turns: int
    read: dict[str, str]
    whole: list[str] = []


def _read(text: str) -> KeptAnswer | None:
    try:
        stored = _Stored.model_validate_json(text)
    except ValidationError:
        return None
    return KeptAnswer(text=stored.text, turns=stored.turns, read=stored.read, whole=tuple(stored.whole))
