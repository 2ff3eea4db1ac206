# Databricks notebook source
import os

catalog = dbutils.widgets.get("catalog")
gauge = dbutils.widgets.get("gauge")
day = dbutils.widgets.get("day")
basin = dbutils.widgets.get("basin")

# COMMAND ----------

# A gauge that sent nothing has no folder of the day; check fails the run when the whole basin is silent.
landed = f"/Volumes/{catalog}/landing/gauges/{gauge}/{day}"
if not os.path.isdir(landed):
    dbutils.notebook.exit(f"{gauge} sent nothing on {day}")

# COMMAND ----------

# The gateway goes on writing to landing; the copy fixes the files that this task has seen.
work = f"/Volumes/{catalog}/work/levels/{basin}/{day}/{gauge}"
dbutils.fs.cp(landed, work, recurse=True)

readings = (
    spark.read.schema("gauge_id STRING, read_at TIMESTAMP, level_cm DOUBLE, sent_at TIMESTAMP")
    .json(work)
    .where("level_cm IS NOT NULL")
)
readings.createOrReplaceTempView("incoming")

# COMMAND ----------

# levels is clustered by gauge_id and has row-level concurrency: merges of different gauges do not conflict.
# A gauge may send a reading again with a correction; the last sent one counts. Ties are identical copies.
spark.sql(f"""
  MERGE INTO {catalog}.hydro.levels AS t
  USING (
    SELECT gauge_id, read_at, level_cm, sent_at FROM incoming
    QUALIFY row_number() OVER (PARTITION BY gauge_id, read_at ORDER BY sent_at DESC, level_cm DESC) = 1
  ) AS s
  ON t.gauge_id = :gauge AND t.gauge_id = s.gauge_id AND t.read_at = s.read_at
  WHEN MATCHED AND s.sent_at >= t.sent_at THEN UPDATE SET *
  WHEN NOT MATCHED THEN INSERT *
""", args={"gauge": gauge})
