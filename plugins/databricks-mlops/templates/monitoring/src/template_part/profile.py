"""The inference profile of the table of predictions: daily windows by version, against the baseline."""

from __future__ import annotations

import argparse

from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import NotFound
from databricks.sdk.service.dataquality import (
    AggregationGranularity,
    CronSchedule,
    DataProfilingConfig,
    InferenceLogConfig,
    InferenceProblemType,
    Monitor,
    NotificationDestination,
    NotificationSettings,
)

from .watched import LABEL, MOMENT, PREDICTION, SLICES, VERSION


def profile(schema_id: str, baseline: str, notify: str) -> DataProfilingConfig:
    """Windows of a day, after 05:00 UTC. The prediction is a probability, so it is profiled as a number."""
    return DataProfilingConfig(
        output_schema_id=schema_id,
        baseline_table_name=baseline,
        inference_log=InferenceLogConfig(
            problem_type=InferenceProblemType.INFERENCE_PROBLEM_TYPE_REGRESSION,
            timestamp_column=MOMENT,
            granularities=[AggregationGranularity.AGGREGATION_GRANULARITY_1_DAY],
            model_id_column=VERSION,
            prediction_column=PREDICTION,
            label_column=LABEL or None,
        ),
        slicing_exprs=SLICES or None,
        schedule=CronSchedule(quartz_cron_expression="0 0 5 * * ?", timezone_id="UTC"),
        notification_settings=NotificationSettings(on_failure=NotificationDestination(email_addresses=[notify])),
    )


def ensured(client: WorkspaceClient, table: str, config: DataProfilingConfig) -> Monitor:
    """The profile as the workspace now has it; an existing one is updated, so that its tables keep their history."""
    table_id = str(client.tables.get(table).table_id)
    monitor = Monitor(object_type="table", object_id=table_id, data_profiling_config=config)
    try:
        client.data_quality.get_monitor("table", table_id)
    except NotFound:
        return client.data_quality.create_monitor(monitor)
    return client.data_quality.update_monitor("table", table_id, monitor, update_mask="data_profiling_config")


def main() -> None:
    """Create or change the profile that the task's parameters name."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--table", required=True, help="full name of the table of predictions")
    parser.add_argument("--baseline", required=True, help="full name of the scored held-out rows")
    parser.add_argument("--output", required=True, help="catalog.schema of the metric tables")
    parser.add_argument("--notify", required=True, help="address that hears of a failed refresh")
    asked = parser.parse_args()
    client = WorkspaceClient()
    schema_id = str(client.schemas.get(asked.output).schema_id)
    ensured(client, asked.table, profile(schema_id, asked.baseline, asked.notify))


if __name__ == "__main__":
    main()
