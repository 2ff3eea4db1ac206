# Databricks notebook source
# MAGIC %md
# MAGIC # Positions on trips
# MAGIC Gives every position of a service day its trip, and from these every trip the delay at its last stop.

# COMMAND ----------

from datetime import date

from pyspark.sql import Column, Window
from pyspark.sql import functions as F

dbutils.widgets.text("service_day", "", "Service day (yyyy-mm-dd)")
day = date.fromisoformat(dbutils.widgets.get("service_day"))

CITY = "Europe/Zurich"
HOUR = 3600


def service_day(column: str) -> Column:
    """The service day to which an instant belongs."""
    return F.to_date(F.from_utc_timestamp(column, CITY) - F.expr("INTERVAL 4 HOURS"))


# COMMAND ----------

# MAGIC %md
# MAGIC An instant range that surely holds the service day lets Delta skip files; the exact day is cut after it.

# COMMAND ----------

positions = (
    spark.table("transit.silver.positions")
    .where(F.col("seen_at").between(F.expr(f"TIMESTAMP '{day} 00:00:00'"), F.expr(f"TIMESTAMP '{day} 00:00:00' + INTERVAL 36 HOURS")))
    .where(service_day("seen_at") == F.lit(day))
    .select("bus_id", "seen_at", "latitude", "longitude", "stop_id")
)
trips = spark.table("transit.silver.trips").where(F.col("service_day") == F.lit(day))

# COMMAND ----------

# MAGIC %md
# MAGIC The join is on bus and hour, so that it is a hash join; the exact bounds are checked after it. A trip is spread over
# MAGIC the hours that it touches, at most four.

# COMMAND ----------

hours_of_trip = F.sequence(
    F.floor(F.unix_timestamp("starts_at") / HOUR),
    F.floor(F.unix_timestamp("ends_at") / HOUR),
)
by_hour = trips.select("trip_id", "bus_id", "starts_at", "ends_at", "last_stop_id", F.explode(hours_of_trip).alias("hour"))

matched = (
    positions.withColumn("hour", F.floor(F.unix_timestamp("seen_at") / HOUR))
    .join(by_hour, ["bus_id", "hour"])
    .where((F.col("seen_at") >= F.col("starts_at")) & (F.col("seen_at") < F.col("ends_at")))
    .drop("hour")
)

# COMMAND ----------

# MAGIC %md
# MAGIC The first position at the last stop is the arrival. Two positions never have the same instant for one bus, so the
# MAGIC order has no ties.

# COMMAND ----------

arrivals = Window.partitionBy("trip_id").orderBy("seen_at")
finished = (
    matched.where(F.col("stop_id") == F.col("last_stop_id"))
    .withColumn("arrival_no", F.row_number().over(arrivals))
    .where(F.col("arrival_no") == 1)
    .select("trip_id", F.col("seen_at").alias("arrived_at"))
)

stops = spark.table("transit.silver.stops").select(F.col("stop_id").alias("last_stop_id"), "stop_name")

delays = (
    trips.join(finished, "trip_id", "left")
    .join(F.broadcast(stops), "last_stop_id", "left")
    .select(
        "trip_id",
        "bus_id",
        F.coalesce("stop_name", F.lit("unknown stop")).alias("stop_name"),
        (F.unix_timestamp("arrived_at") - F.unix_timestamp("due_at")).alias("delay_seconds"),
        F.col("arrived_at").isNull().alias("never_arrived"),
        F.lit(day).alias("service_day"),
    )
)

# COMMAND ----------

(
    delays.write.mode("overwrite")
    .option("replaceWhere", f"service_day = '{day}'")
    .saveAsTable("transit.gold.trip_delays")
)

# COMMAND ----------

# MAGIC %md
# MAGIC ## For the reader

# COMMAND ----------

worst = (
    spark.table("transit.gold.trip_delays")
    .where(F.col("service_day") == F.lit(day))
    .orderBy(F.col("delay_seconds").desc_nulls_last())
    .limit(20)
)
display(worst)

# COMMAND ----------

never = spark.sql(
    "SELECT count(*) AS trips FROM transit.gold.trip_delays WHERE service_day = :day AND never_arrived",
    args={"day": day},
).first()
dbutils.notebook.exit(f"{never.trips} trips never arrived")
