"""Why the source of a merge can hold a key twice: evidence in the code, or none."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from orchestrator.code.frames import Root, RootKind
from orchestrator.code.python import Call, PythonFile
from orchestrator.rules.delta_lake_expert._merge_tables import table_evidence
from orchestrator.rules.delta_lake_expert._micro_batches import batch_evidence
from orchestrator.rules.delta_lake_expert._parts import UNIONS, UNITED, is_delivery, is_reduced_union
from orchestrator.rules.delta_lake_expert._unique import (
    NULL_KEY,
    UNIQUE_STEPS,
    UNIQUE_TEXT,
    UNIQUE_WORDS,
    is_narrowed,
    is_unique_before,
    unique_by_others,
)
from orchestrator.rules.delta_lake_expert._views import views_in_python, views_in_sql

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.sql import Fragment, SqlUnit, TableName

MAX_VIEWS = 3
"""How many views are followed, one made of the other."""
_TIED_WORDS = frozenset({"RANK", "DENSE_RANK", "QUALIFY", "OVER"})
_TIED_TEXT = re.compile(r"dense_rank|\brank\(|qualify", re.IGNORECASE)
_EXPLODES = re.compile(r"\b(explode|explode_outer|posexplode|inline|flatten)\s*\(", re.IGNORECASE)


def frame_evidence(
    file: PythonFile, facts: Facts, node: ast.expr | None, depth: int = 0, *, on: str | None = None
) -> str | None:
    """Why a frame can hold a key twice, as words that follow "because"; None where nothing shows it.

    `on` is the condition of the merge: rows that are unique by other columns than its own are not unique by it.
    """
    frame = facts.frame(file, node)
    others = unique_by_others(file, frame, on)
    unique = any(call.name in UNIQUE_STEPS for call in frame.operations if call not in others)
    if not frame.roots or depth > MAX_VIEWS or unique or is_narrowed(file, frame.operations):
        return None
    texts = [file.text(call.node) for call in frame.operations[-1:]]
    if any(NULL_KEY.search(text) for text in texts):
        return None
    if frame.has(*UNIONS) and all(_is_open(root) for root in (*frame.roots, *frame.joined)):
        return UNITED
    if any(_EXPLODES.search(file.text(_last_argument(call))) for call in frame.operations if call.node.args):
        return "it explodes an array, which repeats the key"
    found = {_root_evidence(file, facts, root, depth) for root in frame.roots}
    return next(iter(found)) if len(found) == 1 else None


def _last_argument(call: Call) -> ast.expr:
    return call.node.args[-1]


def _is_open(root: Root) -> bool:
    """Whether a source is a real one, and not a list of literals or a pandas frame that holds a few rows."""
    return root.kind not in {RootKind.LITERAL, RootKind.PANDAS, RootKind.RANGE, RootKind.CATALOG}


def _root_evidence(file: PythonFile, facts: Facts, root: Root, depth: int) -> str | None:
    if root.option("readChangeFeed") is not None or root.option("readChangeData") is not None:
        return "a change feed holds every version of a row"
    match root.kind:
        case RootKind.FILES if not root.streaming and is_delivery(file, root):
            return "it is read from files, which can bring a key more than once"
        case RootKind.TABLE if not root.streaming:
            return table_evidence(facts, file.pattern(root.target))
        case RootKind.PARAMETER if isinstance(root.node, ast.arg):
            return batch_evidence(file, facts, root.node)
        case RootKind.SQL if root.sql is not None:
            return unit_evidence(root.sql, facts, depth)
        case RootKind.UNKNOWN:
            return UNITED if is_reduced_union(file, root.node) else None
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
    tied = "UNION" in words and bool(words & {"RANK", "DENSE_RANK"})
    unique = words - _TIED_WORDS if tied else words
    if unique & UNIQUE_WORDS or NULL_KEY.search(text):
        return None
    if UNIQUE_TEXT.search(_TIED_TEXT.sub("", text) if tied else text):
        return None
    inside = [name for name in reads if query.start <= name.start < query.end]
    if "UNION" in words and len(inside) < 2:
        return None
    if "UNION" in words:
        return f"{UNITED}, and rows that tie share a rank" if tied else UNITED
    if "TABLE_CHANGES" in words:
        return "a change feed holds every version of a row"
    if words & {"EXPLODE", "POSEXPLODE", "LATERAL"}:
        return "it explodes an array, which repeats the key"
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
    made = [] if file is None else list(views_in_python(file, view))
    created = list(views_in_sql(facts, unit.path, view))
    if len(made) + len(created) != 1 or depth > MAX_VIEWS:
        return None
    if created:
        host, statement = created[0]
        query = statement.query
        return query_evidence(host, query, facts, statement.reads, depth + 1) if query is not None else None
    if file is None or is_unique_before(file, made[0].node):
        return None
    return frame_evidence(file, facts, made[0].receiver, depth + 1)
