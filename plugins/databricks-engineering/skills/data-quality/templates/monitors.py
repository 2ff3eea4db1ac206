"""Monitors of Unity Catalog: anomaly detection on a schema, data profiling of a table.

Needs Databricks and databricks-sdk 0.156 or newer. Anomaly detection learns how often each table is written and how
many rows it gets. Profiling computes statistics and drift of one table. Both write to tables that you can query;
neither stops a run. That is what the gate is for.
"""

import argparse

from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import NotFound
from databricks.sdk.service.dataquality import (
    AggregationGranularity,
    AnomalyDetectionConfig,
    CronSchedule,
    DataProfilingConfig,
    Monitor,
    TimeSeriesConfig,
)


def schema_monitor(workspace: WorkspaceClient, schema: str, excluded: list[str]) -> Monitor:
    """Anomaly detection for every table of a schema but the excluded ones (full names)."""
    schema_id = workspace.schemas.get(schema).schema_id
    detection = AnomalyDetectionConfig(excluded_table_full_names=excluded)
    return Monitor(object_type="schema", object_id=schema_id, anomaly_detection_config=detection)


def table_monitor(workspace: WorkspaceClient, table: str, time_column: str, output_schema: str) -> Monitor:
    """Daily statistics and drift of a table, by a timestamp column; results go to tables in `output_schema`."""
    profiling = DataProfilingConfig(
        output_schema_id=workspace.schemas.get(output_schema).schema_id,
        time_series=TimeSeriesConfig(
            timestamp_column=time_column, granularities=[AggregationGranularity.AGGREGATION_GRANULARITY_1_DAY]
        ),
        schedule=CronSchedule(quartz_cron_expression="0 0 6 * * ?", timezone_id="UTC"),
    )
    table_id = workspace.tables.get(table).table_id
    return Monitor(object_type="table", object_id=table_id, data_profiling_config=profiling)


def ensure(workspace: WorkspaceClient, monitor: Monitor) -> Monitor:
    """The monitor of this object: the one that exists, left as it is, or a new one."""
    try:
        return workspace.data_quality.get_monitor(monitor.object_type, monitor.object_id)
    except NotFound:
        return workspace.data_quality.create_monitor(monitor)


def main() -> None:
    parser = argparse.ArgumentParser(description="Create the monitors of a schema and of one table in it.")
    parser.add_argument("--schema", required=True, help="catalog.schema")
    parser.add_argument("--table", required=True, help="catalog.schema.table")
    parser.add_argument("--time-column", required=True)
    parser.add_argument("--output-schema", required=True, help="catalog.schema for the metric tables")
    arguments = parser.parse_args()
    workspace = WorkspaceClient()
    ensure(workspace, schema_monitor(workspace, arguments.schema, []))
    ensure(workspace, table_monitor(workspace, arguments.table, arguments.time_column, arguments.output_schema))


if __name__ == "__main__":
    main()
