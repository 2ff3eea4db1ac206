"""Columns that a CREATE gave at the base of the change, and that the same CREATE gives no more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from orchestrator.code.sql import CreateTable, sql_file_units
from orchestrator.code.tables import is_resolved, normalised
from orchestrator.rules.lineage_tracker._removals import Removal

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.sql import SqlUnit, Statement


def undeclared(facts: Facts) -> Iterator[Removal]:
    """Every column that a changed SQL file declared or selected for a table or view, and that is gone from it."""
    before = facts.before
    if before is None:
        return
    for path in sorted(before.change.lines):
        old = before.source(path) if path.endswith(".sql") else None
        if old is None:
            continue
        now = dict(_tables(unit for unit in facts.project.sql if unit.path == path))
        for table, statement in _tables(sql_file_units(old)):
            current = now.get(table)
            had, has = _columns(statement), _columns(current) if current is not None else None
            if current is not None and had is not None and has is not None:
                yield from (Removal(statement=current, table=table, column=name) for name in sorted(had - has))


def _tables(units: Iterable[SqlUnit]) -> Iterator[tuple[str, Statement]]:
    for statement in (statement for unit in units for statement in unit.statements):
        target = statement.target if isinstance(statement.details, CreateTable) else None
        if target is not None:
            name = normalised(statement.template.source_of(target.start, target.end))
            if is_resolved(name):
                yield name, statement


def _columns(statement: Statement) -> frozenset[str] | None:
    """The columns in lower case; None where a star, or a query that nobody can read, hides them."""
    details = statement.details
    listed = frozenset(column.name.lower() for column in details.columns) if isinstance(details, CreateTable) else None
    if listed:
        return listed
    from sqlglot import exp

    tree = statement.query_tree
    if not isinstance(tree, exp.Query) or tree.is_star:
        return None
    names = frozenset(name.lower() for name in tree.named_selects)
    return names if names and "" not in names else None
