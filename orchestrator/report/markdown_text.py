"""Writes untrusted text into GitHub-flavoured Markdown so that it can only ever be read as text.

No HTML, link, image, mention, issue reference or table cell can come out of it.
"""

from __future__ import annotations

import re

from orchestrator.code.visible import visible
from orchestrator.report.page_text import spans
from orchestrator.report.visible import clipped, one_line

# Backslash escapes cover what is markup by itself; entities would be decoded before mentions are looked for.
_MARKUP = re.compile(r"[\\`*_{}\[\]()#+!|~<>&$]|(?<!\w)[-=]")
# GitHub, or for `!1` Azure DevOps, links these wherever they stand in prose, and leaves them alone in code.
_LINKED = re.compile(r"\S*(?:@|[#!]\d|gh-\d|www\.|[a-z][a-z0-9+.-]*:/|mailto:)\S*", re.IGNORECASE)
_TICKS = re.compile(r"`+")


def prose(text: str, limit: int = 500) -> str:
    """The text on one line with its own backtick spans kept as code and everything else inert."""
    return "".join(code(piece) if is_code else _inert(piece) for piece, is_code in spans(one_line(text, limit)))


def code(text: str, limit: int = 500) -> str:
    """The text as a code span, its fence longer than any run of backticks inside."""
    flat = one_line(text, limit)
    if not flat:
        return ""
    ticks = "`" * (_longest_run(flat) + 1)
    pad = " " if flat.startswith("`") or flat.endswith("`") else ""
    return f"{ticks}{pad}{flat}{pad}{ticks}"


def fenced(text: str, language: str = "", *, lines: int = 12, width: int = 240) -> str:
    """The text as a code block, its fence longer than any inside, cut to that many lines of that width."""
    whole = visible(text).split("\n")
    shown = [clipped(line, width) for line in whole[:lines]]
    if len(whole) > lines:
        shown.append("...")
    body = "\n".join(shown)
    fence = "`" * max(3, _longest_run(body) + 1)
    return f"{fence}{language}\n{body}\n{fence}"


def in_cell(text: str) -> str:
    """The text without the one character that ends a table cell even inside code, spelled out instead."""
    return text.replace("|", "⟨U+007C⟩")


def link(label: str, address: str) -> str:
    """A link when the address is plain https, otherwise the label alone."""
    if not re.fullmatch(r"https://[\w./?=&%#~:+,-]+", address):
        return prose(label)
    return f"[{prose(label)}](<{address}>)"


def _inert(text: str) -> str:
    position, parts = 0, []
    for match in _LINKED.finditer(text):
        parts += [_escaped(text[position : match.start()]), code(match.group())]
        position = match.end()
    return "".join((*parts, _escaped(text[position:])))


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\g<0>", text)


def _longest_run(text: str) -> int:
    return max((len(run) for run in _TICKS.findall(text)), default=0)
