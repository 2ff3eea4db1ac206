"""What goes wrong when a model is asked, said in one sentence: whether it is passing, and what would work."""

from __future__ import annotations

import email.utils
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import anthropic
import httpx2

from orchestrator.code.secrets import masked
from orchestrator.models.conversation import UnansweredError

LONGEST = 300
"""Characters of the API's own words that are shown."""
MOST = 64 * 1024
"""Characters of them that are looked at; credentials are masked before the words are cut to what is shown."""
_PASSING = frozenset({408, 409, 429})
_PASSING_KINDS = frozenset(
    {"overloaded_error", "api_error", "rate_limit_error", "timeout_error"}
    | {"throttlingException", "internalServerException", "serviceUnavailableException"}
    | {"modelStreamErrorException", "modelTimeoutException", "modelNotReadyException"}
)
"""Kinds of errors inside a stream, in the words of the API and of Bedrock."""
_NO_CONNECTION = (httpx2.ConnectError, httpx2.ConnectTimeout)
_WRONG_ADDRESS = (httpx2.UnsupportedProtocol, httpx2.LocalProtocolError, httpx2.InvalidURL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Who is asked, in words; `secrets` are masked wherever the API's words are shown.

    `prefix` of a model's name is ours and is not sent. `moves_breakpoint` is whether the provider sets the cache's
    breakpoint at the end of the conversation by itself.
    """

    provider: str
    credential: str
    """The setting that holds the credential, by name."""
    address: str = ""
    """The setting that holds the address, by name."""
    secrets: tuple[str, ...] = ()
    prefix: str = ""
    moves_breakpoint: bool = True

    def __repr__(self) -> str:
        return f"Endpoint({self.provider!r})"

    def shown(self, words: str) -> str:
        """Words of the API in one line of bounded length, without credentials."""
        line = " ".join(masked(words[:MOST], self.secrets).split())
        line = "".join(character for character in line if character.isprintable())
        return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def mishap(error: Exception, model: str, endpoint: Endpoint) -> UnansweredError:
    """The error of the SDK as one of ours."""
    if isinstance(error, UnansweredError):
        return error
    if isinstance(error, anthropic.APIStatusError):
        return _refused(error, model, endpoint)
    chain = tuple(_chain(error))
    if any(isinstance(each, ssl.SSLCertVerificationError) for each in chain):
        return UnansweredError(
            f"the certificate of {endpoint.provider} is not trusted; add its authority to the system's certificates"
        )
    if any(isinstance(each, _WRONG_ADDRESS) for each in chain):
        where = endpoint.address or "the provider's address"
        return UnansweredError(
            f"no request can be sent to {endpoint.provider}; set {where} to an address that begins with https://"
        )
    if (lost := next((each for each in chain if isinstance(each, _NO_CONNECTION)), None)) is not None:
        return _unreachable(lost, chain, endpoint)
    if any(isinstance(each, httpx2.TimeoutException | TimeoutError) for each in chain):
        return UnansweredError(f"{model!r} did not answer in time", transient=True)
    if isinstance(error, anthropic.APIConnectionError | httpx2.TransportError):
        return UnansweredError(f"the connection to {endpoint.provider} failed or broke off", transient=True)
    return UnansweredError(
        f"{endpoint.provider} could not be asked: {type(error).__name__}: {endpoint.shown(str(error)).rstrip('.')}; "
        f"check {endpoint.credential}"
    )


def broken(model: str) -> UnansweredError:
    """An answer that ended before its end, or that nobody can read."""
    return UnansweredError(f"the answer of {model!r} broke off or could not be read", transient=True)


def no_stream(content_type: str, endpoint: Endpoint) -> UnansweredError:
    """A response that is no stream of events."""
    where = endpoint.address or "the address"
    return UnansweredError(
        f"{endpoint.provider} answered with {endpoint.shown(content_type)!r} instead of events; "
        f"set {where} to an endpoint of the Messages API"
    )


def retry_after(headers: httpx2.Headers, now: Callable[[], float] = time.time) -> float | None:
    """The seconds that the API asks to wait, where it asks: as milliseconds, seconds or a date."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return max(milliseconds / 1000, 0.0)
    told = headers.get("retry-after")
    seconds = _number(told)
    if seconds is not None or told is None:
        return None if seconds is None else max(seconds, 0.0)
    date = email.utils.parsedate_tz(told)
    return None if date is None else max(email.utils.mktime_tz(date) - now(), 0.0)


def _unreachable(error: httpx2.RequestError, chain: Sequence[BaseException], endpoint: Endpoint) -> UnansweredError:
    """Nobody at the other end: where that was, and what the network said."""
    if any(isinstance(each, ConnectionRefusedError) for each in chain):
        why = "nobody listens there"
    elif any(isinstance(each, socket.gaierror) for each in chain):
        why = "no host has that name"
    elif isinstance(error, httpx2.ConnectTimeout):
        why = "nobody answered in time"
    else:
        why = "no connection came about"
    port = "" if error.request.url.port is None else f":{error.request.url.port}"
    where = endpoint.shown(f"{error.request.url.host}{port}")
    check = f"the network and {endpoint.address}" if endpoint.address else "the network"
    return UnansweredError(
        f"{endpoint.provider} cannot be reached at {where}: {why}; check {check}", transient=True, unreachable=True
    )


def _number(told: str | None) -> float | None:
    try:
        number = float(told or "")
    except ValueError:
        return None
    return number if number < float("inf") else None


def _refused(error: anthropic.APIStatusError, model: str, endpoint: Endpoint) -> UnansweredError:
    said = endpoint.shown(_words(error)) or "no reason is given"
    passing = _is_passing(error)
    if passing:
        wait = retry_after(error.response.headers)
        number = error.type or "an error" if error.status_code == 200 else error.status_code
        sentence = f"{model!r} at {endpoint.provider} did not answer ({number}): {said}"
        return UnansweredError(sentence, transient=True, retry_after=wait)
    return UnansweredError(_sentence(error.status_code, said, model, endpoint))


def _words(error: anthropic.APIStatusError) -> str:
    """What the body says: the API has an `error` with a message, Bedrock a message alone."""
    body = error.body if isinstance(error.body, dict) else {}
    found = error.api_message or body.get("message") or error.type
    return found if isinstance(found, str) else ""


def _is_passing(error: anthropic.APIStatusError) -> bool:
    told = error.response.headers.get("x-should-retry")
    if told in {"true", "false"}:
        return bool(told == "true")
    if error.status_code == 200:
        return error.type in _PASSING_KINDS
    return error.status_code in _PASSING or error.status_code >= 500


def _sentence(status: int, said: str, model: str, endpoint: Endpoint) -> str:
    match status:
        case 401:
            return f"{endpoint.provider} did not accept {endpoint.credential} (401): {said}; set one that is valid"
        case 402:
            return f"{endpoint.provider} wants to be paid before it answers (402): {said}; add credit to the account"
        case 403:
            return f"{endpoint.credential} may not use {model!r} (403): {said}; use one that may, or another model"
        case 404:
            where = f" and {endpoint.address}" if endpoint.address else ""
            return f"{endpoint.provider} has no model {model!r} (404): {said}; check the name{where}"
        case 413:
            return f"the request is larger than {endpoint.provider} takes (413): {said}; review fewer files at once"
        case _:
            return f"{endpoint.provider} refused the request to {model!r} ({status}): {said}"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
