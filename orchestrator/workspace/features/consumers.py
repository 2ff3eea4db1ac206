"""Who reads a feature: models, feature specs and online tables, and the tables that are written from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from orchestrator.workspace.catalog.lineage import ColumnReference, Neighbour
from orchestrator.workspace.records import Record

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.ml import FeatureLineage as SdkFeatureLineage


class Readers(Record):
    """What reads one column of a feature table."""

    models: tuple[str, ...]
    """as `main.ml.churn/3`"""
    feature_specs: tuple[str, ...]
    online_features: tuple[str, ...]
    """as `main.ml.customers_online.age`"""


class FeatureLineage(Record):
    """Where a feature comes from and who reads it."""

    feature: str
    upstream: tuple[ColumnReference, ...]
    downstream: tuple[ColumnReference, ...]
    readers: Readers
    unread: tuple[str, ...]
    """parts that could not be read, with the reason"""


class Consumer(Record):
    """One reader of a feature table."""

    kind: str
    """model, feature spec or online feature"""
    name: str
    features: tuple[str, ...]
    """the columns that it reads"""


class Consumers(Record):
    """The readers of a feature table."""

    table: str
    consumers: tuple[Consumer, ...]
    written_from_it: tuple[Neighbour, ...]
    """tables, and jobs or notebooks, that the lineage shows downstream"""
    features_looked_at: int
    more: bool
    """the table has more features than were looked at"""
    unread: tuple[str, ...]
    """parts that could not be read, with the reason"""


def readers(client: WorkspaceClient, table: str, column: str) -> Readers:
    """What reads the column, as the feature store tells."""
    return told(client.materialized_features.get_feature_lineage(table, column))


def told(found: SdkFeatureLineage) -> Readers:
    """The answer of the feature store as a result."""
    return Readers(
        models=tuple(f"{item.name}/{item.version}" for item in found.models or ()),
        feature_specs=tuple(item.name or "" for item in found.feature_specs or ()),
        online_features=tuple(f"{item.table_name}.{item.feature_name}" for item in found.online_features or ()),
    )


def merged(found: Mapping[str, Readers]) -> tuple[Consumer, ...]:
    """The readers of a table, from those of its columns: each once, with the columns that it reads."""
    columns: dict[tuple[str, str], list[str]] = defaultdict(list)
    for column, item in found.items():
        for kind, name in _named(item):
            columns[kind, name].append(column)
    return tuple(
        Consumer(kind=kind, name=name, features=tuple(sorted(read))) for (kind, name), read in sorted(columns.items())
    )


def _named(found: Readers) -> Iterable[tuple[str, str]]:
    yield from (("model", name) for name in found.models)
    yield from (("feature spec", name) for name in found.feature_specs)
    yield from (("online feature", name) for name in found.online_features)
