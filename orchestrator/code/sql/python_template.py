"""SQL that Python builds: literals, f-strings, concatenation and formatting, with holes for what is not known."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from orchestrator.code.sql.python_literal import literal_pieces
from orchestrator.code.sql.template import HoleKind, Piece, Template, from_pieces

ValueOf = Callable[[ast.expr], "ast.expr | None"]

_MAX_NODES: Final = 2_000
_MAX_DEPTH: Final = 40
_MAX_TEXT: Final = 1_000_000
_PERCENT = re.compile(r"%(?:\((?P<name>[^()]*)\))?[#0\- +]*(?:\d+|\*)?(?:\.\d+)?(?P<kind>[sdifrax%])")
_FIELD = re.compile(r"\{\{|\}\}|\{(?P<name>\w*)(?P<rest>[.\[!:][^{}]*)?\}")
_TRANSPARENT: Final = frozenset({"strip", "lstrip", "rstrip", "dedent", "cleandoc", "str", "text", "expandtabs"})
_WIDGETS: Final = frozenset({"get", "getArgument", "getAll"})


def from_python(node: ast.expr, value_of: ValueOf, *, lines: Sequence[str] = ()) -> Template | None:
    """The template of the string that the expression yields, or None when it cannot be a string.

    `value_of` gives the expression that defines a name, or None; `lines` are the lines of the host's text, without
    which only the line of each literal is known. What cannot be resolved becomes a hole with its node.
    """
    if isinstance(node, ast.Constant) and not isinstance(node.value, str):
        return None
    if isinstance(node, ast.List | ast.Tuple | ast.Dict | ast.Set | ast.Compare | ast.Lambda):
        return None
    return from_pieces(list(_Reader(value_of=value_of, lines=lines).pieces(node, depth=0)))


@dataclass(kw_only=True)
class _Reader:
    """Reads one expression; `budget` bounds the nodes looked at, since names may double text at every step."""

    value_of: ValueOf
    lines: Sequence[str]
    budget: int = _MAX_NODES
    room: int = _MAX_TEXT
    resolving: set[int] = field(default_factory=set)

    def pieces(self, node: ast.expr, *, depth: int) -> Iterator[Piece]:
        """The pieces of the string that the node yields; a hole when it cannot be told."""
        self.budget -= 1
        if depth > _MAX_DEPTH or self.budget < 0 or self.room < 0:
            yield _hole(node)
            return
        match node:
            case ast.Constant(value=str()):
                yield from self._constant(node)
            case ast.JoinedStr():
                yield from self._joined(node, depth)
            case ast.BinOp():
                yield from self._operation(node, depth)
            case ast.Call():
                yield from self._call(node, depth)
            case ast.Name() | ast.Attribute():
                yield from self._name(node, depth)
            case _:
                yield _hole(node)

    def _operation(self, node: ast.BinOp, depth: int) -> Iterator[Piece]:
        if isinstance(node.op, ast.Mod):
            yield from self._percent(node, depth)
        elif isinstance(node.op, ast.Add):
            for operand in _operands(node):
                yield from self._inner(operand, operand, depth)
        else:
            yield _hole(node)

    def _constant(self, node: ast.Constant) -> Iterator[Piece]:
        text = str(node.value)
        self.room -= len(text)
        pieces = literal_pieces(node, self.lines)
        if pieces is None:
            yield _approximate(node, text)
        else:
            yield from pieces

    def _joined(self, node: ast.JoinedStr, depth: int) -> Iterator[Piece]:
        expressions = iter([part for part in node.values if isinstance(part, ast.FormattedValue)])
        for piece in literal_pieces(node, self.lines) or _approximate_parts(node):
            if piece.kind is None:
                self.room -= len(piece.text)
                yield piece
                continue
            expression = next(expressions)
            if expression.conversion != -1 or expression.format_spec is not None:
                yield piece._replace(node=expression.value, kind=_kind(expression.value))
            else:
                yield from self._placed(expression.value, piece, depth)

    def _placed(self, node: ast.expr, place: Piece, depth: int) -> Iterator[Piece]:
        """The node's pieces, all of which stand where the placeholder stands."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str | int | float):
            yield place._replace(text=str(node.value), kind=None, node=None, verbatim=False)
            return
        found = list(self.pieces(node, depth=depth + 1))
        if len(found) == 1 and found[0].kind is not None and found[0].node is node:
            yield place._replace(node=node, kind=found[0].kind)
            return
        for piece in found:
            yield _standing(piece, place)

    def _inner(self, node: ast.expr, place: ast.expr, depth: int) -> Iterator[Piece]:
        """An operand: a literal keeps its own places, a name stands where it is used."""
        if isinstance(node, ast.Name | ast.Attribute):
            yield from self._placed(node, _hole(place), depth)
        else:
            yield from self.pieces(node, depth=depth + 1)

    def _name(self, node: ast.expr, depth: int) -> Iterator[Piece]:
        value = self.value_of(node)
        if value is None or id(value) in self.resolving:
            yield _hole(node)
            return
        if (
            isinstance(value, ast.Constant)
            and isinstance(value.value, int | float)
            and not isinstance(value.value, bool)
        ):
            yield _hole(node)._replace(text=str(value.value), kind=None, node=None)
            return
        self.resolving.add(id(value))
        found = list(self.pieces(value, depth=depth + 1))
        self.resolving.discard(id(value))
        if len(found) == 1 and found[0].node is value:
            # The name says more to a reader than the call behind it, and the call says more to a rule.
            yield _hole(node)._replace(node=value, kind=found[0].kind)
        else:
            yield from found

    def _call(self, node: ast.Call, depth: int) -> Iterator[Piece]:
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called == "format" and isinstance(node.func, ast.Attribute):
            yield from self._format(node, node.func.value, depth)
        elif called == "join" and isinstance(node.func, ast.Attribute) and len(node.args) == 1:
            yield from self._join(node, node.func.value, depth)
        elif called in _TRANSPARENT and _subject(node) is not None:
            yield from self.pieces(_subject(node) or node, depth=depth + 1)
        else:
            yield _hole(node)

    def _join(self, node: ast.Call, separator: ast.expr, depth: int) -> Iterator[Piece]:
        items = node.args[0]
        if isinstance(items, ast.Name):
            items = self.value_of(items) or items
        if not isinstance(items, ast.List | ast.Tuple) or any(isinstance(item, ast.Starred) for item in items.elts):
            yield _hole(node)
            return
        for index, item in enumerate(items.elts):
            if index:
                yield from self._placed(separator, _hole(separator), depth)
            yield from self._inner(item, item, depth)

    def _percent(self, node: ast.BinOp, depth: int) -> Iterator[Piece]:
        values = _Values(right=node.right)
        for piece in self.pieces(node.left, depth=depth + 1):
            if piece.kind is not None:
                yield piece
                continue
            yield from self._substituted(piece, _PERCENT, values, depth)

    def _format(self, node: ast.Call, template: ast.expr, depth: int) -> Iterator[Piece]:
        values = _Values(call=node)
        for piece in self.pieces(template, depth=depth + 1):
            if piece.kind is not None:
                yield piece
                continue
            yield from self._substituted(piece, _FIELD, values, depth)

    def _substituted(self, piece: Piece, pattern: re.Pattern[str], values: _Values, depth: int) -> Iterator[Piece]:
        done = 0
        before = piece.part(0, 0)
        for found in pattern.finditer(piece.text):
            rest = piece.part(done, found.start(), after=before)
            before = place = piece.part(found.start(), found.end(), after=rest)
            done = found.end()
            yield rest
            if found.group() in ("%%", "{{", "}}"):
                yield place._replace(text=found.group()[0], verbatim=False)
                continue
            value = values.of(found)
            if value is None or found.groupdict().get("rest"):
                yield place.hole("expression" if value is not None else "marker")._replace(node=value)
            else:
                yield from self._placed(value, place.hole("expression")._replace(text=_source(value)), depth)
        yield piece.part(done, len(piece.text), after=before)


class _Values:
    """What stands behind the fields of `%` or `.format`: by name, or one after the other."""

    def __init__(self, *, right: ast.expr | None = None, call: ast.Call | None = None) -> None:
        self.positional: list[ast.expr] = []
        self.named: dict[str, ast.expr] = {}
        self.next = 0
        if call is not None:
            self.positional = list(call.args)
            self.named = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
        elif isinstance(right, ast.Tuple):
            self.positional = list(right.elts)
        elif isinstance(right, ast.Dict):
            self.named = {
                str(key.value): value
                for key, value in zip(right.keys, right.values, strict=True)
                if isinstance(key, ast.Constant)
            }
        elif right is not None:
            self.positional = [right]

    def of(self, found: re.Match[str]) -> ast.expr | None:
        """The expression of the field, or None when the call does not show it."""
        name = found["name"]
        if name and not name.isdecimal():
            return self.named.get(name)
        index = int(name) if name and len(name) < len("1000") else self.next
        self.next += 1
        value = self.positional[index] if index < len(self.positional) else None
        return None if isinstance(value, ast.Starred) else value


def _operands(node: ast.BinOp) -> list[ast.expr]:
    """The operands of a chain of `+`, left to right, without recursion along its left side."""
    operands: list[ast.expr] = []
    left: ast.expr = node
    while isinstance(left, ast.BinOp) and isinstance(left.op, ast.Add):
        operands.append(left.right)
        left = left.left
    return [left, *reversed(operands)]


def _subject(call: ast.Call) -> ast.expr | None:
    """The string behind `x.strip()`, `dedent(x)` or `str(x)`: calls that keep its SQL."""
    if len(call.args) == 1 and not call.keywords:
        return None if isinstance(call.args[0], ast.Starred) else call.args[0]
    if not call.args and not call.keywords and isinstance(call.func, ast.Attribute):
        return call.func.value
    return None


def _standing(piece: Piece, place: Piece) -> Piece:
    return piece._replace(
        line=place.line,
        column=place.column,
        end_line=place.end_line,
        end_column=place.end_column,
        verbatim=False,
    )


def _hole(node: ast.expr) -> Piece:
    return Piece(
        text=_source(node),
        line=node.lineno,
        column=node.col_offset + 1,
        end_line=node.end_lineno or node.lineno,
        end_column=(node.end_col_offset or node.col_offset) + 1,
        kind=_kind(node),
        node=node,
    )


def _kind(node: ast.expr) -> HoleKind:
    match node:
        case ast.Call(func=ast.Attribute(attr=attribute, value=ast.Attribute(attr="widgets"))) if attribute in _WIDGETS:
            return "widget"
    return "expression"


def _source(node: ast.expr) -> str:
    try:
        return ast.unparse(node)[:500]
    except RecursionError:
        return type(node).__name__


def _approximate(node: ast.expr, text: str) -> Piece:
    """The text at the literal's lines; columns are only those of the literal."""
    end_line = node.end_lineno or node.lineno
    spread = text.count("\n") == end_line - node.lineno and end_line > node.lineno
    return Piece(
        text=text,
        line=node.lineno,
        column=1 if spread else node.col_offset + 1,
        end_line=end_line,
        end_column=(node.end_col_offset or 0) + 1,
        verbatim=spread,
    )


def _approximate_parts(node: ast.JoinedStr) -> Iterator[Piece]:
    line = node.lineno
    end_line = node.end_lineno or line
    spread = sum(str(part.value).count("\n") for part in node.values if isinstance(part, ast.Constant))
    for part in node.values:
        text = str(part.value) if isinstance(part, ast.Constant) else _source(part)
        if isinstance(part, ast.FormattedValue):
            yield _approximate(node, "")._replace(text=_source(part.value), kind="expression", line=line, end_line=line)
        elif spread == end_line - node.lineno:
            yield _approximate(node, text)._replace(line=line, column=1, verbatim=True)
            line += text.count("\n")
        else:
            yield _approximate(node, text)._replace(verbatim=False)
