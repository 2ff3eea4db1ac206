# Databricks notebook source
# MAGIC %md
# MAGIC # Sessions
# MAGIC Numbers the sessions of each visitor and keeps one row per session in `web.gold.sessions`.

# COMMAND ----------

dbutils.widgets.text("month", "2026-10", "Month (yyyy-mm)")
month = dbutils.widgets.get("month")

# COMMAND ----------

from pyspark.sql import Window
from pyspark.sql import functions as F

PAUSE_SECONDS = 30 * 60

first_day = F.to_date(F.lit(f"{month}-01"))
events = (
    spark.table("web.silver.events")
    .where((F.col("event_ts") >= first_day) & (F.col("event_ts") < F.add_months(first_day, 1)))
    .where(~F.col("traffic_source").isin("internal", "bot"))
)

# COMMAND ----------

# MAGIC %md
# MAGIC A session starts after a pause; the number of a session is the number of starts so far.

# COMMAND ----------

in_order = Window.partitionBy("visitor_id").orderBy("event_ts", "event_id")
so_far = in_order.rowsBetween(Window.unboundedPreceding, Window.currentRow)

pause = F.col("event_ts").cast("double") - F.lag("event_ts").over(in_order).cast("double")
numbered = (
    events.withColumn("starts", pause > PAUSE_SECONDS)
    .withColumn("session_no", F.sum(F.col("starts").cast("int")).over(so_far))
)

# COMMAND ----------

# MAGIC %md
# MAGIC Landing page and exit page of each session.

# COMMAND ----------

in_session = Window.partitionBy("visitor_id", "session_no").orderBy("event_ts", "event_id")

paged = numbered.select(
    "visitor_id",
    "session_no",
    "event_ts",
    "basket",
    F.first("page").over(in_session).alias("landing_page"),
    F.last("page").over(in_session).alias("exit_page"),
)

# COMMAND ----------

# MAGIC %md
# MAGIC One row per session, with the number of different articles that were in the basket.

# COMMAND ----------

sessions = (
    paged.select("*", F.explode("basket").alias("item"))
    .groupBy("visitor_id", "session_no", "landing_page", "exit_page")
    .agg(
        F.min("event_ts").alias("started_at"),
        F.max("event_ts").alias("ended_at"),
        F.count_distinct("item.sku").alias("articles"),
    )
    .withColumn("month", F.lit(month))
)

(
    sessions.write.mode("overwrite")
    .option("replaceWhere", f"month = '{month}'")
    .saveAsTable("web.gold.sessions")
)
