"""Why the source of a merge can hold a key twice: evidence in the code, or none."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from orchestrator.code.frames import Root, RootKind
from orchestrator.code.python import Call, PythonFile, as_call

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.index import FunctionNode
    from orchestrator.code.sql import Fragment, SqlUnit, Statement, TableName

UNIQUE_STEPS = frozenset(
    {"dropDuplicates", "drop_duplicates", "dropDuplicatesWithinWatermark", "distinct", "groupBy", "groupby", "agg",
     "rollup", "cube", "limit", "first", "head", "transform", "pivot", "intersect", "subtract", "exceptAll",
     "mapInPandas", "applyInPandas", "pipe"}
)  # fmt: skip
"""Steps that make keys unique, or that hide whether they do."""
UNIQUE_TEXT = re.compile(
    r"row_number|dense_rank|\brank\(|\.over\(|max_by|min_by|max\(struct|dedup|de_dup|distinct|dropDuplicates|"
    r"drop_duplicates|groupBy|groupby|qualify|latest|unique",
    re.IGNORECASE,
)
MAX_VIEWS = 3
"""How many views are followed, one made of the other."""
_UNIONS = frozenset({"union", "unionAll", "unionByName"})
_EXPLODES = re.compile(r"\b(explode|explode_outer|posexplode|inline|flatten)\s*\(", re.IGNORECASE)
_UNIQUE_WORDS = frozenset(
    {"DISTINCT", "GROUP", "QUALIFY", "ROW_NUMBER", "RANK", "DENSE_RANK", "LIMIT", "MAX_BY", "MIN_BY", "EXCEPT",
     "INTERSECT", "OVER", "VALUES"}
)  # fmt: skip
NULL_KEY = re.compile(r"\bnull\s+as\b|lit\(None\)|merge_?key", re.IGNORECASE)
"""The way to write a history: the same row twice, once with a null key so that it never matches."""
_RAW_LAYERS = re.compile(r"^(bronze|raw|landing)(_|$)|_(bronze|raw|landing)$", re.IGNORECASE)
_FEED_FORMATS = frozenset({"json", "csv", "avro", "xml", "text"})
"""Formats in which others deliver, as against those in which a job keeps its own results."""
_STATEFUL = frozenset({"applyInPandasWithState", "transformWithState", "transformWithStateInPandas", "applyInPandas"})
_UPDATED = re.compile(r"""outputMode\(\s*["'](update|complete)["']""", re.IGNORECASE)
_BATCH_ID = re.compile(r"^_?(micro_?)?(batch|epoch)_?(id|number)?$", re.IGNORECASE)


def frame_evidence(file: PythonFile, facts: Facts, node: ast.expr | None, depth: int = 0) -> str | None:
    """Why a frame can hold a key twice, as words that follow "because"; None where nothing shows it."""
    frame = facts.frame(file, node)
    if not frame.roots or depth > MAX_VIEWS or frame.has(*UNIQUE_STEPS) or _is_narrowed(file, frame.operations):
        return None
    texts = [file.text(call.node) for call in frame.operations[-1:]]
    if any(NULL_KEY.search(text) for text in texts):
        return None
    if frame.has(*_UNIONS) and all(_is_open(root) for root in (*frame.roots, *frame.joined)):
        return "it is a union, in which a key can stand once for each part"
    if any(_EXPLODES.search(file.text(_last_argument(call))) for call in frame.operations if call.node.args):
        return "it explodes an array, which repeats the key"
    found = {_root_evidence(file, facts, root, depth) for root in frame.roots}
    return next(iter(found)) if len(found) == 1 else None


def _last_argument(call: Call) -> ast.expr:
    return call.node.args[-1]


def _is_open(root: Root) -> bool:
    """Whether a source is a real one, and not a list of literals or a pandas frame that holds a few rows."""
    return root.kind not in {RootKind.LITERAL, RootKind.PANDAS, RootKind.RANGE, RootKind.CATALOG}


def _is_narrowed(file: PythonFile, operations: Iterable[Call]) -> bool:
    return any(UNIQUE_TEXT.search(file.text(argument)) for call in operations for argument in _arguments(call))


def _arguments(call: Call) -> Iterator[ast.expr]:
    yield from call.node.args
    yield from (given.value for given in call.node.keywords)


def _root_evidence(file: PythonFile, facts: Facts, root: Root, depth: int) -> str | None:
    if root.option("readChangeFeed") is not None or root.option("readChangeData") is not None:
        return "a change feed holds every version of a row"
    match root.kind:
        case RootKind.FILES if not root.streaming and _FEED_FORMATS & _formats(file, root):
            return "it is read from files, which can bring a key more than once"
        case RootKind.TABLE if not root.streaming:
            return table_evidence(facts, file.pattern(root.target))
        case RootKind.PARAMETER if isinstance(root.node, ast.arg):
            return _batch_evidence(file, facts, root.node)
        case RootKind.SQL if root.sql is not None:
            return unit_evidence(root.sql, facts, depth)
        case RootKind.UNKNOWN:
            return _reduced(file, root.node)
    return None


def _formats(file: PythonFile, root: Root) -> set[str]:
    """The format of a read, by `format(...)` or by the name of the ending call."""
    return {(file.string(root.format) or "").lower(), *(call.name for call in root.reader)}


def _reduced(file: PythonFile, node: ast.AST) -> str | None:
    """A union over a list of frames: `reduce(DataFrame.unionByName, frames)`."""
    call = as_call(node)
    if call is None or call.name != "reduce" or not call.node.args:
        return None
    if not any(f".{name}" in file.text(call.node.args[0]) for name in _UNIONS):
        return None
    return "it is a union, in which a key can stand once for each part"


def _batch_evidence(file: PythonFile, facts: Facts, argument: ast.arg) -> str | None:
    function = file.function(argument)
    if function is None or argument.arg not in _own_parameters(function)[:1] or not is_batch_handler(file, function):
        return None
    if any(_keeps_state(file, facts, call) for call in _starts(file, function)):
        return None
    return "a micro-batch can bring several versions of a row"


def _starts(file: PythonFile, function: FunctionNode) -> Iterator[Call]:
    """The `foreachBatch` calls of the file that name the function."""
    for call in file.calls_named("foreachBatch"):
        for handler in call.node.args:
            name = handler.id if isinstance(handler, ast.Name) else getattr(handler, "attr", "")
            if name == function.name:
                yield call


def _keeps_state(file: PythonFile, facts: Facts, start: Call) -> bool:
    """Whether the stream aggregates, so that a batch holds each key once."""
    statement = file.statement(start.node)
    if statement is not None and _UPDATED.search(file.text(statement)):
        return True
    node = start.receiver
    while (call := as_call(node)) is not None:
        node = call.receiver
    frame = facts.frame(file, node)
    return frame.has(*UNIQUE_STEPS, *_STATEFUL) or _is_narrowed(file, frame.operations)


def _own_parameters(function: FunctionNode) -> list[str]:
    return [argument.arg for argument in function.args.args if argument.arg not in {"self", "cls"}]


def is_batch_handler(file: PythonFile, function: FunctionNode) -> bool:
    """Whether the function is given to `foreachBatch`, by name or by its parameters."""
    names = _own_parameters(function)
    if len(names) != 2:
        return False
    if _BATCH_ID.match(names[1]) and names[1].lower() not in {"batch", "epoch"}:
        return True
    return any(True for _ in _starts(file, function))


def table_evidence(facts: Facts, name: str | None) -> str | None:
    """Why a named table can hold a key twice: the project only appends to it, or it is of the raw layer."""
    if not name:
        return None
    uses = facts.tables.of(name)
    if any("PRIMARY KEY" in use.statement.text.upper() for use in uses if use.statement is not None):
        return None
    from orchestrator.code.tables import Use

    writes = {use.use for use in uses if use.use.writes}
    if writes and writes <= {Use.APPEND, Use.STREAM_WRITE}:
        return f"`{name}` is only ever appended to, so that it holds every version of a row"
    parts = name.replace("`", "").split(".")
    if not writes and len(parts) > 1 and _RAW_LAYERS.search(parts[-2]):
        return f"`{name}` is raw, so that it can hold several versions of a row"
    return None


def unit_evidence(unit: SqlUnit, facts: Facts, depth: int) -> str | None:
    """Why the result of a query can hold a key twice."""
    statement = unit.statements[-1] if unit.statements else None
    query = statement.query if statement is not None else None
    if statement is None or query is None:
        return None
    return query_evidence(unit, query, facts, statement.reads, depth)


def query_evidence(
    unit: SqlUnit, query: Fragment, facts: Facts, reads: tuple[TableName, ...], depth: int = 0
) -> str | None:
    """Why the rows of a query can hold a key twice; `reads` are the tables it may read."""
    words = set(query.words())
    text = unit.template.source_of(query.start, query.end)
    if words & _UNIQUE_WORDS or UNIQUE_TEXT.search(text) or NULL_KEY.search(text):
        return None
    if "UNION" in words:
        return "it is a union, in which a key can stand once for each part"
    if "TABLE_CHANGES" in words:
        return "a change feed holds every version of a row"
    if words & {"EXPLODE", "POSEXPLODE", "LATERAL"}:
        return "it explodes an array, which repeats the key"
    inside = [name for name in reads if query.start <= name.start < query.end]
    if len(inside) != 1 or "JOIN" in words:
        return None
    return name_evidence(unit, inside[0], facts, depth)


def name_evidence(unit: SqlUnit, name: TableName, facts: Facts, depth: int = 0) -> str | None:
    """Why a table or view that a statement names can hold a key twice; temporary views are followed."""
    if name.path is not None:
        return None if "delta" in name.text.lower() else "it is read from files, which can bring a key more than once"
    if name.dynamic or not name.parts:
        return None
    shown = unit.template.source_of(name.start, name.end)
    if len(name.parts) > 1:
        return table_evidence(facts, shown)
    return _view_evidence(unit, shown, facts, depth)


def _view_evidence(unit: SqlUnit, view: str, facts: Facts, depth: int) -> str | None:
    """Why a temporary view of the same file can hold a key twice; None where it is made in several places."""
    file = facts.project.python_by_path.get(unit.path)
    made = [] if file is None else list(_views_in_python(file, view))
    created = list(_views_in_sql(facts, unit.path, view))
    if len(made) + len(created) != 1 or depth > MAX_VIEWS:
        return None
    if created:
        host, statement = created[0]
        query = statement.query
        return query_evidence(host, query, facts, statement.reads, depth + 1) if query is not None else None
    if file is None or is_unique_before(file, made[0].node):
        return None
    return frame_evidence(file, facts, made[0].receiver, depth + 1)


def _views_in_python(file: PythonFile, view: str) -> Iterator[Call]:
    for call in file.calls_named("createOrReplaceTempView", "createTempView"):
        if file.pattern(call.argument(0, "name")) == view:
            yield call


def _views_in_sql(facts: Facts, path: str, view: str) -> Iterator[tuple[SqlUnit, Statement]]:
    for unit, _ in facts.project.sql_units():
        if unit.path != path:
            continue
        for statement in unit.statements:
            target = statement.target if statement.kind == "CREATE VIEW" else None
            if target is not None and target.qualified == view.lower():
                yield unit, statement


def is_unique_before(file: PythonFile, node: ast.AST) -> bool:
    """Whether the function around a node speaks of unique rows before it, in whatever way."""
    function = file.function(node)
    if function is None:
        return False
    last = getattr(node, "end_lineno", function.lineno)
    return UNIQUE_TEXT.search("\n".join(file.source.lines[function.lineno : last])) is not None
