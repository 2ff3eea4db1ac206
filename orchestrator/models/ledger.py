"""The ledger of calls: a request that was answered once is not paid again, in this run, after a kill, or tomorrow.

A reply is kept under the sha256 of its whole request; requests themselves are not kept.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import anyio

from orchestrator.models.conversation import Reply
from orchestrator.models.shelf import Note, Shelf, unheard
from orchestrator.models.wire import read_reply, reply_json

FILE = "calls.sqlite"
USABLE = frozenset({"end_turn", "tool_use", "stop_sequence"})
"""Stop reasons of whole answers; a refusal or one that was cut off may be another when asked again."""


class Ledger:
    """Replies by the digest of their request, in a file of a folder."""

    def __init__(self, folder: Path, *, note: Note = unheard) -> None:
        self._shelf = Shelf(folder / FILE, note=note)

    def find(self, digest: str) -> Reply | None:
        """The reply to an equal request, marked as kept; None where there is none that can be read."""
        text = self._shelf.get(digest)
        if text is None:
            return None
        try:
            return read_reply(json.loads(text))
        except ValueError:
            return None

    def keep(self, digest: str, reply: Reply) -> None:
        """Keep a reply, if it is a whole answer."""
        if reply.stop in USABLE:
            self._shelf.put(digest, json.dumps(reply_json(reply)))

    def forget(self, digest: str) -> None:
        """Keep the reply to a request no more, so that it is asked again."""
        self._shelf.drop(digest)

    def close(self) -> None:
        """Close the file."""
        self._shelf.close()


class Flights:
    """Lets one of several equal calls at a time be made; the others get its reply, or take their turn if it failed."""

    def __init__(self) -> None:
        self._flights: dict[str, _Flight] = {}

    async def reply(self, digest: str, make: Callable[[], Awaitable[Reply]]) -> Reply:
        """The reply that `make` gives, or that an equal call in flight was given, then marked as kept."""
        while (flight := self._flights.get(digest)) is not None:
            await flight.ended.wait()
            if flight.reply is not None:
                return replace(flight.reply, kept=True)
        flight = self._flights[digest] = _Flight()
        try:
            flight.reply = await make()
            return flight.reply
        finally:
            del self._flights[digest]
            flight.ended.set()


class _Flight:
    """One call that is being made."""

    def __init__(self) -> None:
        self.ended = anyio.Event()
        self.reply: Reply | None = None
