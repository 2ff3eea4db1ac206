"""Features found by a word in their name or comment: columns of feature tables, and declared features."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from string import Template
from typing import TYPE_CHECKING

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.features.table import feature_tables
from orchestrator.workspace.plain import brief
from orchestrator.workspace.records import Record
from orchestrator.workspace.statements import Value, query

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

MAX_MATCHES = 10_000
MAX_DECLARED = 1_000
_COLUMNS = Template(
    "SELECT concat_ws('.', table_catalog, table_schema, table_name) AS table_name, column_name, comment "
    "FROM system.information_schema.columns WHERE table_catalog = :catalog $one "
    "AND (contains(lower(column_name), lower(:text)) OR contains(lower(comment), lower(:text))) ORDER BY 1, 2"
)


class FeatureMatch(Record):
    """A feature that was found."""

    feature: str
    """catalog.schema.table.column, or catalog.schema.feature of a declared one"""
    comment: str | None
    primary_key: tuple[str, ...]
    """what rows of its table are looked up by; of a declared feature its entities"""
    declared: bool


def matching(workspace: Workspace, text: str, catalog: str, schema: str | None) -> Iterator[FeatureMatch]:
    """The features whose name or comment holds the text, whatever its case.

    Raises:
        WorkspaceError: the information schema cannot be read, or has more matches than it gives at once.
    """
    keys = {item.table: item.primary_key for item in feature_tables(workspace, catalog, schema)}
    parameters: dict[str, Value] = {"catalog": catalog, "text": text}
    if schema is not None:
        parameters["schema"] = schema
    statement = _COLUMNS.substitute(one="" if schema is None else "AND table_schema = :schema")
    rows = query(workspace, statement, parameters, what="search features", limit=MAX_MATCHES)
    if rows.more:
        raise WorkspaceError(f"more than {MAX_MATCHES} columns hold {text!r}; name a schema, or a longer text")
    for table, column, comment in rows.rows:
        key = keys.get(table or "")
        if key is not None and column not in key:
            yield FeatureMatch(
                feature=f"{table}.{column}", comment=brief(comment, 500), primary_key=key, declared=False
            )
    if schema is not None:
        yield from workspace.ask(
            f"list the declared features of {catalog}.{schema}",
            lambda client: list(_declared(client, text.lower(), catalog, schema)),
        )


def _declared(client: WorkspaceClient, wanted: str, catalog: str, schema: str) -> Iterator[FeatureMatch]:
    for item in islice(client.feature_engineering.list_features(catalog, schema), MAX_DECLARED):
        if wanted in item.full_name.rpartition(".")[2].lower() or wanted in (item.description or "").lower():
            entities = tuple(entity.name for entity in item.entities or ())
            yield FeatureMatch(
                feature=item.full_name, comment=brief(item.description, 500), primary_key=entities, declared=True
            )
