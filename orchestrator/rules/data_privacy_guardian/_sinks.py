"""Where values become readable outside the tables: prints, loggers, exceptions and shown frames."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.frames import FRAME_METHODS
from orchestrator.code.personal import personal_kind

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.python import Call, PythonFile

_LOG_METHODS = frozenset({"debug", "info", "warning", "warn", "error", "exception", "critical", "log"})
SINKS = _LOG_METHODS | {"print", "ValueError", "RuntimeError", "Exception", "KeyError", "AssertionError"}
_LAST_SELECT = FRAME_METHODS - {"select", "filter", "where", "limit", "orderBy", "sort", "distinct", "dropDuplicates",
                                "cache", "persist", "alias", "sample", "repartition", "coalesce"}  # fmt: skip


def is_sink(file: PythonFile, call: Call) -> bool:
    """Whether a call prints, logs, or makes the exception that is raised."""
    if call.name == "print":
        return call.receiver is None
    if call.name in _LOG_METHODS:
        said = (file.dotted(call.receiver) or "").lower()
        return "log" in said.rsplit(".", 2)[-1] or said.startswith("logging")
    return call.receiver is None and isinstance(file.parent(call.node), ast.Raise)


def shown_columns(file: PythonFile, facts: Facts) -> Iterator[tuple[Call, tuple[str, ...]]]:
    """Each `show()` or `display()` of a frame whose personal columns were selected by name, and those columns."""
    for call in file.calls_named("show", "display"):
        shown = call.receiver if call.receiver is not None else call.argument(0, "df")
        frame = facts.frame(file, shown) if shown is not None else None
        select = frame.operations and frame.is_dataframe and _last_select(frame.operations) if frame else None
        columns = tuple(name for name in _selected(file, select) if personal_kind(name)) if select else ()
        if columns:
            yield call, columns


def _last_select(operations: tuple[Call, ...]) -> Call | None:
    """The last `select` after which nothing changes the columns or counts the rows."""
    for call in reversed(operations):
        if call.name == "select":
            return call
        if call.name in _LAST_SELECT or call.name not in FRAME_METHODS:
            return None
    return None


def _selected(file: PythonFile, call: Call) -> Iterator[str]:
    """The columns that a `select` takes as they are, by literal name."""
    from orchestrator.code.python import as_call

    for given in call.node.args:
        inner = as_call(given)
        is_column = inner is not None and inner.name in {"col", "column"}
        name = file.string(inner.argument(0, "col") if inner is not None and is_column else given)
        if name is not None:
            yield name.rsplit(".", 1)[-1]
