"""The neighbours of a table or column, as the lineage interface of the workspace tells them.

The SDK has no method for it; the interface answers GET with the names in the query, one step in both directions:
https://docs.databricks.com/aws/en/data-governance/unity-catalog/data-lineage
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from orchestrator.workspace.records import Record

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

TABLE_PATH = "/api/2.0/lineage-tracking/table-lineage"
COLUMN_PATH = "/api/2.0/lineage-tracking/column-lineage"
MAX_NEIGHBOURS = 500
_ENTITIES = (
    ("jobInfos", "job", "job_id"), ("pipelineInfos", "pipeline", "pipeline_id"),
    ("notebookInfos", "notebook", "notebook_id"), ("queryInfos", "query", "query_id"),
    ("dashboardInfos", "dashboard", "dashboard_id"), ("dashboardV3Infos", "dashboard", "dashboard_id"),
)  # fmt: skip


class Neighbour(Record):
    """A table or path one step away, and what moves the data."""

    name: str | None
    """a table or path; null where a job or notebook reads it and writes no table, and where you may not see it"""
    kind: str | None
    """as TABLE, VIEW, PATH; `hidden` where you may not see it"""
    by: tuple[str, ...]
    """as `job 123`, `notebook 456`"""


class TableLineage(Record):
    """The tables one step before and after a table."""

    table: str
    upstream: tuple[Neighbour, ...]
    downstream: tuple[Neighbour, ...]
    more: bool
    """there are more than 500 on a side"""


class ColumnReference(Record):
    """A column of a table."""

    table: str
    column: str


class ColumnLineage(Record):
    """The columns one step before and after a column."""

    column: ColumnReference
    upstream: tuple[ColumnReference, ...]
    downstream: tuple[ColumnReference, ...]
    more: bool
    """there are more than 500 on a side"""


def table_lineage(client: WorkspaceClient, name: str) -> TableLineage:
    """The neighbours of a table."""
    query = {"table_name": name, "include_entity_lineage": "true"}
    answer = client.api_client.do("GET", TABLE_PATH, query=query)
    upstream, downstream = (list(_neighbours(_items(answer, side))) for side in ("upstreams", "downstreams"))
    return TableLineage(
        table=name, upstream=tuple(upstream[:MAX_NEIGHBOURS]), downstream=tuple(downstream[:MAX_NEIGHBOURS]),
        more=max(len(upstream), len(downstream)) > MAX_NEIGHBOURS,
    )  # fmt: skip


def column_lineage(client: WorkspaceClient, table: str, column: str) -> ColumnLineage:
    """The neighbours of a column."""
    answer = client.api_client.do("GET", COLUMN_PATH, query={"table_name": table, "column_name": column})
    upstream, downstream = (
        [_column(item) for item in _items(answer, side)] for side in ("upstream_cols", "downstream_cols")
    )
    return ColumnLineage(
        column=ColumnReference(table=table, column=column), upstream=tuple(upstream[:MAX_NEIGHBOURS]),
        downstream=tuple(downstream[:MAX_NEIGHBOURS]), more=max(len(upstream), len(downstream)) > MAX_NEIGHBOURS,
    )  # fmt: skip


def _items(answer: object, side: str) -> Sequence[Mapping[str, object]]:
    found = answer.get(side) if isinstance(answer, dict) else None
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _neighbours(items: Sequence[Mapping[str, object]]) -> Iterator[Neighbour]:
    for item in items:
        table, file = item.get("tableInfo"), item.get("fileInfo")
        by = tuple(_entities(item))
        if isinstance(table, dict) and table.get("has_permission") is False:
            yield Neighbour(name=None, kind="hidden", by=by)
        elif isinstance(table, dict):
            yield Neighbour(name=_full_name(table, "name"), kind=str(table.get("table_type") or "TABLE"), by=by)
        elif isinstance(file, dict):
            yield Neighbour(name=str(file.get("path") or ""), kind="PATH", by=by)
        elif by:
            yield Neighbour(name=None, kind=None, by=by)


def _entities(item: Mapping[str, object]) -> Iterator[str]:
    for key, kind, identifier in _ENTITIES:
        found = item.get(key)
        for entity in found if isinstance(found, list) else ():
            if isinstance(entity, dict) and entity.get(identifier) is not None:
                yield f"{kind} {entity[identifier]}"


def _column(item: Mapping[str, object]) -> ColumnReference:
    return ColumnReference(table=_full_name(item, "table_name"), column=str(item.get("name") or ""))


def _full_name(item: Mapping[str, object], last: str) -> str:
    return ".".join(str(item.get(key) or "?") for key in ("catalog_name", "schema_name", last))
