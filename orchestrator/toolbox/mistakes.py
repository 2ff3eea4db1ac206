"""What is wrong with the arguments of a call, in one sentence for each wrong one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import ValidationError

MAX_MISTAKES = 5
_SHOWN = 60
_SAID: Mapping[str, str] = {
    "int_parsing": "should be an integer",
    "int_type": "should be an integer",
    "int_from_float": "should be an integer, without a fraction",
    "bool_parsing": "should be true or false",
    "bool_type": "should be true or false",
    "string_type": "should be a text",
    "list_type": "should be a list",
    "tuple_type": "should be a list",
    "dict_type": "should be a map from key to value",
    "date_from_datetime_parsing": "should be a date such as 2026-01-31",
    "date_parsing": "should be a date such as 2026-01-31",
    "date_type": "should be a date such as 2026-01-31",
}
"""Where pydantic's words speak of its own types."""


def mistakes(tool: str, error: ValidationError, known: Mapping[str, str]) -> str:
    """The sentences; `known` has the arguments of the tool and what they are."""
    found = error.errors(include_url=False, include_context=False)
    by_place = {tuple(item["loc"][:1]): item for item in reversed(found)}
    first = [item for item in found if by_place[tuple(item["loc"][:1])] is item]
    said = [
        _sentence(tuple(map(str, item["loc"])), item["type"], item["msg"], item["input"], known)
        for item in first[:MAX_MISTAKES]
    ]
    rest = len(first) - len(said)
    return f"{tool}: {'; '.join(said)}" + (f"; and {rest} more" if rest else "")


def _sentence(place: tuple[str, ...], kind: str, message: str, given: object, known: Mapping[str, str]) -> str:
    name = place[0] if place else ""
    is_what = known.get(name, "")
    explained = f" ({is_what})" if is_what else ""
    if kind == "missing" and len(place) == 1:
        return f"the argument {name!r} is missing{explained}"
    inner = [part for part in place[1:] if part.isdecimal() or part.isidentifier()]
    where = f"the argument {name!r}" + (f" at {'.'.join(inner)}" if inner and not _is_type(inner) else "")
    if kind == "missing":
        return f"{where} is missing"
    is_shown = isinstance(given, str | int | float) and not kind.startswith("too_")
    shown = f", not {_shown(given)}" if is_shown else ""
    return f"{where} {_SAID.get(kind) or _plain(message)}{shown}{explained}"


def _is_type(inner: list[str]) -> bool:
    """Whether the place is only the alternative of a type that was tried, as `str` of `str | None`."""
    return len(inner) == 1 and inner[0] in {"str", "int", "float", "bool", "date", "none"}


def _plain(message: str) -> str:
    """Pydantic's words without their subject: `Input should be ...`."""
    _, should, rest = message.removesuffix(" after validation").replace(" after validation,", ",").partition("should ")
    return f"{should}{rest}" if should else f"is wrong: {message}"


def _shown(given: object) -> str:
    text = repr(given)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
