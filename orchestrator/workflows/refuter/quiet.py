"""A file without the sentences in its values and names: lines stay where they are, and so does all that is code."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

import yaml

from orchestrator.workflows.refuter.prose import is_prose, is_statement, mark, unnamed, without_sql_comments

_LITERAL = re.compile(r"""(?s)([A-Za-z]{0,2})(\"\"\"|'''|"|')(.*)\2""")
_PLACE = re.compile(r"\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}")
_PLAIN_PLACE = re.compile(r"\{[\w.!:\[\]]*\}|%\(\w+\)\w|\$\{[\w.]+\}")
_ESCAPED = re.compile(r"\\[ntr]|\\\n")
# A quote that does not end takes the rest with it: looking for its end from each quote anew would take for ever.
_QUOTED = re.compile(r"""(?<!\w)'(?:[^'\\]|\\.|'')*'?|"(?:[^"\\]|\\.|"")*"?""")
_ON_A_LINE = re.compile(r"""(?<!\w)'(?:[^'\\\n]|\\.|'')*'?|"(?:[^"\\\n]|\\.|"")*"?""")
_FILLERS = frozenset({tokenize.NL, tokenize.COMMENT})
_COMMANDS = frozenset(
    {"run", "command", "cmd", "script", "if", "sql", "query", "condition", "entry_point", "statement"}
)
"""Keys whose values are commands or expressions."""
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_YAML = (".yml", ".yaml")
_PYTHON = (".py", ".ipynb")
Edit = tuple[int, int, str]


class _Piece(NamedTuple):
    """A literal of Python: where it stands in the text, its letters before the quotes, and what is in them."""

    start: int
    end: int
    prefix: str
    body: str


def quiet(text: str, path: str) -> str:
    """The text of a file, comments left out already, with a mark for each sentence; it has as many lines."""
    if path.endswith(_PYTHON):
        said = _python(text)
        return unnamed(said)
    if path.endswith(_YAML):
        said = _edited(text, list(_in_yaml(text)))
        return unnamed(_on_lines(said), joined=True)
    said = _values(text) if path.endswith(".sql") else _on_lines(text)
    return unnamed(said, joined=not path.endswith(".sql"))


def _edited(text: str, edits: Sequence[Edit]) -> str:
    for start, end, put in sorted(edits, reverse=True):
        text = text[:start] + put + text[end:]
    return text


def _marked(body: str, whole: str) -> str:
    """A mark on each line of a sentence that has words."""
    stands = mark("prose", whole)
    return "\n".join(stands if line.strip() else line for line in body.split("\n"))


def _values(text: str) -> str:
    """SQL whose quoted sentences are marked, those over several lines too."""
    return _QUOTED.sub(_quoted, text)


def _on_lines(text: str) -> str:
    return _ON_A_LINE.sub(_quoted, text)


def _quoted(match: re.Match[str]) -> str:
    quote = match[0][0]
    end = quote if len(match[0]) > 1 and match[0].endswith(quote) else ""
    body = match[0][1:].removesuffix(end)
    return f"{quote}{_marked(body, body)}{end}" if is_prose(body) else match[0]


def _python(text: str) -> str:
    """Python, and the lines of magics in it, whose sentences are marked."""
    offsets = _offsets(text)
    edits: list[Edit] = []
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (SyntaxError, tokenize.TokenError):
        return _on_lines(text)
    for group, is_split in _literals(tokens, offsets):
        edits += _of_group(group, is_split=is_split)
    for token in tokens:
        if token.type == tokenize.COMMENT:
            start = offsets[token.start[0] - 1] + token.start[1]
            edits.append((start, start + len(token.string), _on_lines(token.string)))
    return _edited(text, edits)


def _offsets(text: str) -> list[int]:
    places = [0]
    for line in io.StringIO(text):
        places.append(places[-1] + len(line))
    return places


def _literals(tokens: Sequence[tokenize.TokenInfo], offsets: Sequence[int]) -> Iterator[tuple[list[_Piece], bool]]:
    """The literals of Python, those that are joined together as one; and whether their words are taken apart."""
    group: list[_Piece] = []
    code = [token for token in tokens if token.type not in _FILLERS]
    for at, token in enumerate(code):
        piece = _piece(token, offsets)
        if piece is not None:
            group.append(piece)
        elif group and not (token.string == "+" and at + 1 < len(code) and _piece(code[at + 1], offsets)):
            yield group, token.string == "." and code[at + 1].string == "split"
            group = []
    if group:
        yield group, False


def _piece(token: tokenize.TokenInfo, offsets: Sequence[int]) -> _Piece | None:
    start = offsets[token.start[0] - 1] + token.start[1] if token.start[0] <= len(offsets) else 0
    if token.type == getattr(tokenize, "FSTRING_MIDDLE", -1):
        return _Piece(start, start + len(token.string), "", token.string)
    match = _LITERAL.fullmatch(token.string) if token.type == tokenize.STRING else None
    if match is None:
        return None
    return _Piece(start + match.start(3), start + match.end(3), match[1].lower(), match[3])


def _of_group(group: Sequence[_Piece], *, is_split: bool) -> Iterator[Edit]:
    said = "".join((_PLACE.sub(" ", each.body) if "f" in each.prefix else each.body) for each in group)
    plain = _ESCAPED.sub(" ", said)
    is_raw = any("r" in each.prefix for each in group)
    prose = is_prose(plain, is_raw=is_raw) and not (is_split and not plain.rstrip().endswith((".", "!", "?")))
    for piece in group:
        if not prose:
            put = _code(piece.body) if is_statement(plain) else _on_lines(piece.body)
        else:
            put = _around_places(piece, plain)
        yield piece.start, piece.end, unnamed(put, joined=True)


def _code(body: str) -> str:
    return _values(without_sql_comments(body))


def _around_places(piece: _Piece, whole: str) -> str:
    """A sentence as marks between its placeholders."""
    places = _PLACE if "f" in piece.prefix else _PLAIN_PLACE
    kept = [match[0] for match in places.finditer(piece.body)]
    parts = [_marked(part, whole) if any(map(str.isalpha, part)) else part for part in places.split(piece.body)]
    return "".join(part + place for part, place in zip(parts, [*kept, ""], strict=True))


def _in_yaml(text: str) -> Iterator[Edit]:
    """The sentences of YAML, values and keys; what stands after a place that cannot be read is left."""
    key, is_key = "", False
    for token in _tokens(text):
        if isinstance(token, yaml.ScalarToken):
            if is_prose(token.value) and (is_key or key not in _COMMANDS):
                yield _of_scalar(token, text)
            key = token.value if is_key else key
        is_key = isinstance(token, yaml.KeyToken)


def _tokens(text: str) -> Iterator[yaml.Token]:
    with suppress(yaml.YAMLError):
        yield from yaml.scan(text, Loader=_LOADER)


def _of_scalar(token: yaml.ScalarToken, text: str) -> Edit:
    start, end = token.start_mark.index, token.end_mark.index
    if token.style in {"|", ">"}:
        start = min(text.find("\n", start) + 1 or end, end)
    body = text[start:end]
    quote = body[0] if token.style in {'"', "'"} else ""
    lines = body.split("\n")
    stands = mark("prose", token.value)
    put = [f"{line[: len(line) - len(line.lstrip())]}{stands}" if line.strip() else line for line in lines]
    if quote:
        put[0] = quote + stands
        put[-1] += quote
    return start, end, "\n".join(put)
