"""The occupancy job: one load task per operator, then one SQL summary."""

from databricks.bundles.jobs import Job, Task

OPERATORS = ("city", "station", "hospital")
CLUSTER_KEY = "main"


def load_task(operator: str) -> Task:
    """Load one operator's file feed; operators never share rows."""
    return Task.from_dict(
        {
            "task_key": f"load_{operator}",
            "job_cluster_key": CLUSTER_KEY,
            "max_retries": 2,
            "min_retry_interval_millis": 60_000,
            "timeout_seconds": 1800,
            "spark_python_task": {
                "python_file": "src/load_operator.py",
                "parameters": ["--catalog", "${var.catalog}", "--operator", operator, "--day", "{{job.parameters.day}}"],
            },
        }
    )


def summary_task() -> Task:
    """Summarise the day after every operator is loaded."""
    return Task.from_dict(
        {
            "task_key": "summarise",
            "job_cluster_key": CLUSTER_KEY,
            "depends_on": [{"task_key": f"load_{operator}"} for operator in OPERATORS],
            "timeout_seconds": 1800,
            "spark_python_task": {
                "python_file": "src/summarise.py",
                "parameters": ["--catalog", "${var.catalog}", "--day", "{{job.parameters.day}}"],
            },
        }
    )


def occupancy_job() -> Job:
    """The whole job; the schedule is 02:40 UTC, after the operators' midnight files in every season.

    How many runs may overlap is left to the target: one by default, more where a preset says so.
    """
    return Job.from_dict(
        {
            "name": "parking-occupancy",
            "queue": {"enabled": True},
            "schedule": {"quartz_cron_expression": "0 40 2 * * ?", "timezone_id": "UTC"},
            "email_notifications": {"on_failure": ["${var.alert_address}"]},
            "parameters": [{"name": "day", "default": "{{job.start_time.iso_date}}"}],
            "tasks": [*(load_task(operator) for operator in OPERATORS), summary_task()],
            "job_clusters": [
                {
                    "job_cluster_key": CLUSTER_KEY,
                    "new_cluster": {
                        "spark_version": "17.3.x-scala2.13",
                        "node_type_id": "m7gd.xlarge",
                        "num_workers": "${var.workers}",
                        "data_security_mode": "USER_ISOLATION",
                        "custom_tags": {"team": "mobility", "product": "occupancy"},
                    },
                }
            ],
        }
    )
