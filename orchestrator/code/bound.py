"""Whether a DataFrame is known to be small: the fact that separates a defect from a harmless `collect()`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from orchestrator.code.frames import COMBINING, Frame, Frames, Root, RootKind
from orchestrator.code.python import Call, as_call

if TYPE_CHECKING:
    import ast

    from orchestrator.code.sql import SqlUnit, Statement

METADATA = frozenset({"SHOW", "DESCRIBE", "EXPLAIN", "USE CATALOG", "USE SCHEMA", "SET", "LIST"})
_WRITING = ("CREATE", "DROP", "ALTER", "INSERT", "MERGE", "UPDATE", "DELETE", "GRANT", "REVOKE", "TRUNCATE", "VACUUM")
_SYSTEM = re.compile(r"^`?(system|information_schema)`?\.|\binformation_schema\b", re.IGNORECASE)
_AGGREGATES = frozenset(
    {"count", "sum", "max", "min", "avg", "mean", "countDistinct", "count_distinct", "approx_count_distinct", "first",
     "last", "stddev", "variance", "collect_list", "collect_set", "any_value", "max_by", "min_by", "bool_or",
     "bool_and", "sumDistinct", "percentile_approx", "corr", "skewness", "kurtosis", "every", "some", "count_if"}
)  # fmt: skip
_GROUPING = frozenset({"groupBy", "groupby", "rollup", "cube"})
_SMALL = frozenset({"limit", "describe", "summary", "take", "head", "tail", "first"})
SMALL_RANGE = 10_000


class Bound(StrEnum):
    """How many rows a frame may have."""

    BOUNDED = "bounded"
    UNBOUNDED = "unbounded"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Bounds:
    """The bounds of the frames of one file."""

    frames: Frames
    _busy: set[ast.Call] = field(default_factory=set)

    def of(self, node: ast.expr | None) -> Bound:
        """Whether the frame that an expression stands for is small."""
        return self.of_frame(self.frames.of(node))

    def of_frame(self, frame: Frame) -> Bound:
        """Whether a frame is small: some operation bounds it, or all its sources are."""
        if not frame.roots:
            return Bound.UNKNOWN
        bound = _weakest([self.of_root(root) for root in frame.roots])
        previous: Call | None = None
        for call in frame.operations:
            if call.name in _SMALL or (call.name == "agg" and not _grouped(previous)) or self._aggregates(call):
                bound = Bound.BOUNDED
            elif call.name in COMBINING and bound is Bound.BOUNDED:
                bound = self._other_side(call)
            elif call.name in {"count", "sum", "max", "min", "avg", "mean"} and _grouped(previous):
                previous = call
                continue
            previous = call
        return bound

    def _other_side(self, call: Call) -> Bound:
        """The bound of a small frame joined or united with another one: that of the other."""
        if call.node in self._busy or not call.node.args:
            return Bound.UNKNOWN
        self._busy.add(call.node)
        try:
            return self.of(call.node.args[0])
        finally:
            self._busy.discard(call.node)

    def _aggregates(self, call: Call) -> bool:
        """Whether a `select` computes aggregates alone, which leaves one row."""
        if call.name != "select" or not call.node.args or call.unpacks:
            return False
        return all(self._is_aggregate(argument) for argument in call.node.args)

    def _is_aggregate(self, node: ast.expr) -> bool:
        call = as_call(node)
        if call is None:
            return False
        if call.name in {"alias", "cast", "name"} and call.receiver is not None:
            return self._is_aggregate(call.receiver)
        dotted = self.frames.file.dotted(call.node.func) or ""
        from_functions = "functions" in dotted or call.receiver is None or dotted.startswith(("F.", "f."))
        return call.name in _AGGREGATES and from_functions

    def of_root(self, root: Root) -> Bound:
        """Whether a source is small: literals, catalogue listings, metadata statements, system tables."""
        match root.kind:
            case RootKind.LITERAL | RootKind.CATALOG | RootKind.PANDAS:
                return Bound.BOUNDED
            case RootKind.RANGE:
                return self._range(root)
            case RootKind.SQL:
                return sql_bound(root.sql) if root.sql is not None else Bound.UNKNOWN
            case RootKind.TABLE:
                name = self.frames.file.pattern(root.target) or ""
                return Bound.BOUNDED if _SYSTEM.search(name) else Bound.UNBOUNDED
            case RootKind.FILES:
                return Bound.UNBOUNDED
        return Bound.UNKNOWN

    def _range(self, root: Root) -> Bound:
        call = as_call(root.node)
        values = [self.frames.file.constant(argument) for argument in call.node.args] if call else []
        small = all(isinstance(value, int) and value <= SMALL_RANGE for value in values)
        return Bound.BOUNDED if small else Bound.UNBOUNDED


def sql_bound(unit: SqlUnit) -> Bound:
    """Whether a query's result is small: metadata, a `LIMIT`, no `FROM`, system tables or a single aggregate row."""
    if not unit.statements:
        return Bound.UNKNOWN
    statement = unit.statements[-1]
    if statement.kind in METADATA or statement.kind.startswith(_WRITING):
        return Bound.BOUNDED
    if statement.kind != "SELECT":
        return Bound.UNKNOWN
    text = statement.text
    if not re.search(r"\bfrom\b", text, re.IGNORECASE) or re.search(r"\blimit\s+\d+\s*;?\s*$", text, re.IGNORECASE):
        return Bound.BOUNDED
    if statement.reads and all(_SYSTEM.search(name.text) for name in statement.reads):
        return Bound.BOUNDED
    return Bound.BOUNDED if _one_row(statement) else Bound.UNBOUNDED


def _one_row(statement: Statement) -> bool:
    from sqlglot import exp

    tree = statement.tree
    if not isinstance(tree, exp.Select) or tree.args.get("group") is not None or not tree.expressions:
        return False
    if isinstance(tree.args.get("limit"), exp.Limit):
        return True
    return all(item.find(exp.AggFunc) is not None and item.find(exp.Window) is None for item in tree.expressions)


def _grouped(previous: Call | None) -> bool:
    return (
        previous is not None and (previous.name in _GROUPING or previous.name == "pivot") and bool(previous.node.args)
    )


def _weakest(bounds: list[Bound]) -> Bound:
    if Bound.UNBOUNDED in bounds:
        return Bound.UNBOUNDED
    return Bound.UNKNOWN if Bound.UNKNOWN in bounds else Bound.BOUNDED
