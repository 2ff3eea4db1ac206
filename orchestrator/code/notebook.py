"""Databricks notebooks in source format: cells, their languages and magics, each on the line where it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from orchestrator.code.magics import MAGIC_LINE, line_magics, without_magics
from orchestrator.code.source import Origin, SourceFile

HEADER = "Databricks notebook source"
SEPARATOR = "COMMAND ----------"
COMMENTS = {"python": "#", "sql": "--", "scala": "//"}
"""The comment mark that opens header, separators and `MAGIC` lines in a notebook of each default language."""

_HEADER = re.compile(rf"(#|--|//) {HEADER}(?:\s.*)?$")
_RUN_PATH = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|(\S+))""")
_CELL_LANGUAGES = {
    "python": "python",
    "py": "python",
    "sql": "sql",
    "md": "markdown",
    "md-sandbox": "markdown",
    "markdown": "markdown",
    "sh": "shell",
    "bash": "shell",
    "script": "shell",
    "scala": "scala",
    "r": "r",
    "fs": "fs",
    "run": "run",
    "html": "html",
    "javascript": "javascript",
    "js": "javascript",
    "writefile": "file",
    "skip": "skipped",
}
_PYTHON_CELL_MAGICS = frozenset({"time", "timeit", "capture", "prun", "memit"})
_INSTALLERS = frozenset({"pip", "conda", "mamba", "uv"})


class Magic(NamedTuple):
    """One magic: its line in the notebook's text, its name without `%` (`sh` for `!`), and what follows the name."""

    line: int
    name: str
    arguments: str


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One cell; `start_line` and `end_line` are lines of the notebook's text, blank lines at either end left out.

    `lines` is the body without a magic that names its language and without `MAGIC` prefixes: `lines[i]` is line
    `body_first_line + i` of the text and begins `offsets[i]` characters into it.
    """

    index: int
    language: str
    title: str
    start_line: int
    end_line: int
    body_first_line: int
    lines: tuple[str, ...]
    offsets: tuple[int, ...]
    magic: str = ""
    magics: tuple[Magic, ...] = ()
    is_mixed: bool = False
    """Whether code stands before a `MAGIC %` line in the same cell, so that the magic is only a comment."""

    @property
    def text(self) -> str:
        """The body as one string."""
        return "\n".join(self.lines)

    @cached_property
    def runs(self) -> str | None:
        """The path that the cell's `%run` names, unquoted, or None."""
        for magic in self.magics:
            match = _RUN_PATH.match(magic.arguments) if magic.name == "run" else None
            if match:
                return match[1] or match[2] or match[3] or None
        return None


@dataclass(frozen=True, kw_only=True)
class Notebook:
    """A notebook's cells in order; `source` has origins, so that every location knows its cell."""

    source: SourceFile
    language: str
    cells: tuple[Cell, ...]

    def cell_at(self, line: int) -> Cell | None:
        """The cell that holds that line of the text, or None between cells."""
        return next((cell for cell in self.cells if cell.start_line <= line <= cell.end_line), None)

    def offset(self, line: int) -> int:
        """How many characters of `MAGIC` prefix and magic word stand before the cell's own text on that line."""
        cell = self.cell_at(line)
        place = line - cell.body_first_line if cell else -1
        return cell.offsets[place] if cell and 0 <= place < len(cell.offsets) else 0


class Segment(NamedTuple):
    """The Python text of one cell: `first_line` is the line of the notebook's text where it begins."""

    first_line: int
    text: str
    cell: int


def parse_notebook(source: SourceFile) -> Notebook | None:
    """The notebook that a file is, or None when its first line does not say that it is one."""
    header = _HEADER.match(source.lines[0])
    if header is None:
        return None
    comment = header[1]
    language = next(name for name, mark in COMMENTS.items() if mark == comment)
    spans = _cell_spans(source, comment)
    reader = _CellReader(source=source, comment=comment, language=language)
    cells = tuple(reader.cell(number, first, last) for number, (first, last) in enumerate(spans, 1))
    if source.origins is None:
        source = replace(source, origins=_origins(len(source.lines), spans))
    return Notebook(source=source, language=language, cells=cells)


def python_text(source: SourceFile, notebook: Notebook | None = None) -> str:
    """What to hand to `ast.parse`: as many lines as the file, with all that is not Python blanked.

    A cell behind `MAGIC` prefixes stands without them: `Notebook.offset` leads its columns back to the file.
    """
    if notebook is None:
        return "\n".join(without_magics(source.lines))
    lines = [""] * len(source.lines)
    for segment in python_segments(notebook):
        text = segment.text.split("\n")
        lines[segment.first_line - 1 : segment.first_line - 1 + len(text)] = text
    return "\n".join(lines)


def python_segments(notebook: Notebook) -> tuple[Segment, ...]:
    """The text of each Python cell, for when the notebook as a whole does not parse."""
    return tuple(
        Segment(cell.body_first_line, "\n".join(without_magics(cell.lines)), cell.index)
        for cell in notebook.cells
        if cell.language == "python" and cell.lines
    )


def cell_magic(line: str) -> tuple[str, str] | None:
    """The language that a first line gives to its whole cell and the text after the magic, or None."""
    match = MAGIC_LINE.match(line)
    if match is None:
        return None
    name = match[2].lower()
    language = _CELL_LANGUAGES.get(name)
    if language is None and match[1] == "%%":
        language = "python" if name in _PYTHON_CELL_MAGICS else name
    return None if language is None else (language, "" if name in _PYTHON_CELL_MAGICS else match[3] or "")


def _cell_spans(source: SourceFile, comment: str) -> list[tuple[int, int]]:
    """The first and last line of each cell, blank ends included."""
    mark = f"{comment} {SEPARATOR}"
    spans: list[tuple[int, int]] = []
    first = 2
    for number, line in enumerate(source.lines[1:], 2):
        if line.startswith(mark) and not line[len(mark) :].strip("- \t") and _separates(source, number):
            spans.append((first, number - 1))
            first = number + 1
    if first <= len(source.lines):
        spans.append((first, len(source.lines)))
    return spans


def _separates(source: SourceFile, line: int) -> bool:
    """Whether a separator separates: inside a Jupyter cell it is a comment that looks like one."""
    return not source.is_jupyter or source.origins is None or source.origins[line - 1].cell is None


def _origins(count: int, spans: list[tuple[int, int]]) -> tuple[Origin, ...]:
    """The cell of each line; the header counts to the first cell, a separator to the cell that it ends."""
    origins: list[Origin] = []
    for number, (_, last) in enumerate(spans, 1):
        origins.extend(Origin(line, number) for line in range(len(origins) + 1, min(last + 1, count) + 1))
    origins.extend(Origin(line, None) for line in range(len(origins) + 1, count + 1))
    return tuple(origins)


class _Line(NamedTuple):
    """A line of a cell: its number, its text, how much was taken off its front, and whether that was `MAGIC`."""

    number: int
    text: str
    offset: int
    is_prefixed: bool


@dataclass(frozen=True, kw_only=True)
class _CellReader:
    """Reads the cells of one notebook: knows its comment mark and its default language."""

    source: SourceFile
    comment: str
    language: str

    def cell(self, index: int, first: int, last: int) -> Cell:
        """The cell between two lines, ends included."""
        start, end = self._trimmed(first, last)
        is_mixed = self._is_mixed(start, end)
        title, body = self._body(start, end, is_mixed=is_mixed)
        head = next((place for place, line in enumerate(body) if self._is_significant(line)), len(body))
        opening = cell_magic(body[head].text) if head < len(body) else None
        language = opening[0] if opening else self.language
        magics = self._magics(body, head, language)
        if opening:
            body = _after_magic(body[head:], opening[1])
        elif magics and self._is_all_magic(body):
            language = _language_of_magics(magics, language)
        return Cell(
            index=index,
            language=language,
            title=title,
            start_line=start,
            end_line=end,
            body_first_line=body[0].number if body else end + 1,
            lines=tuple(line.text for line in body),
            offsets=tuple(line.offset for line in body),
            magic=self._opening_word(start, end) if opening or magics else "",
            magics=magics,
            is_mixed=is_mixed,
        )

    def _trimmed(self, first: int, last: int) -> tuple[int, int]:
        lines = self.source.lines
        filled = [number for number in range(first, last + 1) if lines[number - 1].strip()]
        return (filled[0], filled[-1]) if filled else (min(first, len(lines)),) * 2

    def _body(self, start: int, end: int, *, is_mixed: bool) -> tuple[str, list[_Line]]:
        """The cell's title and its lines, prefixes off when the cell's code is behind them."""
        prefix, title_mark = f"{self.comment} MAGIC", f"{self.comment} DBTITLE "
        title, body = "", []
        for number, line in enumerate(self.source.lines[start - 1 : end], start):
            if line.startswith(title_mark):
                title = title or line[len(title_mark) :].partition(",")[2].strip()
            if line.startswith(prefix) and not is_mixed and not line[len(prefix) : len(prefix) + 1].strip():
                offset = min(len(prefix) + 1, len(line))
                body.append(_Line(number, line[offset:], offset, is_prefixed=True))
            elif body or (line.strip() and not line.startswith(title_mark)):
                body.append(_Line(number, line, 0, is_prefixed=False))
        return title, body

    def _is_significant(self, line: _Line) -> bool:
        """Whether a line is more than blank or a comment in the notebook's own language."""
        text = line.text.strip()
        return bool(text) and not text.startswith(self.comment)

    def _is_all_magic(self, body: list[_Line]) -> bool:
        """Whether nothing but magics, comments and blank lines is left of a cell."""
        rest = (line.strip() for line in without_magics([line.text for line in body]))
        return all(line in {"", "pass"} or line.startswith(self.comment) for line in rest)

    def _is_mixed(self, start: int, end: int) -> bool:
        """Whether the notebook's own code comes before a `MAGIC %` line of the same cell."""
        mark = f"{self.comment} MAGIC %"
        has_code = False
        for line in self.source.lines[start - 1 : end]:
            if has_code and line.startswith(mark):
                return True
            text = line.strip()
            has_code = has_code or bool(text and not text.startswith(self.comment))
        return False

    def _magics(self, body: list[_Line], head: int, language: str) -> tuple[Magic, ...]:
        """The cell's magics; in another language than Python and outside `%pip` lines, the opening one alone."""
        opening = MAGIC_LINE.match(body[head].text) if head < len(body) else None
        is_installer = opening is not None and opening[2].lower() in _INSTALLERS
        if language in {"python", "run"} or is_installer:
            found = line_magics([line.text for line in body])
            return tuple(Magic(body[magic.first].number, magic.name, magic.arguments) for magic in found)
        return (Magic(body[head].number, opening[2].lower(), opening[3] or ""),) if opening else ()

    def _opening_word(self, start: int, end: int) -> str:
        """The first magic word of the cell with its percent signs, or `!`."""
        for line in self.source.lines[start - 1 : end]:
            text = line.removeprefix(f"{self.comment} MAGIC ").strip()
            if text.startswith("!"):
                return "!"
            if match := MAGIC_LINE.match(text):
                return f"{match[1]}{match[2]}"
        return ""


def _after_magic(body: list[_Line], rest: str) -> list[_Line]:
    """A magic cell's lines without the magic word; its first line goes when nothing follows the word."""
    first = body[0]
    if not rest.strip():
        return body[1:]
    taken = len(first.text) - len(rest)
    return [first._replace(text=rest, offset=first.offset + taken), *body[1:]]


def _language_of_magics(magics: tuple[Magic, ...], language: str) -> str:
    """The language of a cell that holds nothing but magics: installers, shell commands, or the notebook's own."""
    names = {magic.name for magic in magics}
    if names & _INSTALLERS:
        return "pip"
    return "shell" if names == {"sh"} else language
