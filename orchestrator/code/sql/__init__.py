"""SQL as Databricks reads it: units with typed holes, statements, and what each statement does."""

from __future__ import annotations

from orchestrator.code.sql.names import TableName
from orchestrator.code.sql.statement import Statement
from orchestrator.code.sql.template import Hole, Template
from orchestrator.code.sql.tsql import is_tsql
from orchestrator.code.sql.unit import SqlUnit, cell_unit, python_unit, sql_file_units

__all__ = [
    "Hole",
    "SqlUnit",
    "Statement",
    "TableName",
    "Template",
    "cell_unit",
    "is_tsql",
    "python_unit",
    "sql_file_units",
]
