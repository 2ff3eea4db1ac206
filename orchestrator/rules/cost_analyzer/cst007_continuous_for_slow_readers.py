"""A pipeline or job runs all day, and everything that reads its tables starts once a day or less often.

What: a declarative pipeline with `continuous: true`, or a job with `continuous`, whose tables are read by other files
of the project, each of which production runs by a schedule with a day or more between two starts.

Why: compute that never stops costs twenty-four hours a day, and the rows that it hurries in wait for the next morning.
The same code, started by a trigger shortly before its readers, costs the time that the rows need.

Silent when: nothing in the project reads its tables; some reader is not known to run by the clock, or runs more often;
a data contract promises fresher data of one of the tables; the bundle has a dashboard, a Genie space, an app, an alert,
a serving endpoint or a synced table, whose readers no schedule tells; the target is for development, or continuous mode
is paused.

Opt-in: readers outside of the repository cannot be seen.

Source: Databricks documentation, triggered and continuous pipeline mode.

Bad::

    # file: databricks.yml
    bundle:
      name: shop
    resources:
      pipelines:
        silver:
          catalog: main
          schema: silver
          continuous: true
          libraries:
            - file: {path: ./silver.py}
      jobs:
        marts:
          schedule: {quartz_cron_expression: "0 0 5 * * ?", timezone_id: UTC}
          tasks:
            - task_key: revenue
              spark_python_task: {python_file: ./revenue.py}
    targets:
      prod:
        mode: production
    # file: silver.py
    from pyspark import pipelines as dp

    @dp.table
    def orders():
        return spark.readStream.table("main.bronze.orders")
    # file: revenue.py
    orders = spark.read.table("main.silver.orders")
    orders.groupBy("day").sum("amount").write.mode("overwrite").saveAsTable("main.gold.revenue")

Bad: a job, read by a job of Mondays::

    # file: databricks.yml
    bundle:
      name: shop
    resources:
      jobs:
        events:
          continuous: {pause_status: UNPAUSED}
          tasks:
            - task_key: events
              spark_python_task: {python_file: ./events.py}
        report:
          schedule: {quartz_cron_expression: "0 0 5 ? * MON", timezone_id: UTC}
          tasks:
            - task_key: report
              sql_task: {warehouse_id: abc, file: {path: ./report.sql}}
    # file: events.py
    events = spark.readStream.table("main.bronze.events")
    events.writeStream.option("checkpointLocation", "/Volumes/main/ops/cp/events").toTable("main.silver.events")
    # file: report.sql
    INSERT OVERWRITE main.gold.report SELECT day, count(*) AS n FROM main.silver.events GROUP BY day;

Good: one reader starts every hour::

    # file: databricks.yml
    bundle:
      name: shop
    resources:
      pipelines:
        silver:
          catalog: main
          schema: silver
          continuous: true
          libraries:
            - file: {path: ./silver.sql}
      jobs:
        marts:
          schedule: {quartz_cron_expression: "0 0 5 * * ?", timezone_id: UTC}
          tasks:
            - task_key: revenue
              sql_task: {warehouse_id: abc, file: {path: ./revenue.sql}}
        alarms:
          schedule: {quartz_cron_expression: "0 0 * * * ?", timezone_id: UTC}
          tasks:
            - task_key: alarms
              sql_task: {warehouse_id: abc, file: {path: ./alarms.sql}}
    # file: silver.sql
    CREATE OR REFRESH STREAMING TABLE orders AS SELECT * FROM STREAM(main.bronze.orders);
    # file: revenue.sql
    INSERT OVERWRITE main.gold.revenue SELECT day, sum(amount) AS amount FROM main.silver.orders GROUP BY day;
    # file: alarms.sql
    INSERT INTO main.gold.alarms SELECT * FROM main.silver.orders WHERE amount > 10000;

Good: a dashboard, whose readers nobody schedules::

    # file: databricks.yml
    bundle:
      name: shop
    resources:
      dashboards:
        orders: {file_path: ./orders.lvdash.json, warehouse_id: abc}
      jobs:
        events:
          continuous: {pause_status: UNPAUSED}
          tasks:
            - task_key: events
              spark_python_task: {python_file: ./events.py}
        report:
          schedule: {quartz_cron_expression: "0 0 5 * * ?", timezone_id: UTC}
          tasks:
            - task_key: report
              sql_task: {warehouse_id: abc, file: {path: ./report.sql}}
    # file: events.py
    events = spark.readStream.table("main.bronze.events")
    events.writeStream.option("checkpointLocation", "/Volumes/main/ops/cp/events").toTable("main.silver.events")
    # file: report.sql
    INSERT OVERWRITE main.gold.report SELECT day, count(*) AS n FROM main.silver.events GROUP BY day;

Good: its contract promises an hour::

    # file: contracts/orders.yaml
    kind: DataContract
    id: orders
    status: active
    schema:
      - name: orders
        physicalName: silver.orders
    slaProperties:
      - {property: latency, value: 1, unit: h}
    # file: databricks.yml
    bundle:
      name: shop
    resources:
      pipelines:
        silver:
          catalog: main
          schema: silver
          continuous: true
          libraries:
            - file: {path: ./silver.sql}
      jobs:
        marts:
          schedule: {quartz_cron_expression: "0 0 5 * * ?", timezone_id: UTC}
          tasks:
            - task_key: revenue
              sql_task: {warehouse_id: abc, file: {path: ./revenue.sql}}
    # file: silver.sql
    CREATE OR REFRESH STREAMING TABLE orders AS SELECT * FROM STREAM(main.bronze.orders);
    # file: revenue.sql
    INSERT OVERWRITE main.gold.revenue SELECT day, sum(amount) AS amount FROM main.silver.orders GROUP BY day;
"""

from __future__ import annotations

from orchestrator.rules.cost_analyzer._readers import check
from orchestrator.rules.rule import Rule, Severity

RULE = Rule(
    id="CST007",
    name="continuous-for-slow-readers",
    severity=Severity.MEDIUM,
    default=False,
    references=("https://docs.databricks.com/aws/en/ldp/pipeline-mode",),
)
RULE.on_project(check)
