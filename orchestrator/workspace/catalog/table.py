"""A table or view: its columns, its keys, and how its rows and columns are protected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.workspace.catalog.objects import MAX_BODY, CatalogObject
from orchestrator.workspace.plain import brief, moment, safe_settings, word
from orchestrator.workspace.records import Record

if TYPE_CHECKING:
    from databricks.sdk.service.catalog import ColumnInfo, TableInfo

MAX_COLUMNS = 200


class TableSummary(CatalogObject):
    """A table in a listing."""

    kind: str | None
    """as MANAGED, EXTERNAL, VIEW, MATERIALIZED_VIEW, STREAMING_TABLE, FOREIGN"""
    format: str | None
    """as DELTA, ICEBERG, PARQUET"""


class Column(Record):
    """A column."""

    name: str
    type: str
    nullable: bool
    position: int | None
    comment: str | None
    partition_index: int | None
    """its place among the partition columns; null where it is none"""
    mask: str | None
    """the function that masks it"""


class ForeignKey(Record):
    """A reference to another table; it informs and is not enforced."""

    columns: tuple[str, ...]
    parent: str
    parent_columns: tuple[str, ...]


class Table(TableSummary):
    """A table with its first 200 columns."""

    columns: tuple[Column, ...]
    column_count: int
    """of all columns; list_columns gives those after the first 200"""
    primary_key: tuple[str, ...]
    timeseries_columns: tuple[str, ...]
    """columns of the primary key that tell the time of a row, for point-in-time lookups of features"""
    foreign_keys: tuple[ForeignKey, ...]
    row_filter: str | None
    """the function and the columns it takes"""
    storage_location: str | None
    pipeline_id: str | None
    """the pipeline that writes it"""
    view_definition: str | None
    predictive_optimization: str | None
    properties: dict[str, str]


def table_summary(found: TableInfo) -> TableSummary:
    """The table as a listing shows it."""
    return TableSummary(
        name=found.full_name or f"{found.catalog_name}.{found.schema_name}.{found.name}", owner=found.owner,
        comment=brief(found.comment, 500), created=moment(found.created_at), created_by=found.created_by,
        updated=moment(found.updated_at), updated_by=found.updated_by, kind=word(found.table_type),
        format=word(found.data_source_format),
    )  # fmt: skip


def table(found: TableInfo) -> Table:
    """The table with its columns."""
    keys = [item.primary_key_constraint for item in found.table_constraints or () if item.primary_key_constraint]
    others = [item.foreign_key_constraint for item in found.table_constraints or () if item.foreign_key_constraint]
    columns = found.columns or []
    filtered = found.row_filter
    return Table(
        **dict(table_summary(found)),
        columns=tuple(column(item) for item in columns[:MAX_COLUMNS]),
        column_count=len(columns),
        primary_key=tuple(keys[0].child_columns) if keys else (),
        timeseries_columns=tuple(keys[0].timeseries_columns or ()) if keys else (),
        foreign_keys=tuple(
            ForeignKey(
                columns=tuple(key.child_columns), parent=key.parent_table, parent_columns=tuple(key.parent_columns)
            )
            for key in others
        ),
        row_filter=f"{filtered.function_name}({', '.join(filtered.input_column_names)})" if filtered else None,
        storage_location=found.storage_location,
        pipeline_id=found.pipeline_id,
        view_definition=brief(found.view_definition, MAX_BODY),
        predictive_optimization=word(found.enable_predictive_optimization),
        properties=safe_settings(found.properties),
    )


def column(found: ColumnInfo) -> Column:
    """The column as a result."""
    return Column(
        name=found.name or "",
        type=brief(found.type_text, 500) or "",
        nullable=found.nullable is not False,
        position=found.position,
        comment=brief(found.comment, 500),
        partition_index=found.partition_index,
        mask=found.mask.function_name if found.mask else None,
    )
