"""SQL as tokens: one pass over the text, exact offsets, no parser loaded.

The lexical grammar of Databricks SQL is small, so it is one expression here instead of a 145 ms import.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, NamedTuple

TokenKind = Literal["word", "quoted", "string", "number", "parameter", "body", "operator"]

_KINDS: Final[dict[str, TokenKind]] = {
    "word": "word",
    "quoted": "quoted",
    "string": "string",
    "number": "number",
    "parameter": "parameter",
    "body": "body",
    "operator": "operator",
}
_LITERAL: Final = frozenset({"quoted", "string", "body"})

MAX_CHARACTERS: Final = 1_000_000
MAX_TOKENS: Final = 200_000

_TOKEN = re.compile(
    r"""\s*+(?:
      (?P<comment>--[^\n]*+)
    | (?P<block>/\*)
    | (?P<string>[rR]'[^']*+' | [rR]"[^"]*+" | '(?:[^'\\]++|\\.|'')*+' | "(?:[^"\\]++|\\.|"")*+")
    | (?P<quoted>`(?:[^`]++|``)*+`)
    | (?P<body>\$\$.*?\$\$)
    | (?P<number>(?:\d++(?:\.\d*+)?+|\.\d++)(?:[eE][+-]?\d++)?(?:BD|bd|[LSYDFlsydf])?+(?!\w))
    | (?P<word>\w++)
    | (?P<parameter>(?<![\w`)\]:"'\.]):(?=[A-Za-z_])\w++ | \?(?![?:]))
    | (?P<open>['"`]|\$\$)
    | (?P<operator><=>|<=|>=|<>|!=|==|\|\||\|>|->|=>|::|:=|.)
    )""",
    re.VERBOSE | re.DOTALL,
)
_BLOCK_EDGE = re.compile(r"/\*|\*/")
_UNESCAPE = re.compile(r"\\(.)", re.DOTALL)

_HEADS: Final = (
    "SELECT|WITH|INSERT|UPDATE|DELETE|MERGE|CREATE|ALTER|DROP|TRUNCATE|VACUUM|OPTIMIZE|ANALYZE|GRANT|REVOKE|DENY|SHOW|"
    "DESCRIBE|DESC|EXPLAIN|USE|SET|RESET|CACHE|UNCACHE|CLEAR|REFRESH|RESTORE|REORG|COPY|MSCK|CALL|EXECUTE|DECLARE|"
    "COMMENT|APPLY|BEGIN|FROM|VALUES|TABLE|LIST|PUT|REMOVE|GET|UNDROP|REPLACE|CONVERT|FSCK|REPAIR|SYNC|ADD|GENERATE"
)
_SQL_HEAD = re.compile(rf"(?<![\w.])(?:{_HEADS})(?!\w)", re.IGNORECASE)


class Token(NamedTuple):
    """One token; `upper` is the keyword to compare with, and empty for strings and quoted identifiers."""

    kind: TokenKind
    text: str
    upper: str
    start: int
    end: int

    @property
    def value(self) -> str:
        """What the token stands for: a string or quoted identifier without its quotes, else the text."""
        if self.kind == "quoted":
            return self.text[1:-1].replace("``", "`")
        if self.kind == "body":
            return self.text[2:-2]
        if self.kind != "string":
            return self.text
        if self.text[0] in "rR":
            return self.text[2:-1]
        quote, inner = self.text[0], self.text[1:-1]
        return _UNESCAPE.sub(r"\1", inner).replace(quote * 2, quote)

    @property
    def is_name(self) -> bool:
        """Whether it can be a part of a name."""
        return self.kind in ("word", "quoted")


class Comment(NamedTuple):
    """One comment with its marks; a hint (`/*+ ... */`) is a comment too."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Lexed:
    """The tokens of a text; `error` says why they stop early, if they do."""

    tokens: tuple[Token, ...]
    comments: tuple[Comment, ...] = ()
    error: str | None = None

    def between(self, start: int, end: int) -> tuple[Token, ...]:
        """The tokens that begin at or after `start` and before `end`."""
        first = bisect_left(self.tokens, start, key=_start)
        return self.tokens[first : bisect_left(self.tokens, end, key=_start)]


def _start(token: Token) -> int:
    return token.start


def has_sql_head(text: str) -> bool:
    """Whether any word of the text begins an SQL statement: cheap, and never wrong when it says no."""
    return _SQL_HEAD.search(text) is not None


@lru_cache(maxsize=8)
def lex(text: str) -> Lexed:
    """The tokens of the text, up to the first thing that cannot be read and at most `MAX_TOKENS`."""
    if len(text) > MAX_CHARACTERS:
        return Lexed(tokens=(), error=f"the SQL is longer than {MAX_CHARACTERS:,} characters")
    return _Lexer(text).run()


class _Lexer:
    """The state of one pass: where it is, what it found."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[Token] = []
        self.comments: list[Comment] = []
        self.nested_comments = True

    def run(self) -> Lexed:
        """Read to the end or to the first error."""
        error = self._read()
        return Lexed(tokens=tuple(self.tokens), comments=tuple(self.comments), error=error)

    def _read(self) -> str | None:
        text, tokens, match_at, position = self.text, self.tokens, _TOKEN.match, 0
        while match := match_at(text, position):
            kind = match.lastgroup
            start, position = match.span(kind or 0)
            token_kind = _KINDS.get(kind or "")
            if token_kind is not None:
                found = text[start:position]
                upper = "" if token_kind in _LITERAL else found.upper()
                tokens.append(Token(token_kind, found, upper, start, position))
                if len(tokens) >= MAX_TOKENS:
                    return f"the SQL has more than {MAX_TOKENS:,} tokens"
                continue
            if kind == "open":
                return self._problem("nothing closes the quote", start)
            if kind == "block":
                position = self._block_end(start)
            if position < 0:
                return self._problem("nothing closes the comment", start)
            self.comments.append(Comment(text[start:position], start, position))
        return None

    def _problem(self, what: str, start: int) -> str:
        line = self.text.count("\n", 0, start) + 1
        return f"{what} that opens on line {line} of the SQL"

    def _block_end(self, start: int) -> int:
        """The end of the comment, whose inner comments Spark nests; -1 when nothing closes it."""
        if self.nested_comments:
            end = self._nested_end(start)
            if end >= 0:
                return end
            # An unbalanced mark (`/* /data/* */`) ends nesting for the whole text: looking again costs a full scan.
            self.nested_comments = False
        closing = self.text.find("*/", start + 2)
        return closing + 2 if closing >= 0 else -1

    def _nested_end(self, start: int) -> int:
        depth = 0
        for edge in _BLOCK_EDGE.finditer(self.text, start):
            depth += 1 if edge.group() == "/*" else -1
            if depth == 0:
                return edge.end()
        return -1
