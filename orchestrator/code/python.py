"""One Python file, or the Python cells of one notebook, parsed and indexed once for every rule."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from orchestrator.code.index import FunctionNode, NodeT, TreeIndex, index_tree
from orchestrator.code.scopes import Binding, BindingKind, Scopes
from orchestrator.code.source import SourceFile
from orchestrator.code.syntax import read_tree

if TYPE_CHECKING:
    from orchestrator.code.notebook import Notebook
    from orchestrator.code.sql import SqlUnit
    from orchestrator.types import Edit, Location

MAX_DEPTH = 60
"""How many definitions a look-up follows before it gives up: real code stays under 10."""

Constant = str | int | float | bool | bytes | None


class Call(NamedTuple):
    """A call with what rules ask of it first: the last name, and what stands before the dot."""

    node: ast.Call
    name: str
    receiver: ast.expr | None

    def argument(self, place: int, keyword: str) -> ast.expr | None:
        """The argument at that place or of that keyword."""
        for given in self.node.keywords:
            if given.arg == keyword:
                return given.value
        positional = self.node.args
        if 0 <= place < len(positional) and not any(isinstance(arg, ast.Starred) for arg in positional[: place + 1]):
            return positional[place]
        return None

    @property
    def unpacks(self) -> bool:
        """Whether arguments are passed by `*` or `**`, so that their absence proves nothing."""
        return any(isinstance(arg, ast.Starred) for arg in self.node.args) or any(
            given.arg is None for given in self.node.keywords
        )


def as_call(node: ast.AST | None) -> Call | None:
    """The node as a `Call`, or None where it is none or its function has no name."""
    if not isinstance(node, ast.Call):
        return None
    if isinstance(node.func, ast.Attribute):
        return Call(node, node.func.attr, node.func.value)
    if isinstance(node.func, ast.Name):
        return Call(node, node.func.id, None)
    return None


@dataclass(frozen=True, eq=False)
class PythonFile:
    """A parsed file; every node's line is a line of `source.text`."""

    source: SourceFile
    notebook: Notebook | None = None
    problem: str | None = None
    """Why some cells are missing from the tree, if any are."""

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree; one that was dropped by `release` is made anew, of other nodes."""
        tree, _ = read_tree(self.source, self.notebook)
        return tree if isinstance(tree, ast.Module) else ast.Module(body=[], type_ignores=[])

    @property
    def path(self) -> str:
        """The file's path, relative to the project."""
        return self.source.path

    @cached_property
    def index(self) -> TreeIndex:
        """The nodes by type, and their parents."""
        return index_tree(self.tree)

    @cached_property
    def scopes(self) -> Scopes:
        """The bindings of every name."""
        return Scopes(self.tree, self.index)

    def release(self) -> None:
        """Drop the tree and all that was built on it; the next question builds it anew, of other nodes."""
        for name in ("tree", "index", "scopes", "calls", "_calls_by_name", "sql_units", "functions"):
            self.__dict__.pop(name, None)

    def nodes(self, kind: type[NodeT]) -> list[NodeT]:
        """Every node of exactly that type, in source order."""
        return self.index.all(kind)

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """Every call of a named function or method, in source order."""
        found = (as_call(node) for node in self.nodes(ast.Call))
        return tuple(call for call in found if call is not None)

    @cached_property
    def _calls_by_name(self) -> dict[str, list[Call]]:
        table: dict[str, list[Call]] = {}
        for call in self.calls:
            table.setdefault(call.name, []).append(call)
        return table

    def calls_named(self, *names: str) -> Iterator[Call]:
        """The calls whose last name is one of these, in source order for each name."""
        for name in names:
            yield from self._calls_by_name.get(name, ())

    @cached_property
    def imports(self) -> dict[str, str]:
        """Local name to dotted name, for every import in the file."""
        table: dict[str, str] = {}
        for statement in self.nodes(ast.Import):
            for alias in statement.names:
                local = alias.asname or alias.name.split(".")[0]
                table[local] = alias.name if alias.asname else local
        for source in self.nodes(ast.ImportFrom):
            for alias in source.names:
                if alias.name != "*":
                    dots = "." * source.level
                    table[alias.asname or alias.name] = f"{dots}{source.module or ''}.{alias.name}"
        return table

    @cached_property
    def star_imports(self) -> tuple[str, ...]:
        """The modules imported with `*`."""
        return tuple(
            statement.module or ""
            for statement in self.nodes(ast.ImportFrom)
            if any(alias.name == "*" for alias in statement.names)
        )

    @cached_property
    def modules(self) -> frozenset[str]:
        """Every module that the file imports, dotted, as written."""
        plain = {alias.name for statement in self.nodes(ast.Import) for alias in statement.names}
        return frozenset(plain | {statement.module or "" for statement in self.nodes(ast.ImportFrom)})

    def imports_any(self, *packages: str) -> bool:
        """Whether the file imports one of these packages or something inside it."""
        return any(module == name or module.startswith(f"{name}.") for module in self.modules for name in packages)

    def dotted(self, node: ast.expr | None) -> str | None:
        """The dotted name of an expression with its imports resolved; None where it is no plain name."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return None
        parts.append(self.imports.get(node.id, node.id))
        return ".".join(reversed(parts))

    def parent(self, node: ast.AST) -> ast.AST | None:
        """The node that holds this one."""
        return self.index.parents.get(node)

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes around this one, nearest first."""
        return self.index.ancestors(node)

    def statement(self, node: ast.AST) -> ast.stmt | None:
        """The statement that the node is or stands in."""
        if isinstance(node, ast.stmt):
            return node
        return next((parent for parent in self.ancestors(node) if isinstance(parent, ast.stmt)), None)

    def function(self, node: ast.AST) -> FunctionNode | None:
        """The nearest function around the node."""
        return next((parent for parent in self.ancestors(node) if isinstance(parent, FunctionNode)), None)

    def symbol(self, node: ast.AST) -> str:
        """The dotted name of the functions and classes around the node: part of a finding's fingerprint."""
        around = [parent.name for parent in self.ancestors(node) if isinstance(parent, FunctionNode | ast.ClassDef)]
        return ".".join(reversed(around))

    def symbol_at(self, line: int) -> str:
        """The dotted name of the functions and classes around a line of `source.text`."""
        return self._symbols.get(line, "")

    @cached_property
    def _symbols(self) -> dict[int, str]:
        kinds: tuple[type[FunctionNode | ast.ClassDef], ...] = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        named = [node for kind in kinds for node in self.nodes(kind)]
        symbols: dict[int, str] = {}
        for node in sorted(named, key=lambda node: node.lineno):
            name = f"{self.symbol(node)}.{node.name}".lstrip(".")
            symbols.update(dict.fromkeys(range(node.lineno, (node.end_lineno or node.lineno) + 1), name))
        return symbols

    def text(self, node: ast.AST) -> str:
        """The source of a node as it is written."""
        start, end = self.columns(node)
        first: int = getattr(node, "lineno", 1)
        lines = list(self.source.lines[first - 1 : getattr(node, "end_lineno", first)])
        if not lines:
            return ast.unparse(node)
        lines[-1] = lines[-1][: end - 1]
        lines[0] = lines[0][start - 1 :]
        return "\n".join(lines)

    @cached_property
    def sql_units(self) -> dict[ast.Call, SqlUnit]:
        """The SQL that the file hands to `spark.sql` and its like, by the call."""
        from orchestrator.code.sql import python_unit

        units: dict[ast.Call, SqlUnit] = {}
        for call in self.calls_named("sql"):
            text = call.argument(0, "sqlQuery") or call.argument(0, "query")
            if call.receiver is None or text is None:
                continue
            unit = python_unit(self.source, text, self.value_of)
            if unit is not None:
                units[call.node] = unit
        return units

    @cached_property
    def functions(self) -> dict[str, FunctionNode]:
        """The functions and methods of the file by name; the last of a name wins."""
        found: list[FunctionNode] = [*self.nodes(ast.FunctionDef), *self.nodes(ast.AsyncFunctionDef)]
        return {function.name: function for function in found}

    def definitions(self, name: ast.Name) -> tuple[Binding, ...]:
        """The bindings that may give the name its value at this use."""
        return self.scopes.definitions(name)

    def value_of(self, node: ast.expr) -> ast.expr | None:
        """The one expression a name stands for at this use; None where there are several, or none is known."""
        for _ in range(MAX_DEPTH):
            if not isinstance(node, ast.Name):
                return node
            found = self.definitions(node)
            if len(found) != 1 or found[0].kind is not BindingKind.ASSIGN or found[0].value is None:
                return None
            node = found[0].value
        return None

    def constant(self, node: ast.expr | None, depth: int = 0) -> Constant:
        """The value of a constant expression, following names that are assigned once; None where it is not constant."""
        if node is None or depth > MAX_DEPTH:
            return None
        if isinstance(node, ast.Name):
            value = self.value_of(node)
            return None if value is None else self.constant(value, depth + 1)
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, str | int | float | bool | bytes) else None
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            inner = self.constant(node.operand, depth + 1)
            return -inner if isinstance(inner, int | float) else None
        if isinstance(node, ast.JoinedStr):
            return self._joined(node, depth)
        if isinstance(node, ast.BinOp):
            return self._sum(node, depth)
        return None

    def string(self, node: ast.expr | None) -> str | None:
        """The value of a constant string expression, or None."""
        value = self.constant(node)
        return value if isinstance(value, str) else None

    def pattern(self, node: ast.expr | None, depth: int = 0) -> str | None:
        """A string expression with `{source}` for each part that is not constant: equal patterns name equal things.

        None where the expression is no string at all, or all of it is unknown.
        """
        if node is None or depth > MAX_DEPTH:
            return None
        value = self.constant(node)
        if isinstance(value, str):
            return value
        if isinstance(node, ast.Name):
            known = self.value_of(node)
            return self.pattern(known, depth + 1) if known is not None else f"{{{node.id}}}"
        if isinstance(node, ast.JoinedStr):
            inner = (piece.value if isinstance(piece, ast.FormattedValue) else piece for piece in node.values)
            return "".join(self.pattern(piece, depth + 1) or f"{{{ast.unparse(piece)}}}" for piece in inner)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left, right = self.pattern(node.left, depth + 1), self.pattern(node.right, depth + 1)
            return left + right if left is not None and right is not None else None
        return f"{{{ast.unparse(node)}}}" if isinstance(node, ast.Attribute | ast.Subscript) else None

    def _joined(self, node: ast.JoinedStr, depth: int) -> str | None:
        parts: list[str] = []
        for piece in node.values:
            inner = piece.value if isinstance(piece, ast.FormattedValue) else piece
            value = self.constant(inner, depth + 1)
            if value is None:
                return None
            parts.append(str(value))
        return "".join(parts)

    def _sum(self, node: ast.BinOp, depth: int) -> Constant:
        left, right = self.constant(node.left, depth + 1), self.constant(node.right, depth + 1)
        if isinstance(node.op, ast.Add):
            if isinstance(left, str) and isinstance(right, str):
                return left + right
            if isinstance(left, int | float) and isinstance(right, int | float):
                return left + right
        if isinstance(node.op, ast.Mult) and isinstance(left, int | float) and isinstance(right, int | float):
            return left * right
        return None

    def columns(self, node: ast.AST) -> tuple[int, int]:
        """The start and end column of a node, counted in code points from 1; `ast` counts UTF-8 bytes from 0."""
        start_line, end_line = getattr(node, "lineno", 1), getattr(node, "end_lineno", 1)
        start, end = getattr(node, "col_offset", 0), getattr(node, "end_col_offset", 0)
        return self._column(start_line, start), self._column(end_line, end)

    def _column(self, line: int, offset: int) -> int:
        lines = self.source.lines
        text = lines[line - 1] if 0 < line <= len(lines) else ""
        before = self.notebook.offset(line) if self.notebook is not None and " MAGIC " in text[:9] else 0
        text = text[before:]
        return before + (offset if text.isascii() else len(text.encode()[:offset].decode(errors="ignore"))) + 1

    def location(self, node: ast.AST) -> Location:
        """The place of a node on disk."""
        start, end = self.columns(node)
        first: int = getattr(node, "lineno", 1)
        return self.source.location(first, getattr(node, "end_lineno", first), start, end)

    def head_location(self, node: ast.AST) -> Location:
        """The first line of a node on disk: for loops and functions, whose whole span is too much to show."""
        start, end = self.columns(node)
        first: int = getattr(node, "lineno", 1)
        last: int = getattr(node, "end_lineno", first)
        return self.source.location(first, first, start, end if last == first else None)

    def call_location(self, call: Call) -> Location:
        """The place of a call's own name and arguments, without the chain before it."""
        start_line, start = call.node.lineno, self.columns(call.node)[0]
        if isinstance(call.node.func, ast.Attribute):
            value = call.node.func.value
            start_line = self._name_line(call.node.func)
            same = start_line == getattr(value, "end_lineno", 0)
            start = self.columns(value)[1] + 1 if same else 1
        last = call.node.end_lineno or start_line
        return self.source.location(start_line, last, start, self.columns(call.node)[1])

    def _name_line(self, attribute: ast.Attribute) -> int:
        """The line that holds the attribute's name: in a chain over several lines, not the first."""
        return attribute.end_lineno or attribute.lineno

    def edit(self, node: ast.AST, replacement: str) -> Edit:
        """The edit that replaces a node's text."""
        from orchestrator.types import Edit

        start, end = self.columns(node)
        first: int = getattr(node, "lineno", 1)
        last: int = getattr(node, "end_lineno", first)
        return Edit(
            path=self.path,
            start_line=first,
            start_column=start,
            end_line=last,
            end_column=end,
            replacement=replacement,
        )


def parse_python(source: SourceFile, notebook: Notebook | None = None) -> PythonFile | str:
    """The parsed file, or one sentence that says why it does not parse."""
    tree, problem = read_tree(source, notebook)
    if isinstance(tree, str):
        return tree
    file = PythonFile(source, notebook, problem)
    file.__dict__["tree"] = tree
    return file
