"""SQL as text with typed holes: what the host interpolates stands in the text as one placeholder word.

`Template.text` is what is tokenised; `Template.locate` leads every offset of it back to the host file.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal, NamedTuple

from orchestrator.code.sql.position import Role, placeholder_roles

HoleKind = Literal["expression", "jinja", "bundle", "widget", "marker"]

_OPENING = re.compile(r"\$\$|\{%|\{#|\{\{|\$\{|(?<![\w$])\$[A-Za-z_]\w*|(?<![{$])\{[A-Za-z_][\w.]{0,80}\}")
_CLOSING: Final = {"$$": "$$", "{%": "%}", "{#": "#}", "{{": "}}", "${": "}"}
_BUNDLE = re.compile(r"\$\{\s*(?:var|bundle|resources|workspace|artifacts|variables)\.")
_CONFIGURATION = re.compile(r"\{\{-?\s*config\s*\(")
_NEWLINE = re.compile(r"\n")
_NOT_NEWLINE = re.compile(r"[^\n]")


@dataclass(frozen=True, kw_only=True)
class Hole:
    """A part of the SQL that only the host knows: `start` and `end` are offsets of its placeholder in the text.

    `source` is the verbatim expression, `node` its syntax tree when the host is Python, and `quoted` says whether it
    stands inside a quoted SQL literal.
    """

    name: str
    kind: HoleKind
    source: str
    node: ast.expr | None
    start: int
    end: int
    quoted: bool = False
    position: Role = "value"


class Segment(NamedTuple):
    """A run of the text from offset `start`: where it stands in the host, character by character or as one whole."""

    start: int
    line: int
    column: int
    end_line: int
    end_column: int
    verbatim: bool


class Piece(NamedTuple):
    """A run of text on its way into a template; a hole when `kind` is set, whose text is then the expression."""

    text: str
    line: int
    column: int
    end_line: int
    end_column: int
    verbatim: bool = False
    kind: HoleKind | None = None
    node: ast.expr | None = None

    def part(self, start: int, end: int, *, after: Piece | None = None) -> Piece:
        """The piece that holds `text[start:end]`; `after` is the part that ends at `start`, if it is at hand."""
        text = self.text[start:end]
        if not self.verbatim:
            return self._replace(text=text, kind=None, node=None)
        if after is not None:
            line, column = after.end_line, after.end_column
        else:
            line, column = moved(self.line, self.column, self.text, 0, start)
        end_line, end_column = moved(line, column, self.text, start, end)
        return Piece(text, line, column, end_line, end_column, verbatim=True)

    def hole(self, kind: HoleKind, node: ast.expr | None = None) -> Piece:
        """The hole that stands where this piece stands."""
        return self._replace(verbatim=False, kind=kind, node=node)


def moved(line: int, column: int, text: str, start: int, end: int) -> tuple[int, int]:
    """The line and column reached from (line, column) by reading `text[start:end]`."""
    newlines = text.count("\n", start, end)
    if not newlines:
        return line, column + end - start
    return line + newlines, end - text.rfind("\n", start, end)


@dataclass(frozen=True, kw_only=True)
class Template:
    """SQL text with its holes, and the segments that lead back to the host's text."""

    text: str
    holes: tuple[Hole, ...] = ()
    segments: tuple[Segment, ...] = ()

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        return tuple(segment.start for segment in self.segments)

    @cached_property
    def _newlines(self) -> tuple[int, ...]:
        return tuple(found.start() for found in _NEWLINE.finditer(self.text))

    @cached_property
    def _hole_starts(self) -> tuple[int, ...]:
        return tuple(hole.start for hole in self.holes)

    def locate(self, offset: int) -> tuple[int, int]:
        """The line and column, both from 1, of the character of the host's text that this offset stands for."""
        segment = self._segment(offset)
        if segment is None:
            return 1, 1
        if not segment.verbatim:
            return segment.line, segment.column
        offset = min(offset, len(self.text))
        first = bisect_left(self._newlines, segment.start)
        newlines = bisect_left(self._newlines, offset) - first
        if not newlines:
            return segment.line, segment.column + offset - segment.start
        return segment.line + newlines, offset - self._newlines[first + newlines - 1]

    def span(self, start: int, end: int) -> tuple[int, int, int, int]:
        """Line, column, end line and exclusive end column in the host of `text[start:end]`; never runs backwards."""
        line, column = self.locate(start)
        if end <= start:
            return line, column, line, column
        last = self._segment(end - 1)
        if last is None:
            return line, column, line, column
        if last.verbatim:
            end_line, end_column = self.locate(end - 1)
            end_column += 1
        else:
            end_line, end_column = last.end_line, last.end_column
        if (end_line, end_column) < (line, column):
            return line, column, line, column
        return line, column, end_line, end_column

    def holes_in(self, start: int, end: int) -> tuple[Hole, ...]:
        """The holes whose placeholders lie within `text[start:end]`."""
        if not self.holes:
            return ()
        first = bisect_right(self._hole_starts, start - 1)
        return self.holes[first : bisect_right(self._hole_starts, end - 1)]

    def is_only_holes(self) -> bool:
        """Whether nothing but holes and blanks is known of the text."""
        position = 0
        for hole in self.holes:
            if self.text[position : hole.start].strip():
                return False
            position = hole.end
        return bool(self.holes) and not self.text[position:].strip()

    def source_of(self, start: int, end: int) -> str:
        """The text of the span with each placeholder put back to `{expression}`, for messages."""
        parts, position = [], start
        for hole in self.holes_in(start, end):
            parts.append(self.text[position : hole.start])
            parts.append(hole.source if hole.source.startswith(("{", "$")) else "{" + hole.source + "}")
            position = hole.end
        parts.append(self.text[position:end])
        return "".join(parts)

    def _segment(self, offset: int) -> Segment | None:
        if not self.segments:
            return None
        return self.segments[max(0, bisect_right(self._starts, offset) - 1)]


def from_sql_text(text: str, first_line: int = 1) -> Template:
    """The template of SQL that stands in a file or cell from `first_line` on; Jinja and `${x}` become holes."""
    end_line, end_column = moved(first_line, 1, text, 0, len(text))
    piece = Piece(text=text, line=first_line, column=1, end_line=end_line, end_column=end_column, verbatim=True)
    return from_pieces([piece])


def from_pieces(pieces: list[Piece]) -> Template:
    """The template of the pieces, one after the other; placeholders inside their text become holes too."""
    parts: list[str] = []
    segments: list[Segment] = []
    pending: list[tuple[Piece, HoleKind, int]] = []
    length = 0
    for piece in _rendered(pieces):
        segments.append(
            Segment(length, piece.line, piece.column, piece.end_line, piece.end_column, verbatim=piece.verbatim)
        )
        if piece.kind is not None:
            pending.append((piece, piece.kind, length))
            parts.append(_placeholder(len(pending) - 1))
        else:
            parts.append(piece.text)
        length += len(parts[-1])
    text = "".join(parts)
    return Template(text=text, holes=_holes(text, pending), segments=tuple(segments))


def _placeholder(index: int) -> str:
    return f"__h{index}__"


def _holes(text: str, pending: list[tuple[Piece, HoleKind, int]]) -> tuple[Hole, ...]:
    if not pending:
        return ()
    roles = placeholder_roles(text, [start for _, _, start in pending])
    return tuple(
        Hole(
            name=_placeholder(index),
            kind=kind,
            source=piece.text,
            node=piece.node,
            start=start,
            end=start + len(_placeholder(index)),
            quoted=role.quoted,
            position=role.position,
        )
        for index, ((piece, kind, start), role) in enumerate(zip(pending, roles, strict=True))
    )


def _rendered(pieces: list[Piece]) -> Iterator[Piece]:
    for piece in pieces:
        if piece.kind is not None or not ("{" in piece.text or "$" in piece.text):
            if piece.text or piece.kind is not None:
                yield piece
            continue
        yield from _without_placeholders(piece)


def _without_placeholders(piece: Piece) -> Iterator[Piece]:
    """The piece cut at its placeholders."""
    text, done, position = piece.text, 0, 0
    never_closed: set[str] = set()
    before = piece.part(0, 0)
    while opening := _OPENING.search(text, position):
        start, position = opening.span()
        closing = _CLOSING.get(opening.group())
        if closing is not None:
            position = _closed(text, position, closing, never_closed)
        if position < 0:
            position = opening.end()
            continue
        kind = _kind(text[start:position])
        if kind == "text":
            continue
        rest = piece.part(done, start, after=before)
        before = cut = piece.part(start, position, after=rest)
        done = position
        yield from (rest,) if rest.text else ()
        # What Jinja executes leaves blanks of the same length, so that every line and column stays.
        yield _blanked(cut) if kind == "blank" else cut.hole(kind)
    rest = piece.part(done, len(text), after=before)
    yield from (rest,) if rest.text else ()


def _closed(text: str, start: int, closing: str, never_closed: set[str]) -> int:
    """The offset after the closing mark, or -1; a mark once not found is never looked for again."""
    if closing in never_closed:
        return -1
    found = text.find(closing, start)
    if found < 0:
        never_closed.add(closing)
        return -1
    return found + len(closing)


def _kind(placeholder: str) -> HoleKind | Literal["text", "blank"]:
    match placeholder[:2]:
        case "$$":
            return "text"
        case "{%" | "{#":
            return "blank"
        case "{{":
            return "blank" if _CONFIGURATION.match(placeholder) else "jinja"
        case "${":
            return "bundle" if _BUNDLE.match(placeholder) else "widget"
    return "marker" if placeholder.startswith("{") else "widget"


def _blanked(piece: Piece) -> Piece:
    return piece._replace(text=_NOT_NEWLINE.sub(" ", piece.text))
