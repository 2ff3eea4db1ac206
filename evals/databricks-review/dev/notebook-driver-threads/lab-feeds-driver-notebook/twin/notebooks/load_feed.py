# Databricks notebook source
# Loads one feed: takes the rows that arrived since the bookmark, keeps the newest per result, merges them.
# `ingested_at` is set by the connector when a row is committed to the inbox table.
catalog = dbutils.widgets.get("catalog")
feed = dbutils.widgets.get("feed")

# COMMAND ----------

bookmark = spark.sql(
    "SELECT COALESCE(MAX(loaded_until), TIMESTAMP'1970-01-01') AS t FROM IDENTIFIER(:bookmarks) WHERE feed = :feed",
    args={"bookmarks": f"{catalog}.control.bookmarks", "feed": feed},
).first().t

if dbutils.widgets.get("full_refresh") == "true":
    spark.sql(f"DELETE FROM {catalog}.lab.results WHERE feed = :feed", args={"feed": feed})
    bookmark = spark.sql("SELECT TIMESTAMP'1970-01-01' AS t").first().t

# COMMAND ----------

try:
    spark.sql(f"""
      CREATE OR REPLACE TABLE {catalog}.staging.current_{feed} AS
      SELECT :feed AS feed, result_id, patient_id, analyte, value, unit, measured_at, ingested_at
      FROM {catalog}.inbox.{feed}
      WHERE ingested_at > :bookmark
      QUALIFY row_number() OVER (PARTITION BY result_id ORDER BY ingested_at DESC, measured_at DESC) = 1
    """, args={"feed": feed, "bookmark": bookmark})

    spark.sql(f"""
      MERGE INTO {catalog}.lab.results AS t
      USING {catalog}.staging.current_{feed} AS s
      ON t.feed = s.feed AND t.result_id = s.result_id
      WHEN MATCHED THEN UPDATE SET *
      WHEN NOT MATCHED THEN INSERT *
    """)
except Exception as error:
    raise RuntimeError(f"feed {feed} was not loaded") from error

# COMMAND ----------

spark.sql(f"""
  MERGE INTO {catalog}.control.bookmarks AS t
  USING (SELECT :feed AS feed, MAX(ingested_at) AS loaded_until FROM {catalog}.staging.current_{feed} HAVING COUNT(*) > 0) AS s
  ON t.feed = s.feed
  WHEN MATCHED THEN UPDATE SET loaded_until = s.loaded_until
  WHEN NOT MATCHED THEN INSERT *
""", args={"feed": feed})

# COMMAND ----------

dbutils.notebook.exit("OK")
