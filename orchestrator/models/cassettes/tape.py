"""vcrpy under the SDK's HTTP client: strict matchers, and calls of other people left alone.

vcrpy would patch every HTTP library of the process and hold back every stream in it. Here one method of one class is
patched, and only calls that are made at a place of a tape go through vcrpy; in a replay no such call gets a socket.
"""

from __future__ import annotations

import socket
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Lock
from typing import ClassVar
from unittest import mock

import httpx2
from pydantic import JsonValue
from vcr.cassette import Cassette
from vcr.errors import CannotOverwriteExistingCassetteException
from vcr.filters import decode_response
from vcr.record_mode import RecordMode
from vcr.request import Request
from vcr.stubs.httpx_stubs import vcr_handle_async_request

from orchestrator.errors import CassetteError
from orchestrator.models.cassettes.matching import Matching, Reading
from orchestrator.models.cassettes.pages import Page, Response, body_of, is_count, json_object, plain, pretty
from orchestrator.models.cassettes.scrub import Scrubber
from orchestrator.models.cassettes.slots import SLOT_HEADER, Slot
from orchestrator.models.fingerprint import WHITESPACE
from orchestrator.models.message_events import UnknownEventError, events_of, message_of

HOW_HEADER = "x-orchestrate-how"
_ASKED_HEADERS = frozenset({"content-type", "anthropic-version", "anthropic-beta", SLOT_HEADER})
_ANSWERED_HEADERS = frozenset({"content-type", HOW_HEADER})
_CREDENTIAL_HEADERS = ("authorization", "x-api-key", "api-key", "x-goog-api-key")
_REAL = httpx2.AsyncHTTPTransport.handle_async_request
_CONNECT = socket.socket.connect


@dataclass(slots=True, kw_only=True)
class Place:
    """One call on a tape; `missed` is told the body that no recording answers, `played` counts those that one did."""

    slot: Slot
    cassette: Cassette
    is_replay: bool
    missed: Callable[[JsonValue], None] = field(default=lambda _body: None)
    played: int = 0
    is_used: bool = False
    """Whether anything was asked over HTTP."""
    problem: str = ""
    """Why an answer cannot be recorded."""
    credentials: set[str] = field(default_factory=set)
    """The values in the headers that prove who asks: they may not occur in the recording."""
    asked: list[Reading] = field(default_factory=list)
    """What the call asked of a replay, as it was matched."""


_PLACE: ContextVar[Place | None] = ContextVar("place", default=None)


def blank_tape(scrubber: Scrubber) -> Cassette:
    """The cassette of one agent for a recording."""
    return Cassette(
        path="a cassette",
        record_mode=RecordMode.ALL,
        before_record_request=lambda request: _kept_request(request, scrubber),
        before_record_response=lambda response: _kept_response(response, scrubber, pretty),
    )


def tape(scrubber: Scrubber, pages: tuple[Page, ...], *, cosmetic: bool) -> Cassette:
    """The cassette of one agent for a replay of these pages."""

    class Pages:
        """The persister that vcrpy is given: what was read already; nothing is written by vcrpy."""

        @staticmethod
        def load_cassette(_path: str, serializer: object) -> tuple[list[Request], list[Response]]:
            del serializer
            return [page.request for page in pages], [page.response for page in pages]

    matching = Matching(scrubber, pages, allowed=frozenset({WHITESPACE}) if cosmetic else frozenset())
    return Cassette.load(
        path="a cassette",
        persister=Pages,
        record_mode=RecordMode.NONE,
        match_on=(matching.same_slot, matching.same_request),
        before_record_request=lambda request: _matched_request(request, matching),
        before_record_response=lambda response: _kept_response(response, scrubber, plain),
    )


@contextmanager
def at(place: Place) -> Iterator[None]:
    """While it lasts, the calls of this context go to the place."""
    token = _PLACE.set(place)
    try:
        yield
    finally:
        _PLACE.reset(token)


class Patched:
    """The patch of the HTTP client: there while anybody needs it."""

    _lock: ClassVar[Lock] = Lock()
    _users: ClassVar[int] = 0
    _stack: ClassVar[ExitStack] = ExitStack()

    @classmethod
    def begin(cls) -> None:
        """Patch, where nobody did before."""
        with cls._lock:
            cls._users += 1
            if cls._users == 1:
                patch = mock.patch.object
                cls._stack.enter_context(patch(httpx2.AsyncHTTPTransport, "handle_async_request", _handle))
                cls._stack.enter_context(patch(socket.socket, "connect", _connect))

    @classmethod
    def end(cls) -> None:
        """Take the patch away, where nobody else needs it."""
        with cls._lock:
            cls._users -= 1
            if cls._users == 0:
                cls._stack.close()


async def _handle(transport: httpx2.AsyncHTTPTransport, request: httpx2.Request) -> httpx2.Response:
    place = _PLACE.get()
    if place is None:
        return await _REAL(transport, request)
    place.is_used = True
    if place.is_replay:
        return await _replay(place, transport, request)
    return await _record(place, transport, request)


async def _replay(place: Place, transport: httpx2.AsyncHTTPTransport, request: httpx2.Request) -> httpx2.Response:
    handle = vcr_handle_async_request(place.cassette, _REAL, httpx2)
    try:
        response: httpx2.Response = await handle(transport, request)
    except CannotOverwriteExistingCassetteException as error:
        place.missed(body_of(error.failed_request))
        raise
    place.played += 1
    return _streamed(response) if place.asked[-1].streams else response


async def _record(place: Place, transport: httpx2.AsyncHTTPTransport, request: httpx2.Request) -> httpx2.Response:
    """The real response; vcrpy would hold it back until it is whole, and whoever waits for its beginning with it."""
    place.credentials.update(_credentials(request))
    asked = Request(request.method, str(request.url), request.content, dict(request.headers))
    response = await _REAL(transport, request)
    headers = {name: response.headers.get_list(name) for name in response.headers}
    status = {"code": response.status_code, "message": response.reason_phrase}

    def heard(content: bytes) -> None:
        answered: Response = {"status": status, "headers": headers, "body": {"string": content}}
        try:
            with at(place):
                place.cassette.append(asked, answered)
        except CassetteError as error:
            place.problem = str(error)

    if isinstance(response.stream, httpx2.AsyncByteStream):
        response.stream = _Overheard(response.stream, heard)
    return response


class _Overheard(httpx2.AsyncByteStream):
    """A stream that tells what came of it, once, when it has ended or is closed."""

    def __init__(self, stream: httpx2.AsyncByteStream, heard: Callable[[bytes], None]) -> None:
        self._stream = stream
        self._heard: Callable[[bytes], None] | None = heard
        self._parts: list[bytes] = []

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._stream:
            self._parts.append(part)
            yield part
        self._end()

    async def aclose(self) -> None:
        """Close the connection."""
        await self._stream.aclose()
        self._end()

    def _end(self) -> None:
        heard, self._heard = self._heard, None
        if heard is not None:
            heard(b"".join(self._parts))


def _connect(wanted: socket.socket, address: str) -> None:
    place = _PLACE.get()
    if place is not None and place.is_replay:
        raise ConnectionRefusedError(f"a replay opens no socket, and the turn {place.slot} wanted one")
    _CONNECT(wanted, address)


def _streamed(response: httpx2.Response) -> httpx2.Response:
    message = json_object(response.read()) or {}
    content = "".join(events_of(message)).encode()
    headers = [(name, value) for name, value in response.headers.multi_items() if name != "content-type"]
    return httpx2.Response(
        200, headers=[*headers, ("content-type", "text/event-stream")], stream=httpx2.ByteStream(content)
    )


def _kept_request(request: Request, scrubber: Scrubber) -> Request | None:
    """The request as it is recorded; None for one that asks no model."""
    body = body_of(request)
    if body is None or is_count(request):
        return None
    place = _PLACE.get()
    headers = {name.lower(): value for name, value in request.headers.items()}
    if place is not None:
        headers[SLOT_HEADER] = str(place.slot)
    kept = {name: value for name, value in headers.items() if name in _ASKED_HEADERS}
    return Request(request.method, scrubber.text(request.uri), pretty(scrubber.clean(body)), kept)


def _matched_request(request: Request, matching: Matching) -> Request | None:
    """The request as it is matched; None for one that asks no model."""
    reading = matching.read(request)
    if reading is None:
        return None
    place = _PLACE.get()
    if place is None:
        slot = request.headers.get(SLOT_HEADER)
    else:
        slot = str(place.slot)
        place.asked.append(reading)
    return Request(request.method, reading.uri, reading.text, {SLOT_HEADER: slot})


def _kept_response(response: Response, scrubber: Scrubber, write: Callable[[JsonValue], bytes]) -> Response | None:
    """The answer as it is kept: one whole JSON message; None for one that failed and was asked for again."""
    try:
        response = decode_response(response)
    except zlib.error:
        # It was cut off while it came.
        return None
    status, body, headers = response.get("status"), response.get("body"), response.get("headers")
    if not isinstance(status, dict) or status.get("code") != 200 or not isinstance(body, dict):
        return None
    message = _message(body.get("string"))
    if message is None:
        return None
    cleaned = scrubber.clean(message)
    given = headers if isinstance(headers, dict) else {}
    kept: dict[str, object] = {name: value for name, value in given.items() if name.lower() in _ANSWERED_HEADERS}
    kept["content-type"] = ["application/json"]
    return {"status": {"code": 200, "message": "OK"}, "headers": kept, "body": {"string": write(cleaned)}}


def _message(raw: object) -> dict[str, JsonValue] | None:
    message = json_object(raw)
    if message is not None:
        return message if "content" in message else None
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)
    try:
        return message_of(text)
    except UnknownEventError as error:
        raise CassetteError(f"an answer cannot be recorded, for it holds {error}") from None


def _credentials(request: httpx2.Request) -> Iterator[str]:
    """The values by which a request proves who sends it."""
    for name in _CREDENTIAL_HEADERS:
        value = request.headers.get(name, "").removeprefix("Bearer ").strip()
        if value:
            yield value


__all__ = ["HOW_HEADER", "Patched", "Place", "at", "blank_tape", "tape"]
