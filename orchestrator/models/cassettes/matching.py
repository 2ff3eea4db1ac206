"""The requests of a replay as they are matched: each is read and scrubbed once, and compared as canonical JSON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from vcr.request import Request

from orchestrator.models.cassettes.pages import Page, body_of, is_count, json_object
from orchestrator.models.cassettes.scrub import Scrubber
from orchestrator.models.cassettes.slots import SLOT_HEADER
from orchestrator.models.fingerprint import VOLATILE, Body, Fingerprint, differences, fingerprint
from orchestrator.models.wire import canonical


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a request asks: its address and its body, scrubbed, and whether it streams.

    The body is canonical JSON without what is volatile.
    """

    uri: str
    text: bytes
    streams: bool


class Matching:
    """Reads and compares the requests of one tape; `allowed` are components that may differ.

    vcrpy shows every request several times and compares it with every recorded one. What was read once is known by its
    address and its very bytes, so that nothing else is ever taken for it.
    """

    def __init__(self, scrubber: Scrubber, pages: Iterable[Page], *, allowed: frozenset[str]) -> None:
        self._scrubber = scrubber
        self._allowed = allowed
        self._read: dict[tuple[str, bytes], Reading] = {}
        self._fingerprints: dict[bytes, Fingerprint] = {}
        for page in pages:
            self._keep(page.request, page.asked)

    def read(self, request: Request) -> Reading | None:
        """What the request asks; None where it asks no model."""
        if is_count(request):
            return None
        known = self._read.get((request.uri, request.body))
        if known is not None:
            return known
        body = body_of(request)
        return None if body is None else self._keep(request, body)

    def same_slot(self, asked: Request, recorded: Request) -> None:
        """Match requests of one slot."""
        one, other = asked.headers.get(SLOT_HEADER), recorded.headers.get(SLOT_HEADER)
        if one != other:
            raise AssertionError(f"{one} is not {other}")

    def same_request(self, asked: Request, recorded: Request) -> None:
        """Match requests of one slot that are equal in all components but the allowed ones."""
        self.same_slot(asked, recorded)
        if asked.body == recorded.body:
            # Of equal texts every component is equal.
            return
        found = differences(self._fingerprint(recorded.body), self._fingerprint(asked.body))
        differing = [name for name in found if name not in self._allowed]
        if differing:
            raise AssertionError(", ".join(differing))

    def _keep(self, request: Request, body: Body) -> Reading:
        scrubbed = self._scrubber.clean({name: value for name, value in body.items() if name not in VOLATILE})
        text = canonical(scrubbed).encode("utf-8", "surrogatepass")
        reading = Reading(uri=self._scrubber.text(request.uri), text=text, streams=bool(body.get("stream")))
        self._read[request.uri, request.body] = reading
        return reading

    def _fingerprint(self, text: bytes) -> Fingerprint:
        if text not in self._fingerprints:
            self._fingerprints[text] = fingerprint(json_object(text) or {})
        return self._fingerprints[text]
