"""Words that cannot be names: of Python, of SQL, and those that the generated files use themselves."""

from __future__ import annotations

import keyword
import sys
from collections.abc import Iterable

SQL = frozenset(
    {
        "ALL", "AND", "ANTI", "AS", "BETWEEN", "BY", "CASE", "CAST", "CROSS", "DISTINCT", "ELSE", "END",
        "EXCEPT", "EXISTS", "FALSE", "FOR", "FROM", "FULL", "GROUP", "HAVING", "IN", "INNER", "INTERSECT",
        "INTERVAL", "IS", "JOIN", "LATERAL", "LEFT", "LIKE", "LIMIT", "MINUS", "NATURAL", "NOT", "NULL", "ON",
        "OR", "ORDER", "RIGHT", "SELECT", "SEMI", "SET", "STREAM", "TABLE", "THEN", "TO", "TRUE", "UNION",
        "USING", "VALUES", "WHEN", "WHERE", "WITH",
    }
)  # fmt: skip
_OURS = frozenset(
    {"broken_rules", "dp", "expectations", "judged", "rows", "snapshot", "spark", "stream", "tables", "valid"}
)  # fmt: skip
_MODULES = frozenset({"expectations", "pyspark", "pytest", "pandas", "numpy", "py4j", "google", "grpc", "yaml"})


def is_reserved(name: str) -> bool:
    """Whether a table of that name would be in the way of what the files are written with."""
    return keyword.iskeyword(name) or name in _OURS or name.upper() in SQL


def is_module(name: str) -> bool:
    """Whether a module of that name is there already, for Python or for Spark."""
    return keyword.iskeyword(name) or name in _MODULES or name in sys.stdlib_module_names


def in_sql(name: str) -> str:
    """The name of a column as SQL reads it."""
    return f"`{name}`" if name.upper() in SQL else name


def named(names: Iterable[str]) -> str:
    """The names of columns as a list in SQL."""
    return ", ".join(map(in_sql, names))
