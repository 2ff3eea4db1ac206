"""Defects of what runs without need."""

from planting import Mutator, edits

_SHOP = """
# file: databricks.yml
bundle: {name: shop}
resources:
  pipelines:
    silver:§
      catalog: main
      schema: silver
      serverless: true
      libraries:
        - file: {path: ./silver.py}
  jobs:
    refresh:
      schedule: {quartz_cron_expression: "0 0 4 * * ?", timezone_id: UTC}
      email_notifications: {on_failure: [shop-alerts@example.com]}
      tasks:
        - task_key: silver
          pipeline_task: {pipeline_id: "${resources.pipelines.silver.id}"}
    marts:
      schedule: {quartz_cron_expression: "0 0 5 * * ?", timezone_id: UTC}
      email_notifications: {on_failure: [shop-alerts@example.com]}
      tasks:
        - task_key: revenue
          sql_task: {warehouse_id: abc, file: {path: ./revenue.sql}}
targets:
  prod:
    mode: production
    workspace: {root_path: /Workspace/Applications/shop}
    run_as: {service_principal_name: 3f1c9a52-7d40-4b6e-9c18-5ae02d7b6f91}
# file: silver.py
from pyspark import pipelines as dp

@dp.table
def orders():
    return spark.readStream.table("main.bronze.orders")
# file: revenue.sql
INSERT OVERWRITE main.gold.revenue SELECT day, sum(amount) AS amount FROM main.silver.orders GROUP BY day;
"""

_EVENTS = """
# file: databricks.yml
bundle: {name: clicks}
resources:
  jobs:
    events:
      schedule: {quartz_cron_expression: "0 0 3 * * ?", timezone_id: UTC}§
      email_notifications: {on_failure: [clicks-alerts@example.com]}
      tasks:
        - task_key: events
          spark_python_task: {python_file: ./events.py}
          environment_key: default
    weekly:
      schedule: {quartz_cron_expression: "0 0 5 ? * MON", timezone_id: UTC}
      email_notifications: {on_failure: [clicks-alerts@example.com]}
      tasks:
        - task_key: report
          spark_python_task: {python_file: ./report.py}
          environment_key: default
targets:
  prod:
    mode: production
    workspace: {root_path: /Workspace/Applications/clicks}
    run_as: {service_principal_name: 3f1c9a52-7d40-4b6e-9c18-5ae02d7b6f91}
# file: events.py
events = spark.readStream.table("main.bronze.events")
query = events.writeStream.option("checkpointLocation", "/Volumes/main/ops/cp/events").trigger(availableNow=True)
query.toTable("main.silver.events")
# file: report.py
weekly = spark.read.table("main.silver.events").groupBy("week").count()
weekly.write.mode("overwrite").saveAsTable("main.gold.weekly_events")
"""

MUTATORS = (
    Mutator(
        rule="CST007",
        kind="project",
        clean=_SHOP,
        edits=edits(
            (
                "a continuous pipeline, read every night",
                "      serverless: true\n",
                "      serverless: true\n      continuous: true§\n",
            ),
        ),
    ),
    Mutator(
        rule="CST007",
        kind="project",
        clean=_EVENTS,
        edits=edits(
            (
                "a continuous job, read on Mondays",
                'schedule: {quartz_cron_expression: "0 0 3 * * ?", timezone_id: UTC}',
                "continuous: {pause_status: UNPAUSED}",
            ),
        ),
    ),
)
