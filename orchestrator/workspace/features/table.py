"""Feature tables: tables of Unity Catalog with a primary key, found through the information schema.

A listing of tables does not tell constraints, the information schema does:
https://docs.databricks.com/aws/en/sql/language-manual/information-schema/table_constraints and
`key_column_usage` there.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from string import Template
from typing import TYPE_CHECKING

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.catalog.table import Column, Table, table
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.governance.lexicon import lexicon
from orchestrator.workspace.records import Record
from orchestrator.workspace.statements import Value, query

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

MAX_KEYS = 10_000
_KEYS = Template(
    "SELECT concat_ws('.', k.table_catalog, k.table_schema, k.table_name) AS table_name, k.column_name AS key_column "
    "FROM system.information_schema.table_constraints c JOIN system.information_schema.key_column_usage k "
    "ON c.constraint_catalog = k.constraint_catalog AND c.constraint_schema = k.constraint_schema "
    "AND c.constraint_name = k.constraint_name AND c.table_name = k.table_name "
    "WHERE c.constraint_type = 'PRIMARY KEY' AND c.table_catalog = :catalog $one ORDER BY 1, k.ordinal_position"
)


class FeatureTableSummary(Record):
    """A feature table in a listing."""

    table: str
    primary_key: tuple[str, ...]


class TableFeature(Record):
    """A feature: a column of a feature table that is not in its key."""

    feature: str
    """catalog.schema.table.column"""
    type: str
    comment: str | None
    nullable: bool
    personal: str | None
    """the kind of personal data that its name speaks of"""


class FeatureTable(Record):
    """A feature table with its features."""

    table: str
    kind: str | None
    owner: str | None
    comment: str | None
    primary_key: tuple[str, ...]
    timeseries_columns: tuple[str, ...]
    """empty: lookups take the newest row and not that of a point in time"""
    features: tuple[TableFeature, ...]
    more_features: int
    """columns after the first 200"""
    without_comment: int
    """features that nobody has described"""
    pipeline_id: str | None


def feature_tables(workspace: Workspace, catalog: str, schema: str | None) -> Iterator[FeatureTableSummary]:
    """The feature tables of a catalog, or of one schema of it, by name.

    Raises:
        WorkspaceError: the information schema cannot be read, or there are more than it gives at once.
    """
    parameters: dict[str, Value] = {"catalog": catalog}
    if schema is not None:
        parameters["schema"] = schema
    statement = _KEYS.substitute(one="" if schema is None else "AND c.table_schema = :schema")
    rows = query(workspace, statement, parameters, what=f"list the feature tables of {catalog}", limit=MAX_KEYS)
    if rows.more:
        raise WorkspaceError(f"{catalog} has more than {MAX_KEYS} key columns; name a schema")
    for name, group in groupby(rows.named(), key=lambda row: row["table_name"] or ""):
        yield FeatureTableSummary(table=name, primary_key=tuple(row["key_column"] or "" for row in group))


def read_table(client: WorkspaceClient, name: str) -> Table:
    """The table with its columns and keys."""
    return table(client.tables.get(name))


def feature_table(found: Table) -> FeatureTable:
    """The table as a feature table.

    Raises:
        WorkspaceError: it has no primary key.
    """
    if not found.primary_key:
        raise WorkspaceError(
            f"{found.name} is no feature table: it has no primary key; "
            f"ALTER TABLE ... ADD CONSTRAINT ... PRIMARY KEY (...) makes it one"
        )
    features = tuple(feature(found.name, item) for item in found.columns if item.name not in found.primary_key)
    return FeatureTable(
        table=found.name, kind=found.kind, owner=found.owner, comment=found.comment, primary_key=found.primary_key,
        timeseries_columns=found.timeseries_columns, features=features,
        more_features=found.column_count - len(found.columns), pipeline_id=found.pipeline_id,
        without_comment=sum(not item.comment for item in features),
    )  # fmt: skip


def feature(name: str, column: Column) -> TableFeature:
    """A column as a feature of the table of that name."""
    kind = lexicon().named(column.name)
    return TableFeature(
        feature=f"{name}.{column.name}", type=column.type, comment=column.comment, nullable=column.nullable,
        personal=kind.kind if kind else None,
    )  # fmt: skip
