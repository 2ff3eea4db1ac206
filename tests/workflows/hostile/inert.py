"""What in a report would act where the report is read: a terminal, a browser, a page of markdown, a log of CI."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from html.parser import HTMLParser

from markdown_it import MarkdownIt
from pydantic import JsonValue

from orchestrator.code.visible import ACTING

_EVIL = "evil.example"
_COMMANDS = (re.compile(r"(?m)^\s*::[a-z]"), re.compile(r"##vso\["), re.compile(r"##\["))
_MENTION = re.compile(r"@team|https?://evil")


def acting(name: str, report: str) -> tuple[str, ...]:
    """What acts in a report of that format, in a few words each; nothing where all is inert."""
    return tuple(dict.fromkeys([*_FORMATS[name](report), *_in_log(report)]))


def _acting_characters(report: str) -> Iterator[str]:
    if found := ACTING.search(report):
        yield f"{found[0]!r}"


def _in_log(report: str) -> Iterator[str]:
    """What the log of a CI job would take for a command."""
    for pattern in _COMMANDS:
        if found := pattern.search(report):
            yield f"{found[0]!r}"


def _in_markdown(report: str) -> Iterator[str]:
    yield from _acting_characters(report)
    page = _Page()
    page.feed(MarkdownIt("commonmark", {"html": True}).enable("table").render(report))
    yield from page.found
    if found := _MENTION.search(page.prose):
        yield page.prose[max(found.start() - 20, 0) : found.end() + 20]


class _Page(HTMLParser):
    """Keeps the tags and addresses of a page that are not ours, and its text outside of code and links."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.prose = ""
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One tag."""
        self._open.append(tag)
        for name, value in attrs:
            if name.startswith("on") or (name in {"href", "src"} and _is_foreign(value or "")):
                self.found.append(f"{tag} {name}={value}")
        if tag in {"img", "iframe", "object", "embed", "base"}:
            self.found.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """The end of one."""
        if tag in self._open:
            del self._open[len(self._open) - 1 - self._open[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        """Text: of a script too."""
        if "script" in self._open and "alert(1)" in data:
            self.found.append("script")
        if not {"code", "a", "script", "style"} & set(self._open):
            self.prose += data


def _is_foreign(address: str) -> bool:
    return _EVIL in address or address.strip().lower().startswith(("javascript:", "data:text"))


def _in_html(report: str) -> Iterator[str]:
    page = _Page()
    page.feed(report)
    yield from page.found
    yield from _acting_characters(report)


def _in_json(report: str) -> Iterator[str]:
    json.loads(report)
    yield from _acting_characters(report)


def _in_sarif(report: str) -> Iterator[str]:
    for name, text in _texts(json.loads(report)):
        if name in {"markdown", "text"}:
            yield from _in_markdown(text) if name == "markdown" else _acting_characters(text)


def _in_threads(report: str) -> Iterator[str]:
    for name, text in _texts(json.loads(report)):
        if name == "content":
            yield from _in_markdown(text)


def _texts(value: JsonValue, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each, name)
    elif isinstance(value, dict):
        # What stands in the code and what would replace it are data there, byte for byte.
        for key in value.keys() - {"snippet", "contextRegion", "insertedContent"}:
            yield from _texts(value[key], key)


_FORMATS: Mapping[str, Callable[[str], Iterator[str]]] = {
    "text": _acting_characters,
    "markdown": _in_markdown,
    "json": _in_json,
    "html": _in_html,
    "sarif": _in_sarif,
    "gitlab": _in_json,
    "azure": _in_threads,
}
