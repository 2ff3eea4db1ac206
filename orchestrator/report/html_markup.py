"""Builds HTML whose text is escaped by construction: only `tag` makes markup, and it escapes all that is not."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import TypeAlias

from orchestrator.code.visible import visible
from orchestrator.report.page_text import spans

_VOID = frozenset({"br", "hr", "input", "link", "meta"})


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


Child: TypeAlias = str | None
"""What an element holds: plain text, which is escaped, or `Html`, which is not; None is left out."""

Attribute: TypeAlias = str | int | bool | None
"""A value, or True for a bare attribute; False and None leave it out."""


def tag(element: str, /, *children: Child, **attributes: Attribute) -> Html:
    """The element with its children; `class_` is `class`, and an underscore in a name is a dash."""
    opening = f"<{element}{''.join(_attribute(key, value) for key, value in attributes.items())}>"
    if element in _VOID:
        return Html(opening)
    return Html(f"{opening}{joined(*children)}</{element}>")


def joined(*children: Child) -> Html:
    """The children one after the other, plain text escaped."""
    return Html("".join(child if isinstance(child, Html) else escaped(child) for child in children if child))


def escaped(text: str) -> Html:
    """Plain text as HTML, every acting character spelled out."""
    return Html(html.escape(visible(text)))


def prose(text: str) -> Html:
    """Plain text in which what stands between backticks is code."""
    return joined(*(tag("code", piece) if is_code else piece for piece, is_code in spans(text)))


def link(address: str) -> Html:
    """A link that tells the other side nothing, when the address is plain https; otherwise the address as text."""
    if not re.fullmatch(r"https://[^\s\"'<>\\]+", address):
        return escaped(address)
    return tag("a", address.removeprefix("https://"), href=address, rel="noopener noreferrer")


@lru_cache(maxsize=4096, typed=True)
def _attribute(key: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escaped(str(value))}"'
