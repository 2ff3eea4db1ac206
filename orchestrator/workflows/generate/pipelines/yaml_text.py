"""Writes YAML as a person would: what is short stands on one line, and a text is quoted only where it must be."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

import yaml

_WIDTH = 150


def mapping_lines(found: Mapping[str, object], indent: int = 0) -> Iterator[str]:
    """The lines of a mapping."""
    for key, value in found.items():
        yield from _entry(f"{' ' * indent}{key}:", value, indent)


def _entry(before: str, value: object, indent: int) -> Iterator[str]:
    line = f"{before} {_flow(value)}"
    if not isinstance(value, dict | list) or (len(line) <= _WIDTH and not _is_deep(value)):
        yield line
        return
    yield before
    if isinstance(value, dict):
        yield from mapping_lines(value, indent + 2)
        return
    for each in value:
        yield from _item(each, indent + 2)


def _item(value: object, indent: int) -> Iterator[str]:
    line = f"{' ' * indent}- {_flow(value)}"
    if not isinstance(value, dict) or (len(line) <= _WIDTH and not _is_deep(value)):
        yield line
        return
    lines = list(mapping_lines(value, indent + 2))
    yield f"{' ' * indent}- {lines[0].lstrip()}"
    yield from lines[1:]


def _is_deep(value: object) -> bool:
    """Whether it holds a mapping, or a list of other than plain values: such stand on lines of their own."""
    below: Sequence[object] = (
        list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    )
    return any(isinstance(each, dict) or (isinstance(each, list) and _is_deep(each)) for each in below)


def _flow(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(_flow, value))}]"
    return _scalar(value)


def _scalar(value: object) -> str:
    """A value as YAML reads it back, wherever it stands: bare where that is the same, else in double quotes."""
    if not isinstance(value, str):
        return json.dumps(value)
    try:
        is_bare = yaml.safe_load(f"[{value}, x]") == [value, "x"] and yaml.safe_load(f"k: {value}") == {"k": value}
    except yaml.YAMLError:
        is_bare = False
    # What is not seen is spelled out: YAML refuses some of it, and some of it acts on what is beside it.
    return value if is_bare and value.isprintable() else json.dumps(value, ensure_ascii=not value.isprintable())
