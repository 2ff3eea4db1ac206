"""A reader over the tokens of one statement: what every statement front-end is written with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from orchestrator.code.sql.names import PATH_FORMATS, TableName
from orchestrator.code.sql.template import Hole, Template
from orchestrator.code.sql.tokens import Token

_OPENING: Final = frozenset("([")
_CLOSING: Final = frozenset(")]")
_MAX_PARTS: Final = 6


@dataclass(frozen=True, kw_only=True)
class Fragment:
    """A verbatim part of a statement: offsets are in the template's text."""

    text: str
    start: int
    end: int
    tokens: tuple[Token, ...]
    holes: tuple[Hole, ...] = ()

    def words(self) -> tuple[str, ...]:
        """The keywords and operators in upper case; strings and quoted names are empty."""
        return tuple(token.upper for token in self.tokens)


class Cursor:
    """A place among tokens that moves forward; every question past the end answers with nothing."""

    def __init__(self, tokens: tuple[Token, ...], template: Template) -> None:
        """Stand on the first token; the template tells which tokens hold holes."""
        self.tokens = tokens
        self.template = template
        self.index = 0

    @property
    def token(self) -> Token | None:
        """The token under the cursor."""
        return self.tokens[self.index] if self.index < len(self.tokens) else None

    @property
    def upper(self) -> str:
        """The keyword or operator under the cursor, empty at the end, for strings and for quoted names."""
        return self.tokens[self.index].upper if self.index < len(self.tokens) else ""

    def ahead(self, distance: int = 1) -> str:
        """The keyword or operator that many tokens on."""
        index = self.index + distance
        return self.tokens[index].upper if 0 <= index < len(self.tokens) else ""

    def at(self, *words: str) -> bool:
        """Whether these words come next, one after the other."""
        return all(self.ahead(distance) == word for distance, word in enumerate(words))

    def take(self, *words: str) -> bool:
        """Step over the words if they come next, and say whether they did."""
        if not self.at(*words):
            return False
        self.index += len(words)
        return True

    def take_any(self, *words: str) -> str:
        """Step over the next word if it is one of these, and give it; else give nothing."""
        found = self.upper
        if found and found in words:
            self.index += 1
            return found
        return ""

    def next(self) -> Token | None:
        """The token under the cursor, which is stepped over."""
        token = self.token
        if token is not None:
            self.index += 1
        return token

    def skip_to(self, *words: str) -> bool:
        """Move to the next of the words outside brackets; False, and no move, when there is none."""
        index = self.find(*words)
        if index is None:
            return False
        self.index = index
        return True

    def find(self, *words: str, start: int | None = None) -> int | None:
        """The index of the next of the words outside brackets that open from here on."""
        wanted, depth = frozenset(words), 0
        for index in range(self.index if start is None else start, len(self.tokens)):
            upper = self.tokens[index].upper
            if depth == 0 and upper in wanted:
                return index
            if upper in _OPENING:
                depth += 1
            elif upper in _CLOSING:
                depth -= 1
                if depth < 0:
                    return None
        return None

    def group_end(self) -> int:
        """The index after the bracket that closes the one under the cursor; the end when nothing closes it."""
        depth = 0
        for index in range(self.index, len(self.tokens)):
            upper = self.tokens[index].upper
            depth += (upper in _OPENING) - (upper in _CLOSING)
            if depth == 0:
                return index + 1
        return len(self.tokens)

    def group(self) -> Cursor | None:
        """A cursor over what stands inside the brackets under this one, which are stepped over."""
        if self.upper not in _OPENING:
            return None
        end = self.group_end()
        closed = self.tokens[end - 1].upper in _CLOSING
        inner = Cursor(self.tokens[self.index + 1 : end - 1 if closed else end], self.template)
        self.index = end
        return inner

    def items(self) -> list[Cursor]:
        """The rest, cut at its outer commas; empty parts are left out."""
        found, begin = [], self.index
        while (comma := self.find(",", start=begin)) is not None:
            found.append(Cursor(self.tokens[begin:comma], self.template))
            begin = comma + 1
        found.append(Cursor(self.tokens[begin:], self.template))
        self.index = len(self.tokens)
        return [item for item in found if item.tokens]

    def until(self, *words: str) -> Fragment | None:
        """What comes before the next of the words outside brackets, or the whole rest; stepped over."""
        end = self.find(*words)
        begin, self.index = self.index, len(self.tokens) if end is None else end
        return self.fragment(begin, self.index)

    def rest(self) -> Fragment | None:
        """All that is left, stepped over."""
        return self.until()

    def fragment(self, begin: int, end: int) -> Fragment | None:
        """The tokens of these indexes as verbatim text; None when there are none."""
        tokens = self.tokens[begin:end]
        if not tokens:
            return None
        start, stop = tokens[0].start, tokens[-1].end
        return Fragment(
            text=self.template.text[start:stop],
            start=start,
            end=stop,
            tokens=tokens,
            holes=self.template.holes_in(start, stop),
        )

    def string(self) -> str | None:
        """The value of the string literal under the cursor, stepped over."""
        token = self.token
        if token is None or token.kind != "string":
            return None
        self.index += 1
        return token.value

    def number(self) -> float | None:
        """The value of the number under the cursor, with its sign, stepped over; None for anything else."""
        sign = -1.0 if self.upper == "-" else 1.0
        token = self.tokens[self.index + (sign < 0)] if self.index + (sign < 0) < len(self.tokens) else None
        if token is None or token.kind != "number":
            return None
        self.index += 1 + (sign < 0)
        return sign * float(token.text.rstrip("LSYDFlsydfBb"))

    def hole(self) -> Hole | None:
        """The hole in the token under the cursor; the cursor stays."""
        token = self.token
        found = self.template.holes_in(token.start, token.end) if token else ()
        return found[0] if found else None

    def identifier(self) -> str | None:
        """The unquoted name under the cursor, one part of it, stepped over."""
        token = self.token
        if token is None or not token.is_name:
            return None
        self.index += 1
        return token.value

    def name(self) -> TableName | None:
        """The name under the cursor, all its parts, stepped over; None when no name stands here."""
        begin = self.index
        if self.upper == "IDENTIFIER" and self.ahead() == "(":
            self.index += 1
            self.index = self.group_end()
            return self._named((), begin, dynamic=True)
        token = self.token
        if token is not None and token.kind in ("parameter", "string"):
            self.index += 1
            return self._named((), begin, dynamic=True)
        return self._parts(begin)

    def _parts(self, begin: int) -> TableName | None:
        parts: list[str] = []
        while len(parts) < _MAX_PARTS:
            part = self.identifier()
            if part is None:
                break
            parts.append(part)
            if self.upper != "." or not self._is_name(1):
                break
            self.index += 1
        if not parts:
            return None
        last = self.tokens[self.index - 1]
        if len(parts) == len(("format", "path")) and last.kind == "quoted" and parts[0].upper() in PATH_FORMATS:
            return self._named((), begin, path=parts[1])
        return self._named(tuple(parts), begin)

    def _is_name(self, distance: int) -> bool:
        index = self.index + distance
        return index < len(self.tokens) and self.tokens[index].is_name

    def _named(
        self, parts: tuple[str, ...], begin: int, *, dynamic: bool = False, path: str | None = None
    ) -> TableName:
        start, end = self.tokens[begin].start, self.tokens[self.index - 1].end
        return TableName(
            parts=parts,
            text=self.template.text[start:end],
            start=start,
            end=end,
            has_hole=bool(self.template.holes_in(start, end)),
            path=path,
            dynamic=dynamic,
        )
