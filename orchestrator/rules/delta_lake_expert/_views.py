"""Where a file makes a view, in Python or in SQL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.python import Call, PythonFile
    from orchestrator.code.sql import SqlUnit, Statement


def views_in_python(file: PythonFile, view: str) -> Iterator[Call]:
    """The calls that make a temporary view of that name."""
    for call in file.calls_named("createOrReplaceTempView", "createTempView"):
        if file.pattern(call.argument(0, "name")) == view:
            yield call


def views_in_sql(facts: Facts, path: str, view: str) -> Iterator[tuple[SqlUnit, Statement]]:
    """The statements of a file that make a view of that name, each with its unit."""
    for unit in facts.project.sql_units_of(path):
        for statement in unit.statements:
            target = statement.target if statement.kind == "CREATE VIEW" else None
            if target is not None and target.qualified == view.lower():
                yield unit, statement
