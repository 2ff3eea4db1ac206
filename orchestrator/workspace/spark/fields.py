"""Values of an event by name: a missing or mistyped one is empty, for a log may be broken anywhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

Event = Mapping[str, object]
"""One JSON object of an event log."""

_NOTHING: Event = {}


def record(event: Event, name: str) -> Event:
    """The object under the name, or an empty one."""
    value = event.get(name)
    return value if isinstance(value, dict) else _NOTHING


def records(event: Event, name: str) -> Iterator[Event]:
    """The objects of the list under the name."""
    value = event.get(name)
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict))


def number(event: Event, name: str) -> int:
    """The whole number under the name, or 0."""
    value = event.get(name)
    return value if type(value) is int else 0


def optional_number(event: Event, name: str) -> int | None:
    """The whole number under the name, or None."""
    value = event.get(name)
    return value if type(value) is int else None


def numbers(event: Event, name: str, *, most: int = 10_000) -> tuple[int, ...]:
    """The whole numbers of the list under the name, the first `most` of them."""
    value = event.get(name)
    if not isinstance(value, list):
        return ()
    return tuple(item for item in value[:most] if type(item) is int)


def text(event: Event, name: str, *, most: int = 300) -> str:
    """The first `most` characters of the text under the name, or an empty one."""
    value = event.get(name)
    return value[:most] if isinstance(value, str) else ""


def flag(event: Event, name: str) -> bool:
    """Whether the value under the name is true."""
    return event.get(name) is True


def counted(value: object) -> int | None:
    """The whole number that a value is or spells: SQL metrics are written as text."""
    if type(value) is int:
        return value
    if isinstance(value, str) and len(value) < 20 and value.lstrip("-").isdecimal():
        return int(value)
    return None
