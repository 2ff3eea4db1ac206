"""Create or replace the inference profile of one table of predictions. Needs a workspace; databricks-sdk 0.156 or
newer.
"""

from __future__ import annotations

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

TABLE = "prod.ml_logs.churn_predictions"
BASELINE = "prod.ml_logs.churn_baseline"
OUTPUT_SCHEMA = "prod.ml_monitoring"
NOTIFY = ["ml-platform-alerts@example.com"]


def profile(client: WorkspaceClient) -> DataProfilingConfig:
    """Daily windows of predictions by model version, compared with the baseline and with the day before, after
    05:00 UTC.
    """
    return DataProfilingConfig(
        output_schema_id=str(client.schemas.get(OUTPUT_SCHEMA).schema_id),
        baseline_table_name=BASELINE,
        inference_log=InferenceLogConfig(
            problem_type=InferenceProblemType.INFERENCE_PROBLEM_TYPE_CLASSIFICATION,
            timestamp_column="predicted_at",
            granularities=[AggregationGranularity.AGGREGATION_GRANULARITY_1_DAY],
            model_id_column="model_version",
            prediction_column="prediction",
            label_column="label",
        ),
        slicing_exprs=["region", "tenure_months < 3"],
        schedule=CronSchedule(quartz_cron_expression="0 0 5 * * ?", timezone_id="UTC"),
        notification_settings=NotificationSettings(on_failure=NotificationDestination(email_addresses=NOTIFY)),
    )


def create(client: WorkspaceClient) -> Monitor:
    """The profile as the workspace now has it; an existing one is updated, so that its metric tables keep their
    history.
    """
    table_id = str(client.tables.get(TABLE).table_id)
    monitor = Monitor(object_type="table", object_id=table_id, data_profiling_config=profile(client))
    try:
        client.data_quality.get_monitor("table", table_id)
    except NotFound:
        return client.data_quality.create_monitor(monitor)
    return client.data_quality.update_monitor("table", table_id, monitor, update_mask="data_profiling_config")


if __name__ == "__main__":
    created = create(WorkspaceClient()).data_profiling_config
    print(created.drift_metrics_table_name if created else "no profile in the answer")
