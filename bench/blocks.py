"""The pieces of code that a generated project is made of: mostly sound, with the kind of mistakes that teams make.

`@name`, `@table`, `@other`, `@column`, `@key` and `@number` are filled in by the generator.
"""

from __future__ import annotations

MODULE_HEAD = '''"""@name: reads @table and keeps it up to date."""

from __future__ import annotations

from delta.tables import DeltaTable
from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as F
from pyspark.sql.types import DoubleType, StringType, StructField, StructType

spark = SparkSession.builder.getOrCreate()
'''

MODULE_BLOCKS = (
    '''

def read_@name(catalog: str, day: str) -> DataFrame:
    """Rows of one day, with the columns that the next step needs."""
    rows = spark.sql(f"""
        SELECT @key, @column, updated_at, source_system
        FROM {catalog}.@table
        WHERE updated_at >= '{day}' AND @column IS NOT NULL
    """)
    return rows.select("@key", F.col("@column").cast(DoubleType()).alias("@column"), "updated_at")
''',
    '''

def merge_@name(updates: DataFrame) -> None:
    """Bring the updates into the table, newest row of each key last."""
    newest = Window.partitionBy("@key").orderBy(F.col("updated_at").desc())
    latest = updates.withColumn("position", F.row_number().over(newest)).where("position = 1").drop("position")
    target = DeltaTable.forName(spark, "main.@table")
    (
        target.alias("t")
        .merge(latest.alias("s"), "t.@key = s.@key")
        .whenMatchedUpdate(condition="s.updated_at > t.updated_at", set={"@column": "s.@column"})
        .whenNotMatchedInsertAll()
        .execute()
    )
''',
    '''

def stream_@name(checkpoint: str) -> None:
    """Load new files as they arrive."""
    source = (
        spark.readStream.format("cloudFiles")
        .option("cloudFiles.format", "json")
        .option("cloudFiles.schemaLocation", checkpoint)
        .option("rescuedDataColumn", "_rescued")
        .load("/Volumes/main/landing/@name")
    )
    cleaned = source.where(F.col("@key").isNotNull()).withWatermark("updated_at", "@number minutes")
    cleaned.writeStream.option("checkpointLocation", checkpoint).trigger(availableNow=True).toTable("main.@table")
''',
    '''

def write_batch_@name(batch: DataFrame, batch_id: int) -> None:
    """One micro-batch of @table, written twice when the driver restarts."""
    batch.persist()
    accepted = batch.where(F.col("@column") > @number)
    accepted.write.mode("append").saveAsTable("main.@table")
    print(f"batch {batch_id}: {accepted.count()} rows")
    batch.unpersist()
''',
    '''

def enrich_@name(rows: DataFrame) -> DataFrame:
    """Join the reference data and derive the columns of the report."""
    other = spark.table("main.@other").select("@key", F.col("@column").alias("previous_@column"))
    joined = rows.join(F.broadcast(other), on="@key", how="left")
    for column in ("@column", "previous_@column"):
        joined = joined.withColumn(f"{column}_rounded", F.round(F.col(column), 2))
    return joined.withColumn("change", F.col("@column") - F.col("previous_@column"))
''',
    '''

def check_@name(rows: DataFrame) -> list[str]:
    """What is wrong with the rows, in words."""
    problems = []
    duplicated = rows.groupBy("@key").count().where(F.col("count") > 1)
    if duplicated.limit(1).count() > 0:
        problems.append("@key is not unique in @table")
    for row in rows.groupBy("source_system").agg(F.count("*").alias("total")).collect():
        if row["total"] < @number:
            problems.append(f"{row['source_system']} sent {row['total']} rows only")
    return problems
''',
    '''

SCHEMA_@name = StructType(
    [
        StructField("@key", StringType(), nullable=False),
        StructField("@column", DoubleType(), nullable=True),
        StructField("source_system", StringType(), nullable=True),
    ]
)


class Load@name:
    """Loads one day of @table into main.@other."""

    def __init__(self, day: str, limit: int = @number) -> None:
        """Keep what one run needs."""
        self.day = day
        self.limit = limit

    def run(self) -> int:
        """Write the day again and tell how many rows it has."""
        rows = spark.read.schema(SCHEMA_@name).json(f"/Volumes/main/landing/@name/{self.day}").limit(self.limit)
        rows.write.mode("overwrite").option("replaceWhere", f"day = '{self.day}'").saveAsTable("main.@other")
        return len(rows.toPandas())
''',
)

NOTEBOOK_HEAD = """# Databricks notebook source
# MAGIC %md
# MAGIC # @name
# MAGIC Prepares @table for the weekly report.

# COMMAND ----------

dbutils.widgets.text("day", "2026-01-01")
day = dbutils.widgets.get("day")
"""

NOTEBOOK_BLOCKS = (
    """
# COMMAND ----------

# MAGIC %md ## Rows of @table with a @column above @number

# COMMAND ----------

@name = spark.table("main.@table").where(f"@column > @number AND day = '{day}'")
display(@name.groupBy("@key").count())
""",
    """
# COMMAND ----------

# MAGIC %sql
# MAGIC SELECT @key, sum(@column) AS total, max(updated_at) AS last_seen
# MAGIC FROM main.@table
# MAGIC WHERE day = date'2026-01-01'
# MAGIC GROUP BY @key
# MAGIC ORDER BY total DESC
# MAGIC LIMIT @number
""",
    """
# COMMAND ----------

for name in ["@table", "@other"]:
    spark.sql(f"OPTIMIZE main.{name} WHERE day >= '{day}'")
    print(name, spark.table(f"main.{name}").count())
""",
    """
# COMMAND ----------

pdf = spark.table("main.@other").select("@key", "@column").toPandas()
pdf["@column"] = pdf["@column"].fillna(@number)
assert pdf["@key"].is_unique
""",
)

PIPELINE_HEAD = '''"""The declarative pipeline of @table."""

from pyspark import pipelines as dp
from pyspark.sql import functions as F
'''

PIPELINE_BLOCKS = (
    '''

@dp.table(name="@name", comment="Rows of @table as they arrived", cluster_by=["@key"])
@dp.expect_or_drop("has a key", "@key IS NOT NULL")
@dp.expect("plausible", "@column < @number")
def @name():
    """Every row that has a key."""
    return spark.readStream.table("@table").select("@key", "@column", F.current_timestamp().alias("loaded_at"))
''',
    '''

@dp.materialized_view(name="@name_daily", comment="@column by day")
def @name_daily():
    """One row a day and key."""
    rows = spark.read.table("@table").where(F.col("@column") > @number)
    return rows.groupBy("day", "@key").agg(F.sum("@column").alias("@column"), F.count("*").alias("rows"))
''',
    """

dp.create_streaming_table("@name_current")
dp.create_auto_cdc_flow(
    target="@name_current",
    source="@table",
    keys=["@key"],
    sequence_by=F.col("updated_at"),
    apply_as_deletes=F.expr("operation = 'DELETE'"),
    except_column_list=["operation"],
    stored_as_scd_type=1,
)
""",
)

SQL_BLOCKS = (
    """
-- @name: the newest state of each @key
CREATE OR REPLACE TABLE main.@table_current CLUSTER BY (@key) AS
SELECT @key, @column, updated_at
FROM main.@table
QUALIFY row_number() OVER (PARTITION BY @key ORDER BY updated_at DESC) = 1;
""",
    """
MERGE INTO main.@other AS t
USING (SELECT @key, @column, updated_at FROM main.@table WHERE day = current_date()) AS s
ON t.@key = s.@key
WHEN MATCHED AND s.updated_at > t.updated_at THEN UPDATE SET t.@column = s.@column
WHEN NOT MATCHED THEN INSERT (@key, @column, updated_at) VALUES (s.@key, s.@column, s.updated_at);
""",
    """
CREATE OR REFRESH STREAMING TABLE @name (
  @key STRING NOT NULL,
  @column DOUBLE,
  CONSTRAINT valid_@column EXPECT (@column >= @number) ON VIOLATION DROP ROW
) COMMENT 'Accepted rows of @table'
AS SELECT @key, @column FROM STREAM read_files('/Volumes/main/landing/@name', format => 'json');
""",
    """
WITH daily AS (
  SELECT date_trunc('day', updated_at) AS day, @key, sum(@column) AS total
  FROM main.@table
  GROUP BY ALL
),
ranked AS (
  SELECT *, rank() OVER (PARTITION BY day ORDER BY total DESC) AS position FROM daily
)
SELECT d.day, d.@key, d.total, o.@column AS reference
FROM ranked AS d LEFT JOIN main.@other AS o ON d.@key = o.@key
WHERE d.position <= @number;
""",
    """
GRANT SELECT ON TABLE main.@table TO `analysts`;
ALTER TABLE main.@table SET TBLPROPERTIES ('delta.enableChangeDataFeed' = 'true');
OPTIMIZE main.@table;
VACUUM main.@other RETAIN @number HOURS;
""",
)

BUNDLE = """bundle:
  name: generated

include:
  - resources/*.yml

variables:
  catalog:
    default: main

targets:
  dev:
    mode: development
    default: true
  prod:
    mode: production
    run_as:
      service_principal_name: "generated-runner"
    variables:
      catalog: prod
"""

JOB_HEAD = """resources:
  jobs:
"""

JOB_BLOCKS = (
    """    @name:
      name: "@name [${bundle.target}]"
      schedule:
        quartz_cron_expression: "0 0 4 * * ?"
        timezone_id: UTC
      max_concurrent_runs: 1
      tasks:
        - task_key: load
          job_cluster_key: main
          spark_python_task:
            python_file: ../src/load_0000.py
            parameters: ["--table", "${var.catalog}.@table"]
          max_retries: 2
        - task_key: publish
          depends_on:
            - task_key: load
          job_cluster_key: main
          spark_python_task:
            python_file: ../src/load_0000.py
            parameters: ["--table", "${var.catalog}.@other"]
      job_clusters:
        - job_cluster_key: main
          new_cluster:
            spark_version: 16.4.x-scala2.12
            node_type_id: i3.xlarge
            num_workers: @number
            custom_tags:
              team: data
""",
    """    @name_serverless:
      name: @name_serverless
      tags:
        domain: "@table"
      tasks:
        - task_key: refresh
          environment_key: default
          spark_python_task:
            python_file: ../src/load_0000.py
          timeout_seconds: 3600
      environments:
        - environment_key: default
          spec:
            client: "3"
            dependencies:
              - pandas==2.2.3
""",
)

TEST_HEAD = '''"""Tests of the loads around @table."""

import pytest
from pyspark.testing import assertDataFrameEqual
'''

TEST_BLOCKS = (
    '''

def test_@name_keeps_rows_with_a_key(spark):
    """Rows without a key are dropped."""
    rows = spark.createDataFrame([("a", 1.0), (None, 2.0)], "@key string, @column double")
    kept = rows.where("@key IS NOT NULL")
    assertDataFrameEqual(kept, spark.createDataFrame([("a", 1.0)], "@key string, @column double"))
''',
    '''

@pytest.mark.parametrize("value", [0.0, @number.0])
def test_@name_rounds(spark, value):
    """The rounded value is what the report shows."""
    rows = spark.createDataFrame([(value,)], "@column double")
    assert rows.collect()[0]["@column"] == value
    assert rows.count() == 1
''',
)
