"""Where a DataFrame comes from: the sources behind an expression and the operations on the way.

The analysis follows names, chains and functions of the same file. It over-approximates: where several definitions
may reach a use, the frame has the sources and operations of all of them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from orchestrator.code.index import FunctionNode
from orchestrator.code.python import Call, PythonFile, as_call
from orchestrator.code.scopes import Binding, BindingKind, position

if TYPE_CHECKING:
    from orchestrator.code.sql import SqlUnit

MAX_DEPTH = 40
EXACT_STEPS = 400
"""Steps for one frame after which partial answers are kept too.

An answer found while its own circle is still being followed may lack what the circle adds, so it is normally thrown
away; without this limit a file with many branches would take exponential time.
"""
_READ_ENDS = frozenset({"load", "table", "csv", "json", "parquet", "orc", "text", "delta", "jdbc", "format", "xml"})
COMBINING = frozenset(
    {"join", "union", "unionAll", "unionByName", "crossJoin", "intersect", "intersectAll", "subtract", "exceptAll"}
)
"""Methods that take another frame as their first argument."""
FRAME_METHODS = frozenset(
    {
        "select", "selectExpr", "filter", "where", "withColumn", "withColumns", "withColumnRenamed", "drop",
        "dropDuplicates", "dropDuplicatesWithinWatermark", "distinct", "groupBy", "groupby", "agg", "join", "union",
        "unionByName", "unionAll", "crossJoin", "limit", "orderBy", "sort", "alias", "cache", "persist", "unpersist",
        "repartition", "coalesce", "sample", "withWatermark", "transform", "fillna", "dropna", "toDF", "hint",
        "checkpoint", "localCheckpoint", "mapInPandas", "rollup", "cube", "pivot", "sortWithinPartitions",
    }
)  # fmt: skip
"""Methods that a DataFrame has and that keep a DataFrame (or a grouped one) in the hand."""
ACTIONS = frozenset(
    {
        "collect", "count", "toPandas", "show", "first", "head", "take", "tail", "isEmpty", "toLocalIterator",
        "foreach", "foreachPartition", "display",
    }
)  # fmt: skip
"""Methods that run a Spark job."""


class RootKind(StrEnum):
    """What stands at the far end of a chain."""

    TABLE = "table"
    FILES = "files"
    SQL = "sql"
    LITERAL = "literal"
    RANGE = "range"
    PARAMETER = "parameter"
    CATALOG = "catalog"
    PANDAS = "pandas"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Root:
    """One source of a frame.

    `target` is the expression of the table name, the path or the SQL text; `reader` are the calls between
    `spark.read` and the end of the read (`format`, `option`, ...).
    """

    kind: RootKind
    node: ast.expr | ast.arg
    target: ast.expr | None = None
    streaming: bool = False
    reader: tuple[Call, ...] = ()
    sql: SqlUnit | None = None

    def option(self, name: str) -> ast.expr | None:
        """The value of a reader option, set by `option`, `options` or a keyword of the ending call."""
        return option_of(self.reader, name)

    @property
    def format(self) -> ast.expr | None:
        """The argument of `format(...)`, or None where the ending call names it."""
        return next((call.argument(0, "source") for call in self.reader if call.name == "format"), None)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frame:
    """A DataFrame expression: its sources, and the calls from the sources to here in order."""

    roots: tuple[Root, ...] = ()
    operations: tuple[Call, ...] = ()
    joined: tuple[Root, ...] = field(default=())
    """The sources of frames joined or united on the way."""

    @property
    def streaming(self) -> bool:
        """Whether some source on the way is a stream."""
        return any(root.streaming for root in (*self.roots, *self.joined))

    def has(self, *names: str) -> bool:
        """Whether one of these operations stands on the way."""
        return any(call.name in names for call in self.operations)

    def operation(self, *names: str) -> Call | None:
        """The first operation of one of these names."""
        return next((call for call in self.operations if call.name in names), None)

    @property
    def is_dataframe(self) -> bool:
        """Whether the expression certainly is a DataFrame: read by Spark, or used as only DataFrames are."""
        known = any(root.kind not in {RootKind.UNKNOWN, RootKind.PARAMETER, RootKind.PANDAS} for root in self.roots)
        return known or any(call.name in FRAME_METHODS - _SHARED_WITH_OTHERS for call in self.operations)


_SHARED_WITH_OTHERS = frozenset(
    {"filter", "join", "union", "drop", "sort", "sample", "agg", "transform", "select", "where", "alias", "limit",
     "distinct", "cache", "hint", "groupby", "fillna", "dropna", "pivot", "checkpoint", "cube", "coalesce"}
)  # fmt: skip
"""Method names that pandas, SQLAlchemy, sets or strings have too."""


def option_of(calls: tuple[Call, ...], name: str) -> ast.expr | None:
    """The value that `option("name", value)`, `options(name=value)` or a keyword gives; names compare without case."""
    wanted = name.lower()
    settings = (setting for call in reversed(calls) for setting in _settings(call))
    return next((value for key, value in settings if key == wanted), None)


def _settings(call: Call) -> Iterator[tuple[str, ast.expr]]:
    """The names, in lower case, and the values that one call sets."""
    if call.name == "option" and len(call.node.args) > 1:
        yield from _setting(call.node.args[0], call.node.args[1])
    for given in call.node.keywords:
        if given.arg is not None:
            yield given.arg.lower(), given.value
        elif isinstance(given.value, ast.Dict):
            for key, value in zip(given.value.keys, given.value.values, strict=True):
                yield from _setting(key, value)


def _setting(key: ast.expr | None, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(key, ast.Constant) and isinstance(key.value, str):
        yield key.value.lower(), value


def is_session(file: PythonFile, node: ast.expr | None) -> bool:
    """Whether the expression is a Spark session by its name or by the way it was made."""
    dotted = file.dotted(node)
    if dotted is not None:
        last = dotted.rsplit(".", 1)[-1].lower().strip("_")
        return last in {"spark", "sparksession", "spark_session", "session", "sqlcontext", "sqlc", "hivecontext"}
    call = as_call(node)
    if call is None:
        return False
    return call.name in {"getOrCreate", "getActiveSession", "get_spark", "newSession"} or call.name.endswith("spark")


class Frames:
    """The frames of one file, each followed once."""

    def __init__(self, file: PythonFile) -> None:
        self.file = file
        self._known: dict[ast.AST, Frame] = {}
        self._busy: set[ast.AST] = set()
        self._steps = 0

    @classmethod
    def over(cls, file: PythonFile) -> Frames:
        """The frames of a file, its assignments followed in source order so that long chains stay shallow."""
        frames = cls(file)
        for assign in file.nodes(ast.Assign):
            if isinstance(assign.value, ast.Call):
                frames.of(assign.value)
        return frames

    def of(self, node: ast.expr | None, depth: int = 0) -> Frame:
        """The frame that an expression stands for; an empty one where it is followed in a circle or too deep."""
        if node is None or depth > MAX_DEPTH or node in self._busy:
            return Frame()
        known = self._known.get(node)
        if known is None:
            self._steps = self._steps + 1 if self._busy else 0
            self._busy.add(node)
            try:
                known = self._follow(node, depth + 1)
            finally:
                self._busy.discard(node)
            if not self._busy or self._steps > EXACT_STEPS:
                self._known[node] = known
        return known

    def _follow(self, node: ast.expr, depth: int) -> Frame:
        if isinstance(node, ast.Name):
            return self._name(node, depth)
        if isinstance(node, ast.Attribute):
            return self._attribute(node, depth)
        if isinstance(node, ast.Call):
            return self._call(node, depth)
        if isinstance(node, ast.IfExp):
            return _merged([self.of(node.body, depth), self.of(node.orelse, depth)])
        if isinstance(node, ast.NamedExpr | ast.Await | ast.Starred):
            return self.of(node.value, depth)
        return Frame(roots=(_unknown(node),))

    def _name(self, node: ast.Name, depth: int) -> Frame:
        found = self.file.definitions(node)
        frames = [self._binding(binding, depth) for binding in found]
        return _merged(frames) if frames else Frame(roots=(_unknown(node),))

    def _binding(self, binding: Binding, depth: int) -> Frame:
        if binding.kind is BindingKind.ASSIGN:
            return self.of(binding.value, depth)
        if binding.kind is BindingKind.PARAMETER and isinstance(binding.node, ast.arg):
            return Frame(roots=(Root(kind=RootKind.PARAMETER, node=binding.node),))
        if binding.value is not None:
            return Frame(roots=(_unknown(binding.value),))
        return Frame()

    def _attribute(self, node: ast.Attribute, depth: int) -> Frame:
        if isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"}:
            values = self._members.get(node.attr, [])
            if len(values) == 1:
                return self.of(values[0], depth)
        if node.attr in {"write", "writeStream", "rdd", "na", "stat"}:
            return self.of(node.value, depth)
        return Frame(roots=(_unknown(node),))

    @cached_property
    def _members(self) -> dict[str, list[ast.expr]]:
        table: dict[str, list[ast.expr]] = {}
        for assign in self.file.nodes(ast.Assign):
            for target in assign.targets:
                if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
                    table.setdefault(target.attr, []).append(assign.value)
        return table

    def _call(self, node: ast.Call, depth: int) -> Frame:
        """The frame of a chain of calls, walked in a loop because chains of a hundred calls are real."""
        chain: list[Call] = []
        before: Frame | None = None
        current: ast.expr = node
        while before is None:
            call = as_call(current)
            if call is None:
                before = self.of(current, depth) if chain else Frame(roots=(_unknown(current),))
            elif (root := self._root(call)) is not None:
                before = Frame(roots=(root,))
            elif call.receiver is None:
                before = self._function(call, depth)
            else:
                chain.append(call)
                current = call.receiver
        joined = before.joined
        for call in chain:
            if call.name in COMBINING and call.node.args:
                other = self.of(call.node.args[0], depth)
                joined = (*joined, *other.roots, *other.joined)
        return Frame(roots=before.roots, operations=(*before.operations, *reversed(chain)), joined=joined)

    def _function(self, call: Call, depth: int) -> Frame:
        function = self.file.functions.get(call.name)
        unknown = Frame(roots=(_unknown(call.node),))
        if function is None or depth > MAX_DEPTH // 2:
            return unknown
        results = [value for value in returned(self.file, function) if value is not None]
        frames = [self.of(value, depth + 5) for value in results]
        return self._with_arguments(_merged(frames), function, call, depth) if frames else unknown

    def _with_arguments(self, frame: Frame, function: FunctionNode, call: Call, depth: int) -> Frame:
        """The frame with the function's parameters replaced by what this call passes."""
        names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
        result = [Frame(operations=frame.operations, joined=frame.joined)]
        for root in frame.roots:
            passed = None
            if root.kind is RootKind.PARAMETER and isinstance(root.node, ast.arg) and root.node.arg in names:
                passed = call.argument(names.index(root.node.arg), root.node.arg)
            result.append(self.of(passed, depth) if passed is not None else Frame(roots=(root,)))
        return _merged([*result[1:], result[0]])

    def _root(self, call: Call) -> Root | None:
        if call.name in {"sql", "table", "createDataFrame", "range"} and is_session(self.file, call.receiver):
            return self._session_root(call)
        if isinstance(call.receiver, ast.Attribute) and call.receiver.attr == "catalog":
            return Root(kind=RootKind.CATALOG, node=call.node)
        if call.name in _READ_ENDS:
            return self._reader_root(call)
        if call.name in {"read", "read_stream", "readStream"} and self.file.dotted(call.node.func) in _SDP_READS:
            return Root(
                kind=RootKind.TABLE,
                node=call.node,
                target=call.argument(0, "name"),
                streaming=call.name != "read",
            )
        return None

    def _session_root(self, call: Call) -> Root:
        if call.name == "sql":
            return self._sql_root(call)
        if call.name == "table":
            return Root(kind=RootKind.TABLE, node=call.node, target=call.argument(0, "tableName"))
        if call.name == "range":
            return Root(kind=RootKind.RANGE, node=call.node)
        data = call.argument(0, "data")
        literal = isinstance(
            self.file.value_of(data) if data is not None else None, ast.List | ast.Tuple | ast.ListComp
        )
        return Root(kind=RootKind.LITERAL if literal else RootKind.PANDAS, node=call.node, target=data)

    def _sql_root(self, call: Call) -> Root:
        unit = self.file.sql_units.get(call.node)
        streaming = False
        if unit is not None:
            text = unit.template.text.upper()
            streaming = "STREAM(" in text or "STREAM " in text
        return Root(
            kind=RootKind.SQL, node=call.node, target=call.argument(0, "sqlQuery"), sql=unit, streaming=streaming
        )

    def _reader_root(self, call: Call) -> Root | None:
        reader: list[Call] = [call]
        node = call.receiver
        for _ in range(MAX_DEPTH):
            inner = as_call(node)
            if inner is None:
                break
            reader.append(inner)
            node = inner.receiver
        if isinstance(node, ast.Name):
            return self._named_reader(node, reader)
        if not isinstance(node, ast.Attribute) or node.attr not in {"read", "readStream"}:
            return None
        return _read(reader, streaming=node.attr == "readStream")

    def _named_reader(self, name: ast.Name, reader: list[Call]) -> Root | None:
        """A read whose reader stands in a variable: `reader = spark.read.format(...)`, then `reader.load(path)`."""
        value = self.file.value_of(name)
        for _ in range(MAX_DEPTH):
            inner = as_call(value)
            if inner is None:
                break
            reader.append(inner)
            value = inner.receiver
        if isinstance(value, ast.Attribute) and value.attr in {"read", "readStream"}:
            return _read(reader, streaming=value.attr == "readStream")
        return None


_SDP_READS = frozenset({"dlt.read", "dlt.read_stream", "dlt.readStream", "pyspark.pipelines.read_stream"})


def _unknown(node: ast.expr) -> Root:
    return Root(kind=RootKind.UNKNOWN, node=node)


def _read(reader: list[Call], *, streaming: bool) -> Root | None:
    ending = reader[0]
    if ending.name == "format":
        return None
    kind = RootKind.TABLE if ending.name == "table" else RootKind.FILES
    target = ending.argument(0, "tableName" if ending.name == "table" else "path")
    return Root(kind=kind, node=ending.node, target=target, streaming=streaming, reader=tuple(reversed(reader)))


def returned(file: PythonFile, function: FunctionNode) -> list[ast.expr | None]:
    """What a function returns, without the functions inside it."""
    ends = [node for node in ast.walk(function) if isinstance(node, ast.Return) and file.function(node) is function]
    return [node.value for node in sorted(ends, key=position)]


def _merged(frames: list[Frame]) -> Frame:
    if len(frames) == 1:
        return frames[0]
    roots: dict[Root, None] = {}
    operations: dict[ast.Call, Call] = {}
    joined: dict[Root, None] = {}
    for frame in frames:
        roots.update(dict.fromkeys(frame.roots))
        operations.update({call.node: call for call in frame.operations})
        joined.update(dict.fromkeys(frame.joined))
    return Frame(roots=tuple(roots), operations=tuple(operations.values()), joined=tuple(joined))
