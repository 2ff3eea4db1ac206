"""SQL in its hosts: templates with holes, statements, and what each Databricks statement says."""

from __future__ import annotations

from orchestrator.code.sql.changes import ApplyChanges, Flow, Insert, Merge, MergeClause
from orchestrator.code.sql.columns import Column, Expectation
from orchestrator.code.sql.cursor import Cursor, Fragment
from orchestrator.code.sql.databricks import Details
from orchestrator.code.sql.functions import CreateFunction
from orchestrator.code.sql.grants import Grant
from orchestrator.code.sql.maintenance import Optimize, Reorg, Restore, Vacuum
from orchestrator.code.sql.names import TableName
from orchestrator.code.sql.policies import AlterTable, Mask, Policy, RowFilter
from orchestrator.code.sql.python_template import ValueOf, from_python
from orchestrator.code.sql.session import SetConf, Use
from orchestrator.code.sql.sharing import Recipient, Share
from orchestrator.code.sql.statement import Statement
from orchestrator.code.sql.tables import Clone, CreateTable
from orchestrator.code.sql.template import Hole, Segment, Template, from_sql_text
from orchestrator.code.sql.tokens import Comment, Token, has_sql_head, lex
from orchestrator.code.sql.tsql import is_tsql
from orchestrator.code.sql.unit import SqlUnit, cell_unit, python_unit, sql_file_units

__all__ = [
    "AlterTable",
    "ApplyChanges",
    "Clone",
    "Column",
    "Comment",
    "CreateFunction",
    "CreateTable",
    "Cursor",
    "Details",
    "Expectation",
    "Flow",
    "Fragment",
    "Grant",
    "Hole",
    "Insert",
    "Mask",
    "Merge",
    "MergeClause",
    "Optimize",
    "Policy",
    "Recipient",
    "Reorg",
    "Restore",
    "RowFilter",
    "Segment",
    "SetConf",
    "Share",
    "SqlUnit",
    "Statement",
    "TableName",
    "Template",
    "Token",
    "Use",
    "Vacuum",
    "ValueOf",
    "cell_unit",
    "from_python",
    "from_sql_text",
    "has_sql_head",
    "is_tsql",
    "lex",
    "python_unit",
    "sql_file_units",
]
