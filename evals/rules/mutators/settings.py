"""Settings that are wrong by themselves: connections, sessions, schedules, warehouses, endpoints."""

from planting import Mutator, edits

_REQUESTS = """
import requests

ca = "/Volumes/ops/ca/root.pem"
session = requests.Session()
session.verify = ca§
answer = session.get("https://erp.shop.internal/orders", verify=ca, timeout=30)§
rows = spark.createDataFrame(answer.json())
"""

_JDBC = """
orders = (
    spark.read.format("jdbc")
    .option("url", "jdbc:sqlserver://db.shop.internal:1433;database=orders;encrypt=true")§
    .option("trustServerCertificate", "false")§
    .option("password", dbutils.secrets.get("shop", "orders"))
    .option("dbtable", "orders")
    .load()
)
"""

_CONTEXT = """
from databricks.sdk import WorkspaceClient

client = WorkspaceClient()
token = None§
jobs = list(client.jobs.list())
"""
_ENTRY = "dbutils.notebook.entry_point.getDbutils().notebook().getContext()"

_SESSION = """
spark.conf.set("spark.sql.session.timeZone", "UTC")§
amounts = spark.table("main.bronze.orders").selectExpr("try_cast(amount AS DECIMAL(12, 2)) AS amount")
amounts.write.mode("append").saveAsTable("main.silver.amounts")
"""

_SET = """
SET TIME ZONE 'UTC';§
INSERT INTO main.silver.amounts SELECT try_cast(amount AS DECIMAL(12, 2)) AS amount FROM main.bronze.orders;
"""

_BUNDLE = """
# file: databricks.yml
bundle: {name: shop}
resources:
  jobs:
    nightly:
      schedule: {quartz_cron_expression: "0 30 2 * * ?", timezone_id: UTC}
      email_notifications: {on_failure: [shop-alerts@example.com]}
      job_clusters:
        - job_cluster_key: etl
          new_cluster:
            spark_version: 17.3.x-scala2.13
            num_workers: 2
            spark_conf:
              spark.sql.session.timeZone: UTC§
      tasks:
        - task_key: load
          job_cluster_key: etl
          spark_python_task: {python_file: ./load.py}
  sql_warehouses:
    reports:
      name: reports
      cluster_size: Small
      auto_stop_mins: 10
  model_serving_endpoints:
    churn:
      name: churn
      config:
        served_entities:
          - entity_name: main.ml.churn
            entity_version: "7"
            workload_size: Small
            scale_to_zero_enabled: false
targets:
  prod:
    mode: production
    workspace: {root_path: /Workspace/Applications/shop}
    run_as: {service_principal_name: 3f1c9a52-7d40-4b6e-9c18-5ae02d7b6f91}
# file: load.py
spark.read.table("main.bronze.orders").write.mode("overwrite").saveAsTable("main.silver.orders")
# file: .github/workflows/deploy.yml
on: {push: {branches: [main]}}
jobs:
  deploy:
    runs-on: ubuntu-latest
    env:
      DATABRICKS_CLIENT_ID: 3f1c9a52-7d40-4b6e-9c18-5ae02d7b6f91
    steps:
      - run: databricks bundle deploy -t prod
"""

_LAYOUT = """
# file: sql/orders.sql
CREATE TABLE IF NOT EXISTS main.silver.orders (order_id BIGINT, day DATE) CLUSTER BY (day);§
# file: sql/maintenance.sql
OPTIMIZE main.silver.orders;§
# file: src/maintain.py
from delta.tables import DeltaTable

DeltaTable.forName(spark, "main.silver.orders").optimize().executeCompaction()§
"""

_RIGHTS = """
# file: databricks.yml
bundle: {name: shop}
permissions:
  - level: CAN_VIEW§
    group_name: users
resources:
  jobs:
    nightly:
      schedule: {quartz_cron_expression: "0 30 2 * * ?", timezone_id: UTC}
      email_notifications: {on_failure: [shop-alerts@example.com]}
      permissions:
        - {level: CAN_MANAGE_RUN, group_name: data-platform}
      job_clusters:
        - job_cluster_key: etl
          new_cluster:
            spark_version: 17.3.x-scala2.13
            num_workers: 2
            data_security_mode: STANDARD
      tasks:
        - task_key: load
          job_cluster_key: etl
          spark_python_task: {python_file: ./load.py}
        - task_key: publish§
          depends_on: [{task_key: load}]
          job_cluster_key: etl
          spark_python_task: {python_file: ./publish.py}
targets:
  prod:
    mode: production
    workspace: {root_path: /Workspace/Applications/shop}
    run_as: {service_principal_name: 3f1c9a52-7d40-4b6e-9c18-5ae02d7b6f91}
# file: load.py
spark.read.table("main.bronze.orders").write.mode("overwrite").saveAsTable("main.silver.orders")
# file: publish.py
orders = spark.read.table("main.silver.orders")
orders.groupBy("day").sum("amount").write.mode("overwrite").saveAsTable("main.gold.revenue")
"""


def _rights(rule: str, *given: tuple[str, str, str]) -> Mutator:
    return Mutator(rule=rule, kind="project", clean=_RIGHTS, edits=edits(*given))


def _python(rule: str, clean: str, *given: tuple[str, str, str]) -> Mutator:
    return Mutator(rule=rule, kind="python", clean=clean, edits=edits(*given))


def _bundle(rule: str, *given: tuple[str, str, str]) -> Mutator:
    return Mutator(rule=rule, kind="project", clean=_BUNDLE, edits=edits(*given))


MUTATORS = (
    _python(
        "SEC008",
        _REQUESTS,
        ("a request", "verify=ca,", "verify=False,"),
        ("a session", "session.verify = ca", "session.verify = False"),
        ("through a variable", 'ca = "/Volumes/ops/ca/root.pem"', "ca = False"),
    ),
    _python(
        "SEC008",
        _JDBC,
        ("any certificate", '"trustServerCertificate", "false"', '"trustServerCertificate", "true"'),
        ("any certificate, as a boolean", '"trustServerCertificate", "false"', '"trustServerCertificate", True'),
        ("no encryption in the address", "encrypt=true", "encrypt=false"),
        ("any certificate in the address", "encrypt=true", "encrypt=true;trustServerCertificate=true"),
    ),
    _python(
        "SEC004",
        _CONTEXT,
        ("in one line", "token = None", f"token = {_ENTRY}.apiToken().get()"),
        ("in two steps", "token = None", f"context = {_ENTRY}\ntoken = context.apiToken().get()§"),
        ("with a fallback", "token = None", f'token = {_ENTRY}.apiToken().getOrElse("")'),
    ),
    _python(
        "DQS007",
        _SESSION,
        ("a string", '"spark.sql.session.timeZone", "UTC"', '"spark.sql.ansi.enabled", "false"'),
        ("a boolean", '"spark.sql.session.timeZone", "UTC"', '"spark.sql.ansi.enabled", False'),
        ("SQL in Python", 'spark.conf.set("spark.sql.session.timeZone", "UTC")', 'spark.sql("SET ansi_mode = false")'),
    ),
    Mutator(
        rule="DQS007",
        kind="sql",
        clean=_SET,
        edits=edits(
            ("the setting", "SET TIME ZONE 'UTC'", "SET spark.sql.ansi.enabled = false"),
            ("the parameter", "SET TIME ZONE 'UTC'", "SET ANSI_MODE = FALSE"),
        ),
    ),
    _bundle("DQS007", ("a cluster", "spark.sql.session.timeZone: UTC", 'spark.sql.ansi.enabled: "false"')),
    _bundle(
        "CST005",
        ("nought minutes", "auto_stop_mins: 10", "auto_stop_mins: 0"),
        ("half a day", "auto_stop_mins: 10", "auto_stop_mins: 720"),
    ),
    _bundle(
        "WFL006",
        ("every second", '"0 30 2 * * ?"', '"* 30 2 * * ?"'),
        ("every minute of an hour", '"0 30 2 * * ?"', '"0 * 2 * * ?"'),
        ("a step of seconds", '"0 30 2 * * ?"', '"0/5 30 2 * * ?"'),
    ),
    Mutator(
        rule="DEL006",
        kind="project",
        clean=_LAYOUT,
        edits=edits(
            (
                "Z-order of a clustered table",
                "OPTIMIZE main.silver.orders",
                "OPTIMIZE main.silver.orders ZORDER BY (day)",
            ),
            ("the same in Python", "executeCompaction()", 'executeZOrderBy("day")'),
            ("partitions and clusters", "day DATE) CLUSTER", "day DATE) PARTITIONED BY (day) CLUSTER"),
        ),
    ),
    _rights(
        "BND005",
        ("for the whole bundle", "level: CAN_VIEW", "level: CAN_MANAGE"),
        ("for a job", "group_name: data-platform", "group_name: users"),
    ),
    _rights(
        "UC006",
        ("no isolation", "data_security_mode: STANDARD", "data_security_mode: NONE"),
        ("legacy rights", "data_security_mode: STANDARD", "data_security_mode: LEGACY_TABLE_ACL"),
    ),
    Mutator(
        rule="UC006",
        kind="sql",
        clean="GRANT SELECT ON TABLE main.gold.orders TO `shop-analysts`;§",
        edits=edits(("any file", "TABLE main.gold.orders", "ANY FILE")),
    ),
    _rights(
        "WFL005",
        (
            "whatever happened",
            "        - task_key: publish§\n",
            "        - task_key: publish\n          run_if: ALL_DONE§\n",
        ),
        (
            "with one of them",
            "        - task_key: publish§\n",
            "        - task_key: publish\n          run_if: AT_LEAST_ONE_SUCCESS§\n",
        ),
    ),
    _bundle("SRV001", ("always", "scale_to_zero_enabled: false", "scale_to_zero_enabled: true")),
)
