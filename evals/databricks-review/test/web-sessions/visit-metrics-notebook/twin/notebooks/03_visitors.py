# Databricks notebook source
# MAGIC %md
# MAGIC # Visitors
# MAGIC Daily and weekly number of visitors for the board report, from `web.gold.sessions`.

# COMMAND ----------

from pyspark.sql import functions as F

sessions = spark.table("web.gold.sessions").withColumn("day", F.to_date("started_at"))

# COMMAND ----------

daily = sessions.groupBy("day").agg(F.count_distinct("visitor_id").alias("visitors"))
daily.write.mode("overwrite").saveAsTable("web.gold.visitors_daily")

# COMMAND ----------

weekly = (
    sessions.groupBy(F.date_trunc("week", "day").cast("date").alias("week"))
    .agg(F.count_distinct("visitor_id").alias("visitors"))
)
weekly.write.mode("overwrite").saveAsTable("web.gold.visitors_weekly")

# COMMAND ----------

last_weeks = weekly.orderBy(F.col("week").desc()).limit(8).toPandas()
display(last_weeks)
