"""The statements of checks: templates filled with quoted names and literals, and with nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from string import Template

from orchestrator.workspace.quality.check import QualityCheck, named
from orchestrator.workspace.quality.rows import Answer, DataRows

_SELECT = Template("SELECT $what FROM $rows")
_COUNT = Template("SELECT count(*) FROM $rows WHERE $condition")
_SOME = Template("SELECT $columns FROM $rows WHERE $condition ORDER BY $columns")
_REPEATED = Template("SELECT $columns, count(*) AS copies FROM $rows GROUP BY $columns HAVING count(*) > 1")
_SURPLUS = Template("SELECT coalesce(sum(copies - 1), 0) FROM ($repeated) AS repeated")
_MOST_REPEATED = Template("$repeated ORDER BY copies DESC, $columns")
_VALUES = Template("SELECT $column, count(*) FROM $rows WHERE $column IS NOT NULL GROUP BY $column ORDER BY 2 DESC, 1")


def measures(rows: DataRows, what: Sequence[str]) -> tuple[str | None, ...]:
    """The values of some expressions over all rows."""
    return rows.ask(_SELECT.substitute(what=", ".join(what), rows=rows.relation), 1)[0]


def how_many_break(rows: DataRows, check: QualityCheck) -> int:
    """How many rows break a check of single rows."""
    statement = _COUNT.substitute(rows=rows.relation, condition=check.broken_by(rows.dialect))
    return int(rows.ask(statement, 1)[0][0] or 0)


def some_that_break(rows: DataRows, check: QualityCheck, key: Sequence[str], most: int) -> Answer:
    """The keys of some rows that break it, in their order."""
    condition = check.broken_by(rows.dialect)
    statement = _SOME.substitute(columns=_listed(rows, key), rows=rows.relation, condition=condition)
    return rows.ask(statement, most)[:most]


def how_many_repeat(rows: DataRows, columns: Sequence[str]) -> int:
    """The rows beyond the first of each key."""
    return int(rows.ask(_SURPLUS.substitute(repeated=_repeated(rows, columns)), 1)[0][0] or 0)


def most_repeated(rows: DataRows, columns: Sequence[str], most: int) -> Answer:
    """The keys that stand most often, each with its count."""
    statement = _MOST_REPEATED.substitute(repeated=_repeated(rows, columns), columns=_listed(rows, columns))
    return rows.ask(statement, most)[:most]


def values_of(rows: DataRows, column: str, most: int) -> Answer:
    """The values of a column with their counts, the most frequent first."""
    return rows.ask(_VALUES.substitute(column=named(column, rows.dialect), rows=rows.relation), most)[:most]


def _repeated(rows: DataRows, columns: Sequence[str]) -> str:
    return _REPEATED.substitute(columns=_listed(rows, columns), rows=rows.relation)


def _listed(rows: DataRows, columns: Sequence[str]) -> str:
    return ", ".join(named(column, rows.dialect) for column in columns)
