"""Features that are declared in Unity Catalog: a source, an aggregation and a window, materialized by Databricks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from orchestrator.workspace.plain import brief, texts, word
from orchestrator.workspace.records import Record

if TYPE_CHECKING:
    from databricks.sdk.service.ml import DataSource, Function, MaterializedFeature
    from databricks.sdk.service.ml import Feature as SdkFeature


class Materialization(Record):
    """A table that a declared feature is kept in."""

    table: str | None
    online: bool
    last: str | None
    """when it was last computed"""
    schedule: str | None


class DeclaredFeature(Record):
    """A declared feature."""

    feature: str
    """catalog.schema.feature"""
    description: str | None
    source: str | None
    """the table it is computed from"""
    inputs: tuple[str, ...]
    entities: tuple[str, ...]
    """the columns that it is looked up by"""
    timeseries: str | None
    function: str | None
    """as `avg`"""
    window: str | None
    """the definition of the window as JSON"""
    filter: str | None
    materializations: tuple[Materialization, ...]


def declared(found: SdkFeature, kept: list[MaterializedFeature]) -> DeclaredFeature:
    """The feature as a result."""
    window = _window(found)
    return DeclaredFeature(
        feature=found.full_name,
        description=brief(found.description),
        source=source(found.source),
        inputs=_inputs(found),
        entities=texts(item.name for item in found.entities or ()),
        timeseries=found.timeseries_column.name if found.timeseries_column else None,
        function=_function(found.function),
        window=json.dumps(window, sort_keys=True) if window else None,
        filter=brief(found.filter_condition, 1_000),
        materializations=tuple(_kept(item) for item in kept),
    )


def source(found: DataSource) -> str | None:
    """The table or stream that a feature is computed from."""
    if found.delta_table_source is not None:
        return found.delta_table_source.full_name
    given: Mapping[str, object] = found.as_dict()
    return ", ".join(sorted(given)) or None


def _window(found: SdkFeature) -> Mapping[str, object] | None:
    """The window of time; newer definitions tell it inside the function."""
    aggregation = found.function.aggregation_function
    inner = aggregation.time_window if aggregation is not None else None
    window = inner or found.time_window
    return window.as_dict() if window is not None else None


def _inputs(found: SdkFeature) -> tuple[str, ...]:
    """The columns it reads; newer definitions tell them inside the function."""
    if found.inputs:
        return texts(found.inputs)
    selected = found.function.column_selection
    return texts([selected.column]) if selected is not None else ()


def _function(found: Function) -> str | None:
    if found.function_type is not None:
        return (word(found.function_type) or "").lower()
    if found.aggregation_function is not None:
        return ", ".join(sorted(set(found.aggregation_function.as_dict()) - {"time_window"})) or None
    return ", ".join(sorted(found.as_dict())) or None


def _kept(found: MaterializedFeature) -> Materialization:
    return Materialization(
        table=found.table_name, online=bool(found.is_online), last=found.last_materialization_time,
        schedule=found.cron_schedule,
    )  # fmt: skip
