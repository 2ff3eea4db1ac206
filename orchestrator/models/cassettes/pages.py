"""A cassette as a file: vcrpy's own format, with the bodies as indented JSON that a person can review."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import JsonValue
from vcr.request import Request
from vcr.serialize import deserialize, serialize
from vcr.serializers import yamlserializer

from orchestrator.errors import CassetteError
from orchestrator.models.cassettes.meta import Meta, content_sum, load
from orchestrator.models.cassettes.results import How
from orchestrator.models.cassettes.slots import SLOT_HEADER, meta_path
from orchestrator.models.fingerprint import Body

MOST_BYTES = 64 * 1024 * 1024
Response = dict[str, object]
_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""What vcrpy raises for a document that is no cassette."""
_SLOT = re.compile(r"[a-z0-9_-]+/[a-z0-9_-]+/[0-9]{1,6}/[0-9]{1,6}")
_MODEL_IN_PATH = re.compile(r"/models?/([^/:]+)(?::|/invoke)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One interaction: the slot it was recorded in, the body that was asked, and the message that was answered."""

    slot: str
    asked: Body
    answered: Body
    request: Request
    response: Response


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A cassette that was read whole, with its provenance; `how` is `hand_edited` where one of its files was edited."""

    pages: tuple[Page, ...]
    meta: Meta
    how: How


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as blocks."""


def _represent(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _represent)


class Blocks:
    """The serializer that vcrpy is given."""

    @staticmethod
    def serialize(document: dict[str, JsonValue]) -> str:
        """The document as YAML."""
        return yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)

    @staticmethod
    def deserialize(text: str) -> object:
        """The document of a text, by the safe loader of vcrpy."""
        document: object = yamlserializer.deserialize(text)
        return document


def write_pages(interactions: Iterable[tuple[Request, Response]]) -> str:
    """The text of a cassette."""
    # vcrpy turns the bodies into text where they stand.
    pairs = [(request, deepcopy(response)) for request, response in interactions]
    document = {"requests": [request for request, _ in pairs], "responses": [response for _, response in pairs]}
    return str(serialize(document, Blocks))


def read_kept(path: Path) -> Kept | None:
    """The cassette of a file; None where there is neither it nor its provenance.

    Raises:
        CassetteError: one of the two is damaged or not there; the sentence says which.
    """
    meta_file = meta_path(path)
    if not path.exists() and not meta_file.exists():
        return None
    name = "/".join(path.parts[-3:])
    text, noted = _read(path, name), _read(meta_file, f"{name} (its provenance)")
    meta, is_original = load(noted, name)
    pages = read_pages(text, name)
    if len(pages) != sum(turn.attempts for turn in meta.turns):
        wanted = sum(turn.attempts for turn in meta.turns)
        raise CassetteError(f"the cassette {name} holds {len(pages)} answers and its provenance tells of {wanted}")
    is_edited = not is_original or meta.content_sha256 != content_sum(text)
    return Kept(pages=pages, meta=meta, how=How.HAND_EDITED if is_edited else meta.how)


def read_pages(text: str, name: str) -> tuple[Page, ...]:
    """The interactions of a cassette's text.

    Raises:
        CassetteError: it is no cassette, or one of its bodies is no JSON object.
    """
    try:
        requests, responses, *_ = deserialize(text, Blocks)
    except (*_UNREADABLE, yaml.YAMLError) as error:
        reason = str(error).partition("\n")[0][:200]
        raise CassetteError(f"the cassette {name} cannot be read: {type(error).__name__} {reason}") from None
    return tuple(_page(*pair, name=name) for pair in zip(requests, responses, strict=True))


def body_of(request: Request) -> Body | None:
    """What a request asks a model, with the model of its address where that names it; None for other requests."""
    body = json_object(request.body)
    if body is None or "messages" not in body or "model" in body:
        return body if body is None or "messages" in body else None
    named = _MODEL_IN_PATH.search(str(request.path))
    return {"model": named[1] if named else "", **body}


def is_count(request: Request) -> bool:
    """Whether a request wants a count of its tokens, and no answer."""
    return str(request.path).endswith("/count_tokens")


def json_object(raw: object) -> Body | None:
    """The JSON object of some bytes; None where they are none."""
    if not isinstance(raw, str | bytes):
        return None
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def pretty(value: JsonValue) -> bytes:
    """Indented JSON, in plain words where UTF-8 can spell them."""
    text = json.dumps(value, ensure_ascii=False, indent=1)
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(value, indent=1).encode("ascii")


def plain(value: JsonValue) -> bytes:
    """JSON on one line, for what nobody reads on the disk: it is written many times faster than indented JSON."""
    return json.dumps(value).encode("ascii")


def _page(request: Request, response: Response, name: str) -> Page:
    slot, asked = request.headers.get(SLOT_HEADER), body_of(request)
    answered, headers = _answered(response)
    if not isinstance(slot, str) or not _SLOT.fullmatch(slot):
        raise CassetteError(f"the cassette {name} holds an interaction without a slot; record it anew")
    if asked is None or not isinstance(request.uri, str):
        raise CassetteError(f"the cassette {name} holds a request at {slot} that is damaged; record it anew")
    if answered is None or not isinstance(answered.get("content"), list):
        raise CassetteError(f"the cassette {name} holds an answer at {slot} that is damaged; record it anew")
    # Anew, so that vcrpy gets nothing that was not looked at.
    whole: Response = {
        "status": {"code": 200, "message": "OK"},
        "headers": headers,
        "body": {"string": plain(answered)},
    }
    return Page(slot=slot, asked=asked, answered=answered, request=request, response=whole)


def _answered(response: object) -> tuple[Body | None, dict[str, list[str]]]:
    """The message of a response and the headers that are kept; None for one that is no whole answer."""
    if not isinstance(response, dict):
        return None, {}
    status, headers, body = (response.get(part) for part in ("status", "headers", "body"))
    if not (isinstance(status, dict) and isinstance(headers, dict) and isinstance(body, dict)):
        return None, {}
    said = {
        str(name).lower(): [value for value in values if isinstance(value, str)]
        for name, values in headers.items()
        if isinstance(values, list)
    }
    return (json_object(body.get("string")) if status.get("code") == 200 else None), said


def _read(path: Path, name: str) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise CassetteError(f"the cassette {name} has more than {MOST_BYTES // 1024 // 1024} MiB; record it anew")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
        raise CassetteError(f"the cassette {name} cannot be read: {reason}; restore it or record it anew") from None
