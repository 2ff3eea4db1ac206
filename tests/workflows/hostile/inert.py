"""What in a report would act where the report is read: a terminal, a browser, a page of markdown, a log of CI."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from html.parser import HTMLParser
from typing import Any

from orchestrator.code.visible import ACTING

_EVIL = "evil.example"
_TEXT = (re.compile(r"(?m)^\s*::[a-z]"), re.compile(r"##vso\["), re.compile(r"##\["))
_MARKDOWN = (
    re.compile(r"(?<!\\)!\[[^\]]*(?<!\\)\]\("),
    re.compile(r"(?<!\\)\]\((?:https://evil|javascript:)"),
    re.compile(r"(?<!\\)<(?:script|img|https?:|details|!--)(?!summary)", re.IGNORECASE),
    re.compile(r"(?<![\w\\`])@team"),
)
_CODE = re.compile(r"(?ms)^ *(`{3,}|~{3,})[^\n]*\n.*?^ *\1 *$|(?<![`\\])(`+)(?!`).*?(?<!`)\2(?!`)")
_OURS = re.compile(r"</?details>|<summary>.*?</summary>|<!-- [a-z: ]{0,60}-->")


def acting(name: str, report: str) -> tuple[str, ...]:
    """What acts in a report of that format, in a few words each; nothing where all is inert."""
    return tuple(dict.fromkeys(_FORMATS[name](report)))


def _in_text(report: str) -> Iterator[str]:
    for pattern in (ACTING, *_TEXT):
        if found := pattern.search(report):
            yield f"{found[0]!r}"


def _in_markdown(report: str) -> Iterator[str]:
    if found := ACTING.search(report):
        yield f"{found[0]!r}"
    prose = _OURS.sub("", _CODE.sub("", report))
    for pattern in _MARKDOWN:
        if found := pattern.search(prose):
            yield prose[max(found.start() - 20, 0) : found.end() + 20]


class _Page(HTMLParser):
    """Keeps the tags and addresses of a page that are not ours."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One tag."""
        for name, value in attrs:
            if name.startswith("on") or (name in {"href", "src"} and _is_foreign(value or "")):
                self.found.append(f"{tag} {name}={value}")
        if tag in {"img", "iframe", "object", "embed", "base", "form"}:
            self.found.append(tag)

    def handle_data(self, data: str) -> None:
        """Text: of a script too."""
        if self.get_starttag_text() == "<script>" and "alert(1)" in data:
            self.found.append("script")


def _is_foreign(address: str) -> bool:
    return _EVIL in address or address.strip().lower().startswith(("javascript:", "data:"))


def _in_html(report: str) -> Iterator[str]:
    page = _Page()
    page.feed(report)
    yield from page.found
    if found := ACTING.search(report):
        yield f"{found[0]!r}"


def _in_json(report: str) -> Iterator[str]:
    json.loads(report)
    if found := ACTING.search(report):
        yield f"{found[0]!r}"


def _in_sarif(report: str) -> Iterator[str]:
    for name, text in _texts(json.loads(report)):
        yield from _in_markdown(text) if name == "markdown" else _in_text(text) if name == "text" else ()


def _texts(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each, name)
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _texts(each, key)


_FORMATS: Mapping[str, Callable[[str], Iterator[str]]] = {
    "text": _in_text,
    "markdown": _in_markdown,
    "json": _in_json,
    "html": _in_html,
    "sarif": _in_sarif,
}
