"""VACUUM in SQL and through the `DeltaTable` API: how much it keeps, and whether it removes anything at all."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.code.python import as_call
from orchestrator.types import Location

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.python import Call, PythonFile
    from orchestrator.code.sql import SqlUnit, Statement

SAFE_HOURS = 168
"""Seven days: the retention below which Delta's own safety check refuses to remove files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VacuumUse:
    """One VACUUM: `table` is for messages, `hours` is None where nothing is given or the number is not constant."""

    location: Location
    table: str
    hours: float | None
    dry_run: bool = False

    @property
    def is_short(self) -> bool:
        """Whether it removes files that are younger than seven days."""
        return self.hours is not None and 0 <= self.hours < SAFE_HOURS and not self.dry_run


def sql_vacuums(unit: SqlUnit, facts: Facts) -> Iterator[VacuumUse]:
    """Every VACUUM statement of a unit."""
    if "vacuum" not in unit.template.text.lower():
        return
    for statement in unit.statements:
        if statement.kind == "VACUUM":
            yield _of_statement(unit, statement, facts)


def _of_statement(unit: SqlUnit, statement: Statement, facts: Facts) -> VacuumUse:
    from orchestrator.code.sql import Vacuum

    details = statement.details
    if not isinstance(details, Vacuum):
        return VacuumUse(location=statement.location(), table="this table", hours=None)
    hours = details.retain_hours
    hole = details.retain_hole
    if hours is None and hole is not None and hole.node is not None:
        file = facts.project.python_by_path.get(unit.path)
        hours = _number(file, hole.node) if file is not None else None
    table = details.table
    name = unit.template.source_of(table.start, table.end).replace("`", "") if table is not None else ""
    return VacuumUse(location=statement.location(), table=f"`{name}`", hours=hours, dry_run=details.dry_run)


def python_vacuums(file: PythonFile) -> Iterator[VacuumUse]:
    """Every call of `vacuum` on a `DeltaTable` of Delta's own package."""
    for call in file.calls_named("vacuum"):
        if _is_delta_table(file, call):
            given = call.argument(0, "retentionHours")
            yield VacuumUse(
                location=file.call_location(call),
                table=f"`{file.text(call.receiver)}`"
                if isinstance(call.receiver, ast.Name | ast.Attribute)
                else "this table",
                hours=_number(file, given),
            )


def _is_delta_table(file: PythonFile, call: Call) -> bool:
    if call.receiver is None or not file.imports_any("delta") or file.imports_any("deltalake"):
        return False
    value = file.value_of(call.receiver)
    made = as_call(value) if value is not None else None
    return made is None or made.name in {"forName", "forPath", "execute", "getOrCreate"} or made.receiver is None


def _number(file: PythonFile, node: ast.expr | None) -> float | None:
    value = file.constant(node)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
