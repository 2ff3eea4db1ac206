"""One call to the REST interface, as a route sees it, and what a route may answer."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ValidationError

from orchestrator.workspace.sandbox.problem import CallRefusedError, invalid
from orchestrator.workspace.sandbox.seed.part import Json

if TYPE_CHECKING:
    from orchestrator.workspace.sandbox.gate import House
    from orchestrator.workspace.sandbox.state import State

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An answer that is not plain JSON with status 200."""

    status: int = 200
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """The lengths of a page: the query parameter that asks for one, what is taken without it, and the most."""

    parameter: str = "max_results"
    default: int = 100
    most: int = 1_000


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request that was let in: who asks, with which path, query and body; `raw` is a body
    that is not read as JSON, `pairs` the query with repeated names."""

    house: House
    caller: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Json
    method: str = "GET"
    url_path: str = ""
    base_url: str = ""
    raw: bytes = b""
    pairs: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def state(self) -> State:
        """What the workspace holds."""
        return self.house.state

    def parse(self, model: type[M]) -> M:
        """The body as a model.

        Raises:
            CallRefusedError: it does not fit (400).
        """
        return parsed(model, self.body)

    def number(self, name: str, default: int | None = None) -> int:
        """A whole number of the query.

        Raises:
            CallRefusedError: it is absent and has no default, or is no number (400).
        """
        text = self.query.get(name)
        if text is None and default is not None:
            return default
        if text is None or not text.lstrip("-").isdecimal():
            raise invalid(f"Missing or invalid value for parameter '{name}': {text!r}")
        return int(text)

    def text(self, name: str) -> str:
        """A text of the query.

        Raises:
            CallRefusedError: it is absent or empty (400).
        """
        value = self.query.get(name, "")
        if not value:
            raise invalid(f"Missing required field: {name}")
        return value

    def flag(self, name: str) -> bool:
        """A truth value of the query; false where it is absent."""
        return self.query.get(name, "").lower() == "true"

    def several(self, name: str) -> frozenset[str]:
        """The values of a name that the query may repeat."""
        return frozenset(value for key, value in self.pairs if key == name)

    def page(self, items: Sequence[T], wire: Callable[[T], Json], *, key: str, sizes: Sizes | None = None) -> Json:
        """One page of the items under `key`, with `next_page_token` where more follow.

        Raises:
            CallRefusedError: the page length or the token is not valid (400).
        """
        sizes = sizes or Sizes()
        length = self.number(sizes.parameter, sizes.default)
        if length < 0:
            raise invalid(f"{sizes.parameter} must not be negative")
        length = min(length, sizes.most) or sizes.default
        start = self._offset()
        shown = items[start : start + length]
        answer: Json = {key: [wire(item) for item in shown]}
        if start + length < len(items):
            answer["next_page_token"] = self._token(start + length)
        return answer

    def _offset(self) -> int:
        token = self.query.get("page_token")
        if not token:
            return 0
        try:
            offset, listing = json.loads(base64.urlsafe_b64decode(token.encode()))
        except (ValueError, TypeError, binascii.Error):
            raise invalid(f"Invalid page token: {token[:40]}") from None
        if listing != self._listing() or not isinstance(offset, int) or offset < 0:
            raise invalid("The page token belongs to another listing")
        return offset

    def _token(self, offset: int) -> str:
        return base64.urlsafe_b64encode(json.dumps([offset, self._listing()]).encode()).decode()

    def _listing(self) -> int:
        """A mark of the listing: its path and filters."""
        filters = sorted((name, value) for name, value in self.query.items() if name != "page_token")
        return zlib.crc32(json.dumps([self.url_path, filters, self.caller]).encode())


def parsed(model: type[M], body: object) -> M:
    """A JSON value as a model.

    Raises:
        CallRefusedError: it does not fit (400).
    """
    try:
        return model.model_validate(body)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise CallRefusedError(
            400, "MALFORMED_REQUEST", f"Could not parse request object: {place}: {first['msg']}"
        ) from None
