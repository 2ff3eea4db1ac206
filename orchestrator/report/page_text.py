"""Reads the text of a rule's page: paragraphs, lists and indented samples, as the docstrings write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from textwrap import dedent
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_LABEL = re.compile(r"([A-Z][a-z]+(?: [a-z]+)?): (?=\S)")
_SPAN = re.compile(r"(`+)(.+?)\1(?!`)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Prose on one line; a bullet when it began with a dash or star, with a label when it began as `Why: ...`."""

    text: str
    bullet: bool = False
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Verbatim code under a label such as `Bad` or `Good`."""

    label: str
    code: str


def blocks(text: str) -> Iterator[Paragraph | Sample]:
    """The page's parts in order; whatever is indented after a line ending with `::` is a sample."""
    lines = dedent(text.replace("\t", "    ")).strip("\n").split("\n")
    index = 0
    while index < len(lines):
        end = _end(lines, index)
        if not lines[index].strip():
            index += 1
        elif lines[index].rstrip().endswith("::"):
            end = _sample_end(lines, index + 1)
            label = lines[index].strip().removesuffix("::").strip()
            yield Sample(label=label, code=dedent("\n".join(lines[index + 1 : end])).strip("\n"))
            index = end
        else:
            yield from _prose(lines[index:end])
            index = end


def spans(text: str) -> Iterator[tuple[str, bool]]:
    """The text cut at its backticks: each piece, and whether it is code."""
    position = 0
    for match in _SPAN.finditer(text):
        if match.start() > position:
            yield text[position : match.start()], False
        yield match.group(2).strip() or match.group(2), True
        position = match.end()
    if position < len(text):
        yield text[position:], False


def _end(lines: list[str], start: int) -> int:
    """Where the paragraph that starts there ends: at a blank line or before a sample's label."""
    end = start
    while end < len(lines) and lines[end].strip() and (end == start or not lines[end].rstrip().endswith("::")):
        end += 1
    return max(end, start + 1)


def _sample_end(lines: list[str], start: int) -> int:
    """Where the indented lines that start there end."""
    end = start
    while end < len(lines) and (not lines[end].strip() or lines[end].startswith(" ")):
        end += 1
    return end


def _prose(lines: list[str]) -> Iterator[Paragraph]:
    """A paragraph, or one for each bullet."""
    gathered: list[str] = []
    bullet = False
    for line in lines:
        stripped = line.strip()
        if stripped.startswith(("- ", "* ")):
            if gathered:
                yield Paragraph(text=" ".join(gathered), bullet=bullet)
            gathered, bullet = [stripped[2:].strip()], True
        else:
            gathered.append(stripped)
    yield _paragraph(" ".join(gathered), bullet=bullet)


def _paragraph(text: str, *, bullet: bool) -> Paragraph:
    label = None if bullet else _LABEL.match(text)
    if label is None:
        return Paragraph(text=text, bullet=bullet)
    return Paragraph(text=text[label.end() :], label=label.group(1))
