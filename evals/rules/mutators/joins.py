"""Defects that show only where two files meet: names that are gone, lookups without a time, reads of another's inside."""

from planting import Mutator, edits

_TRAINING = """
# file: databricks.yml
bundle: {name: churn}
resources:
  jobs:
    train:
      tasks:
        - task_key: train
          new_cluster:
            spark_version: 18.0.x-cpu-ml-scala2.13
            num_workers: 2
          spark_python_task: {python_file: src/train.py}
# file: src/train.py
from sklearn.linear_model import LogisticRegression

frame = spark.read.table("main.churn.training").limit(100000).toPandas()
model = LogisticRegression().fit(frame[["visits"]], frame["churned"])
"""

_FEATURES = """
# file: src/tables.py
from databricks.feature_engineering import FeatureEngineeringClient

fe = FeatureEngineeringClient()
fe.create_table(name="main.churn.spend", primary_keys=["customer_id", "ts"], timeseries_columns="ts", df=spend)
fe.create_table(name="main.churn.segments", primary_keys=["customer_id"], df=segments)
# file: sql/visits.sql
CREATE TABLE main.churn.visits (
  customer_id BIGINT NOT NULL,
  seen_at TIMESTAMP NOT NULL,
  pages INT,
  CONSTRAINT visits_pk PRIMARY KEY (customer_id, seen_at TIMESERIES)
);
# file: src/train.py
from databricks.feature_engineering import FeatureEngineeringClient, FeatureLookup

LOOKUPS = [
    FeatureLookup(table_name="main.churn.spend", lookup_key="customer_id", timestamp_lookup_key="asked_at"),
    FeatureLookup(table_name="main.churn.visits", lookup_key="customer_id", timestamp_lookup_key="asked_at"),
    FeatureLookup(table_name="main.churn.segments", lookup_key="customer_id"),
]


def training(labels):
    fe = FeatureEngineeringClient()
    return fe.create_training_set(df=labels, feature_lookups=LOOKUPS, label="churned").load_df()
"""

_PRODUCTS = """
# file: orders/databricks.yml
bundle: {name: orders}
# file: orders/src/lines.py
raw = spark.read.table("main.landing_orders.lines")
raw.select("order_id", "sku").write.mode("overwrite").saveAsTable("main.silver_orders.lines")
raw.select("order_id").distinct().write.mode("overwrite").saveAsTable("main.gold_orders.orders")
# file: finance/databricks.yml
bundle: {name: finance}
# file: finance/src/report.py
orders = spark.read.table("main.gold_orders.orders")
orders.write.mode("overwrite").saveAsTable("main.gold_finance.open_orders")
# file: finance/sql/report.sql
CREATE OR REPLACE VIEW main.gold_finance.report AS
SELECT order_id FROM main.gold_orders.orders;
"""

_READERS = """
# file: sql/010_columns.sql
ALTER TABLE main.silver.customers DROP COLUMN telex;
ALTER TABLE main.silver.orders RENAME COLUMN remark TO note;§
ALTER TABLE main.silver.visits_old RENAME TO main.silver.visits_2024;
# file: sql/directory.sql
CREATE OR REPLACE VIEW main.gold.directory AS SELECT customer_id, phone, city FROM main.silver.customers;
# file: src/revenue.py
from pyspark.sql import functions as F

orders = spark.read.table("main.silver.orders")
orders.where(F.col("amount") > 0).groupBy("day").agg(F.sum("amount").alias("revenue")).write.mode("overwrite").saveAsTable("main.gold.revenue")
# file: src/visits.py
visits = spark.read.table("main.silver.visits")
visits.write.mode("overwrite").saveAsTable("main.gold.visits")
"""

_MONITOR = """
# file: databricks.yml
bundle: {name: churn}
resources:
  quality_monitors:
    predictions:§
      table_name: main.churn.predictions§
      output_schema_name: main.monitoring
      assets_dir: /Workspace/Applications/churn/monitors
      snapshot: {}
      schedule:
        quartz_cron_expression: 0 0 6 * * ?
        timezone_id: UTC
"""

_PEOPLE = """
CREATE TABLE main.silver.customers (customer_id BIGINT, email STRING MASK main.gov.mask_email, city STRING);
CREATE TABLE main.gold.campaigns (campaign STRING, reached BIGINT, sent_on DATE);
CREATE TABLE main.gold.members (member_id BIGINT, member_since DATE);
GRANT SELECT ON TABLE main.gold.members TO `account users`;
"""

MUTATORS = (
    Mutator(
        rule="AML001",
        kind="project",
        clean=_TRAINING,
        edits=edits(
            (
                "AutoML on a runtime without it",
                "from sklearn.linear_model import LogisticRegression\n",
                "from databricks import automl§\nfrom sklearn.linear_model import LogisticRegression\n",
            ),
            (
                "the module by its name",
                "from sklearn.linear_model import LogisticRegression\n",
                "import databricks.automl§\nfrom sklearn.linear_model import LogisticRegression\n",
            ),
            (
                "a function of it",
                "from sklearn.linear_model import LogisticRegression\n",
                "from databricks.automl import classify§\nfrom sklearn.linear_model import LogisticRegression\n",
            ),
            (
                "imported where it is used",
                "model = LogisticRegression().fit(",
                "def search():\n    from databricks import automl as search_tool§\n\n    return search_tool.classify(frame, target_col='churned')\n\n\nmodel = LogisticRegression().fit(",
            ),
            (
                "on serverless compute",
                "          new_cluster:\n            spark_version: 18.0.x-cpu-ml-scala2.13\n            num_workers: 2\n          spark_python_task: {python_file: src/train.py}\n# file: src/train.py\n",
                "          environment_key: default\n          spark_python_task: {python_file: src/train.py}\n      environments:\n        - {environment_key: default, spec: {environment_version: '4'}}\n# file: src/train.py\nfrom databricks import automl§\n",
            ),
        ),
    ),
    Mutator(
        rule="AML001",
        kind="python",
        clean="""
from sklearn.linear_model import LogisticRegression

model = LogisticRegression()
""",
        edits=edits(
            (
                "AutoML where the compute is not known",
                "from sklearn.linear_model import LogisticRegression\n\nmodel = LogisticRegression()",
                "from databricks import automl§\n\nmodel = automl.classify(spark.read.table('main.churn.training'), target_col='churned')",
            ),
        ),
    ),
    Mutator(
        rule="FST003",
        kind="project",
        clean=_FEATURES,
        edits=edits(
            (
                "a time series without a time key",
                'FeatureLookup(table_name="main.churn.spend", lookup_key="customer_id", timestamp_lookup_key="asked_at")',
                'FeatureLookup(table_name="main.churn.spend", lookup_key="customer_id")',
            ),
            (
                "a time series of SQL without a time key",
                'FeatureLookup(table_name="main.churn.visits", lookup_key="customer_id", timestamp_lookup_key="asked_at")',
                'FeatureLookup(table_name="main.churn.visits", lookup_key=["customer_id"])',
            ),
            (
                "the time among the keys",
                'FeatureLookup(table_name="main.churn.spend", lookup_key="customer_id", timestamp_lookup_key="asked_at")',
                'FeatureLookup(table_name="main.churn.spend", lookup_key=["customer_id", "asked_at"])',
            ),
            (
                "a time key on a table without time",
                'FeatureLookup(table_name="main.churn.segments", lookup_key="customer_id")',
                'FeatureLookup(table_name="main.churn.segments", lookup_key="customer_id", timestamp_lookup_key="asked_at")',
            ),
            (
                "the table's name in a constant",
                'LOOKUPS = [\n    FeatureLookup(table_name="main.churn.spend", lookup_key="customer_id", timestamp_lookup_key="asked_at"),',
                'SPEND = "main.churn.spend"\nLOOKUPS = [\n    FeatureLookup(table_name=SPEND, lookup_key="customer_id"),§',
            ),
            (
                "the time column no longer declared",
                'primary_keys=["customer_id", "ts"], timeseries_columns="ts", df=spend)\nfe.create_table(name="main.churn.segments", primary_keys=["customer_id"], df=segments)\n# file: sql/visits.sql\nCREATE TABLE main.churn.visits (\n  customer_id BIGINT NOT NULL,\n  seen_at TIMESTAMP NOT NULL,\n  pages INT,\n  CONSTRAINT visits_pk PRIMARY KEY (customer_id, seen_at TIMESERIES)\n);\n# file: src/train.py\nfrom databricks.feature_engineering import FeatureEngineeringClient, FeatureLookup\n\nLOOKUPS = [\n    FeatureLookup(table_name="main.churn.spend", lookup_key="customer_id", timestamp_lookup_key="asked_at"),',
                'primary_keys=["customer_id", "ts"], df=spend)\nfe.create_table(name="main.churn.segments", primary_keys=["customer_id"], df=segments)\n# file: sql/visits.sql\nCREATE TABLE main.churn.visits (\n  customer_id BIGINT NOT NULL,\n  seen_at TIMESTAMP NOT NULL,\n  pages INT,\n  CONSTRAINT visits_pk PRIMARY KEY (customer_id, seen_at TIMESERIES)\n);\n# file: src/train.py\nfrom databricks.feature_engineering import FeatureEngineeringClient, FeatureLookup\n\nLOOKUPS = [\n    FeatureLookup(table_name="main.churn.spend", lookup_key="customer_id", timestamp_lookup_key="asked_at"),§',
            ),
        ),
    ),
    Mutator(
        rule="DPA002",
        kind="project",
        clean=_PRODUCTS,
        edits=edits(
            (
                "an inner table read in Python",
                'orders = spark.read.table("main.gold_orders.orders")',
                'orders = spark.read.table("main.silver_orders.lines")',
            ),
            (
                "an inner table read as a stream",
                'orders = spark.read.table("main.gold_orders.orders")\norders.write.mode("overwrite").saveAsTable("main.gold_finance.open_orders")',
                'orders = spark.readStream.table("main.silver_orders.lines")§\norders.writeStream.option("checkpointLocation", "/Volumes/main/finance/checkpoints/orders").toTable("main.gold_finance.open_orders")',
            ),
            (
                "an inner table read in SQL",
                "SELECT order_id FROM main.gold_orders.orders;",
                "SELECT order_id FROM main.silver_orders.lines;",
            ),
            (
                "an inner table in a query of Python",
                'orders = spark.read.table("main.gold_orders.orders")',
                'orders = spark.sql("SELECT order_id, sku FROM main.silver_orders.lines WHERE sku IS NOT NULL")',
            ),
            (
                "an inner table by a constant",
                'orders = spark.read.table("main.gold_orders.orders")',
                'SOURCE = "main.silver_orders.lines"\norders = spark.read.table(SOURCE)§',
            ),
            (
                "an inner table in a join",
                "SELECT order_id FROM main.gold_orders.orders;",
                "SELECT o.order_id, l.sku FROM main.gold_orders.orders o JOIN main.silver_orders.lines l ON l.order_id = o.order_id;",
            ),
        ),
    ),
    Mutator(
        rule="LIN001",
        kind="project",
        clean=_READERS,
        edits=edits(
            ("a column that a view reads", "DROP COLUMN telex", "DROP COLUMN phone"),
            ("one of several columns", "DROP COLUMN telex", "DROP COLUMNS (telex, city)"),
            (
                "a column renamed that Python reads",
                "RENAME COLUMN remark TO note",
                "RENAME COLUMN amount TO net_amount",
            ),
            (
                "a table renamed that Python reads",
                "ALTER TABLE main.silver.visits_old RENAME TO main.silver.visits_2024",
                "ALTER TABLE main.silver.visits RENAME TO main.silver.page_visits",
            ),
            (
                "a column that a query of Python reads",
                'visits = spark.read.table("main.silver.visits")\n',
                'visits = spark.sql("SELECT remark, day FROM main.silver.orders")\n',
            ),
            (
                "a column that a filter of Python names in a text",
                'F.col("amount") > 0',
                '"remark IS NOT NULL"',
            ),
            (
                "a column dropped from Python",
                'visits = spark.read.table("main.silver.visits")\n',
                'spark.sql("ALTER TABLE main.silver.customers DROP COLUMN IF EXISTS city")§\nvisits = spark.read.table("main.silver.visits")\n',
            ),
        ),
    ),
    Mutator(
        rule="MON003",
        kind="project",
        clean=_MONITOR,
        edits=edits(
            (
                "no schedule in a bundle",
                "      schedule:\n        quartz_cron_expression: 0 0 6 * * ?\n        timezone_id: UTC\n",
                "",
            ),
            (
                "a paused schedule in a bundle",
                "        timezone_id: UTC\n",
                "        timezone_id: UTC\n        pause_status: PAUSED§\n",
            ),
            (
                "no schedule for a time series in a bundle",
                "      snapshot: {}\n      schedule:\n        quartz_cron_expression: 0 0 6 * * ?\n        timezone_id: UTC\n",
                "      time_series: {timestamp_col: scored_at, granularities: [1 day]}\n",
            ),
        ),
    ),
    Mutator(
        rule="MON003",
        kind="python",
        clean="""
from databricks.sdk import WorkspaceClient
from databricks.sdk.service.catalog import MonitorCronSchedule, MonitorInferenceLog, MonitorSnapshot

w = WorkspaceClient()
w.quality_monitors.create(§
    table_name="main.churn.predictions",
    assets_dir="/Workspace/Applications/churn/monitors",
    output_schema_name="main.monitoring",
    snapshot=MonitorSnapshot(),
    schedule=MonitorCronSchedule(quartz_cron_expression="0 0 6 * * ?", timezone_id="UTC"),
)
""",
        edits=edits(
            (
                "no schedule",
                '    schedule=MonitorCronSchedule(quartz_cron_expression="0 0 6 * * ?", timezone_id="UTC"),\n',
                "",
            ),
            (
                "a schedule of nothing",
                'MonitorCronSchedule(quartz_cron_expression="0 0 6 * * ?", timezone_id="UTC"),\n)',
                "None,\n)",
            ),
        ),
    ),
    Mutator(
        rule="PRV001",
        kind="sql",
        clean=_PEOPLE,
        edits=edits(
            ("masked in another table", "campaign STRING, reached", "campaign STRING, email STRING, reached"),
            (
                "a table that everyone reads",
                "member_id BIGINT, member_since",
                "member_id BIGINT, phone_number STRING, member_since",
            ),
            ("a date of birth that everyone reads", "member_since DATE", "date_of_birth DATE"),
            (
                "a column added to a table that everyone reads",
                "GRANT SELECT ON TABLE main.gold.members TO `account users`;",
                "GRANT SELECT ON TABLE main.gold.members TO `account users`;\nALTER TABLE main.gold.members ADD COLUMN email STRING;§",
            ),
            (
                "a schema that everyone reads",
                "GRANT SELECT ON TABLE main.gold.members TO `account users`;",
                "GRANT SELECT ON SCHEMA main.gold TO `account users`;\nCREATE TABLE main.gold.contacts (contact_id BIGINT, phone_number STRING);§",
            ),
            (
                "called personal in a comment",
                "campaign STRING, reached",
                "campaign STRING, phone STRING COMMENT 'PII: number of the contact', reached",
            ),
            (
                "tagged and not masked",
                "CREATE TABLE main.gold.campaigns (campaign STRING, reached BIGINT, sent_on DATE);",
                "CREATE TABLE main.gold.campaigns (campaign STRING, last_name STRING, sent_on DATE);§\nALTER TABLE main.gold.campaigns ALTER COLUMN last_name SET TAGS ('pii' = 'name');",
            ),
        ),
    ),
)
