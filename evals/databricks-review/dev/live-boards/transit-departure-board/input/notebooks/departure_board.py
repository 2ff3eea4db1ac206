# Databricks notebook source
# MAGIC %md
# MAGIC ## Departure board
# MAGIC Two queries on the vehicle positions: delays at stops, and when each line was last heard of.

# COMMAND ----------

from delta.tables import DeltaTable
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

dbutils.widgets.text("catalog", "mobility_dev")
catalog = dbutils.widgets.get("catalog")
checkpoints = f"/Volumes/{catalog}/transit/checkpoints"

# COMMAND ----------

positions = (
    spark.readStream.option("startingVersion", "latest")
    .option("skipChangeCommits", "true")
    .table(f"{catalog}.transit.positions")
    .select("trip_id", "vehicle_id", "driver_id", "line_id", "stop_id", "scheduled_at", "observed_at")
)

# COMMAND ----------

# DBTITLE 1,Delays at stops


def publish_delays(batch: DataFrame, batch_id: int) -> None:
    newest = Window.partitionBy("trip_id", "stop_id").orderBy(F.desc("observed_at"), F.desc("vehicle_id"))
    delays = (
        batch.withColumn("_rank", F.row_number().over(newest))
        .where("_rank = 1")
        .select(
            "trip_id",
            "stop_id",
            "driver_id",
            "observed_at",
            F.timestamp_diff("SECOND", F.col("scheduled_at"), F.col("observed_at")).alias("delay_seconds"),
        )
    )
    (
        DeltaTable.forName(batch.sparkSession, f"{catalog}.transit.board_delays")
        .alias("t")
        .merge(delays.alias("s"), "t.trip_id = s.trip_id AND t.stop_id = s.stop_id")
        .whenMatchedUpdateAll("s.observed_at >= t.observed_at")
        .whenNotMatchedInsertAll()
        .execute()
    )


(
    positions.where("stop_id IS NOT NULL")
    .writeStream.queryName("board_delays")
    .foreachBatch(publish_delays)
    .option("checkpointLocation", f"{checkpoints}/board_delays")
    .trigger(processingTime="10 seconds")
    .start()
)

# COMMAND ----------

# DBTITLE 1,Lines last heard of
lines_heard = (
    positions.groupBy("line_id")
    .agg(F.max("observed_at").alias("last_seen_at"), F.count("*").alias("messages_since_start"))
    .withColumn("refreshed_at", F.current_timestamp())
)

(
    lines_heard.writeStream.queryName("lines_last_heard")
    .outputMode("complete")
    .option("checkpointLocation", f"{checkpoints}/lines_last_heard")
    .trigger(processingTime="30 seconds")
    .toTable(f"{catalog}.transit.lines_last_heard")
)
