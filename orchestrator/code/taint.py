"""Values that somebody outside the code controls: widgets, arguments, requests and public parameters."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from orchestrator.code.index import FunctionNode
from orchestrator.code.python import Call, PythonFile, as_call
from orchestrator.code.scopes import Binding, BindingKind

MAX_DEPTH = 25
_CASTS = frozenset({"int", "float", "bool", "len", "date", "datetime", "strptime", "fromisoformat", "UUID", "Decimal"})
_CHECKS = frozenset({"isidentifier", "isdigit", "isnumeric", "isalnum", "fullmatch", "match"})
_CLEANING = ("validate", "sanitize", "sanitise", "quote", "escape", "check_", "ensure_", "assert_", "safe_", "allowed")
_CHOICE_WIDGETS = frozenset({"dropdown", "multiselect"})


class TaintKind(StrEnum):
    """Where a value comes from."""

    WIDGET = "widget"
    ARGUMENT = "argument"
    REQUEST = "request"
    PARAMETER = "parameter"
    ENVIRONMENT = "environment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taint:
    """One outside source of a value; `name` is the widget's, argument's or parameter's name."""

    kind: TaintKind
    name: str
    node: ast.AST


@dataclass(frozen=True, eq=False)
class Taints:
    """The outside sources of the values in one file."""

    file: PythonFile
    _busy: set[ast.AST] = field(default_factory=set)

    def of(self, node: ast.expr | None, depth: int = 0) -> Taint | None:
        """The first outside source that reaches an expression unchecked, or None."""
        if node is None or depth > MAX_DEPTH or node in self._busy:
            return None
        self._busy.add(node)
        try:
            return self._follow(node, depth + 1)
        finally:
            self._busy.discard(node)

    def _follow(self, node: ast.expr, depth: int) -> Taint | None:
        if self._is_checked_later(node):
            return None
        if isinstance(node, ast.Name):
            return self._name(node, depth)
        if isinstance(node, ast.Call):
            return self._call(node, depth)
        if isinstance(node, ast.Subscript):
            return self._subscript(node, depth)
        if isinstance(node, ast.Attribute):
            return self._attribute(node, depth)
        for child in _parts(node):
            found = self.of(child, depth)
            if found is not None:
                return found
        return None

    def _name(self, node: ast.Name, depth: int) -> Taint | None:
        if self._is_checked(node):
            return None
        for binding in self.file.definitions(node):
            found = self._binding(binding, depth)
            if found is not None:
                return found
        return None

    def _binding(self, binding: Binding, depth: int) -> Taint | None:
        if binding.kind is BindingKind.PARAMETER and isinstance(binding.node, ast.arg):
            return self._parameter(binding.node)
        if binding.kind in {BindingKind.ASSIGN, BindingKind.AUGMENT, BindingKind.UNPACK}:
            return self.of(binding.value, depth)
        return None

    def _parameter(self, argument: ast.arg) -> Taint | None:
        function = next((up for up in self.file.ancestors(argument) if isinstance(up, FunctionNode)), None)
        if function is None or argument.arg in {"self", "cls", "spark"} or function.name.startswith("_"):
            return None
        annotation = self.file.dotted(argument.annotation) or ""
        if annotation.rsplit(".", 1)[-1] in {"int", "float", "bool", "date", "datetime", "UUID"}:
            return None
        return Taint(kind=TaintKind.PARAMETER, name=argument.arg, node=argument)

    def _call(self, node: ast.Call, depth: int) -> Taint | None:
        call = as_call(node)
        if call is None or call.name in _CASTS or call.name.lower().startswith(_CLEANING):
            return None
        source = self._source(call)
        if source is not None:
            return source
        if call.name == "replace" and self.file.string(call.argument(0, "old")) in {"'", '"', "`"}:
            return None
        if call.receiver is not None and call.name in _TEXT_METHODS:
            return self.of(call.receiver, depth) or self._any(node.args, depth)
        if call.receiver is None and call.name in {"str", "format", "repr"}:
            return self._any(node.args, depth)
        if call.name == "format" and call.receiver is not None:
            return self._any([*node.args, *[given.value for given in node.keywords]], depth)
        return None

    def _any(self, nodes: list[ast.expr], depth: int) -> Taint | None:
        return next((found for node in nodes if (found := self.of(node, depth)) is not None), None)

    def _source(self, call: Call) -> Taint | None:
        dotted = self.file.dotted(call.node.func) or ""
        name = self.file.string(call.argument(0, "name")) or ""
        if dotted.endswith(("widgets.get", "widgets.getArgument")) or dotted == "getArgument":
            if name in self._choice_widgets:
                return None
            return Taint(kind=TaintKind.WIDGET, name=name, node=call.node)
        if dotted in {"os.getenv", "os.environ.get"}:
            return Taint(kind=TaintKind.ENVIRONMENT, name=name, node=call.node)
        if dotted == "input":
            return Taint(kind=TaintKind.ARGUMENT, name="input", node=call.node)
        if dotted.startswith(("request.args.", "request.form.", "flask.request.", "request.json")):
            return Taint(kind=TaintKind.REQUEST, name=name, node=call.node)
        return None

    @cached_property
    def _choice_widgets(self) -> frozenset[str]:
        names = (
            self.file.string(call.argument(0, "name"))
            for call in self.file.calls_named(*_CHOICE_WIDGETS)
            if (self.file.dotted(call.receiver) or "").endswith("widgets")
        )
        return frozenset(name for name in names if name)

    def _subscript(self, node: ast.Subscript, depth: int) -> Taint | None:
        dotted = self.file.dotted(node.value) or ""
        if dotted == "sys.argv":
            return Taint(kind=TaintKind.ARGUMENT, name=ast.unparse(node), node=node)
        if dotted == "os.environ":
            return Taint(kind=TaintKind.ENVIRONMENT, name=ast.unparse(node.slice), node=node)
        if dotted in {"request.args", "request.form", "request.json", "flask.request.args", "flask.request.form"}:
            return Taint(kind=TaintKind.REQUEST, name=ast.unparse(node.slice), node=node)
        if isinstance(node.value, ast.Name | ast.Subscript) and not self._is_parameter(node.value):
            return self.of(node.value, depth)
        return None

    def _is_parameter(self, node: ast.expr) -> bool:
        found = self.file.definitions(node) if isinstance(node, ast.Name) else ()
        return any(binding.kind is BindingKind.PARAMETER for binding in found)

    def _attribute(self, node: ast.Attribute, depth: int) -> Taint | None:
        """An attribute of parsed command-line arguments; other objects are configuration and trusted."""
        if not isinstance(node.value, ast.Name) or depth > MAX_DEPTH:
            return None
        value = self.file.value_of(node.value)
        call = as_call(value)
        if call is None or call.name not in {"parse_args", "parse_known_args"}:
            return None
        for added in self.file.calls_named("add_argument"):
            flag = (self.file.string(added.argument(0, "dest")) or "").lstrip("-").replace("-", "_")
            typed = self.file.dotted(added.argument(-1, "type")) or ""
            if flag == node.attr and (added.argument(-1, "choices") is not None or typed in _CASTS):
                return None
        return Taint(kind=TaintKind.ARGUMENT, name=node.attr, node=node)

    def _is_checked(self, use: ast.Name) -> bool:
        """Whether the function compares the name with a list, or tests its form, before the use."""
        scope = self.file.scopes.scope_of(use)
        return (scope, use.id) in self._checked

    def _is_checked_later(self, node: ast.expr) -> bool:
        """Whether the value gets a name, and the name is checked: SQL templates hold the value in place of the name."""
        parent = self.file.parent(node)
        if not isinstance(parent, ast.Assign) or len(parent.targets) != 1:
            return False
        target = parent.targets[0]
        return isinstance(target, ast.Name) and self._is_checked(target)

    @cached_property
    def _checked(self) -> frozenset[tuple[ast.AST, str]]:
        found: set[tuple[ast.AST, str]] = set()
        for compare in self.file.nodes(ast.Compare):
            if isinstance(compare.ops[0], ast.In | ast.NotIn):
                found.update(self._names_in(compare.left))
        for call in self.file.calls:
            if call.name in _CHECKS or call.name.lower().startswith(_CLEANING):
                for node in [*call.node.args, *([call.receiver] if call.receiver is not None else [])]:
                    found.update(self._names_in(node))
        return frozenset(found)

    def _names_in(self, node: ast.expr) -> set[tuple[ast.AST, str]]:
        names = [inner for inner in ast.walk(node) if isinstance(inner, ast.Name)]
        return {(self.file.scopes.scope_of(name), name.id) for name in names}


_TEXT_METHODS = frozenset(
    {"strip", "lower", "upper", "replace", "lstrip", "rstrip", "split", "join", "title", "removeprefix", "removesuffix",
     "encode", "decode", "get"}
)  # fmt: skip


def _parts(node: ast.expr) -> list[ast.expr]:
    match node:
        case ast.JoinedStr():
            return [piece.value for piece in node.values if isinstance(piece, ast.FormattedValue)]
        case ast.BinOp():
            return [node.left, node.right]
        case ast.BoolOp():
            return node.values
        case ast.IfExp():
            return [node.body, node.orelse]
        case ast.Tuple() | ast.List():
            return node.elts
        case ast.FormattedValue() | ast.NamedExpr() | ast.Starred():
            return [node.value]
    return []
