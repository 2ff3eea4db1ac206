"""Whether a SQL expression can be read and names only columns that are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlglot import exp

_DIALECT = "databricks"


def problem(text: str, known: frozenset[str]) -> str:
    """Why the expression cannot stand over these columns; empty where it can."""
    import sqlglot
    from sqlglot import exp

    try:
        tree = sqlglot.parse_one(text, dialect=_DIALECT)
    except sqlglot.errors.SqlglotError:
        return f"{text[:80]!r} cannot be read as SQL"
    if not isinstance(tree, exp.Condition) or tree.find(exp.Query):
        return f"{text[:80]!r} is a query or statement; an expression over the columns is wanted"
    lower = {name.lower() for name in known}
    for column in tree.find_all(exp.Column):
        first = column.parts[0].name
        if first.lower() not in lower and not _is_parameter(column):
            return f"{text[:80]!r} names the column {first!r}, which is not there; there are {_shown(known)}"
    return ""


def _is_parameter(column: exp.Column) -> bool:
    """Whether it is a parameter of a lambda such as `x -> x + 1`."""
    from sqlglot import exp

    outer = column.find_ancestor(exp.Lambda)
    return outer is not None and column.parts[0].name in {each.name for each in outer.expressions}


def _shown(known: frozenset[str]) -> str:
    return ", ".join(sorted(known)[:12])
