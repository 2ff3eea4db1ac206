# Databricks notebook source
# MAGIC %md
# MAGIC # Hourly soil moisture
# MAGIC Recomputes the last `hours` full hours, because gateways in the hills send up to a day late.

# COMMAND ----------

# MAGIC %pip install -q astral==3.2

# COMMAND ----------

dbutils.library.restartPython()

# COMMAND ----------

# MAGIC %run ./_functions

# COMMAND ----------

dbutils.widgets.text("catalog", "agro_dev", "Catalog")
dbutils.widgets.text("hours", "48", "Hours to recompute")

catalog = dbutils.widgets.get("catalog")
hours = int(dbutils.widgets.get("hours"))

# COMMAND ----------

import pandas as pd
from astral import Observer
from astral.sun import elevation

bounds = spark.sql(
    "SELECT date_trunc('HOUR', now()) - make_interval(0, 0, 0, 0, :hours) AS start, date_trunc('HOUR', now()) AS stop",
    args={"hours": hours},
).first()

# COMMAND ----------

readings = (
    spark.table(full_name(catalog, "readings"))
    .where((F.col("read_at") >= F.lit(bounds.start)) & (F.col("read_at") < F.lit(bounds.stop)))
    .where(plausible(F.col("moisture")))
)
fields = spark.table(full_name(catalog, "fields")).select("field_id", "latitude", "longitude")

# COMMAND ----------

@F.pandas_udf("double")
def sun_height(latitude: pd.Series, longitude: pd.Series, hour: pd.Series) -> pd.Series:
    """Elevation of the sun in degrees; irrigation by day and by night is judged apart."""
    return pd.Series([
        elevation(Observer(lat, lon), moment.tz_localize("UTC"))
        for lat, lon, moment in zip(latitude, longitude, hour, strict=True)
    ])

# COMMAND ----------

hourly = (
    readings.groupBy("field_id", F.date_trunc("hour", "read_at").alias("hour"))
    .agg(F.avg("moisture").alias("moisture"), F.count("*").alias("readings"))
    .join(F.broadcast(fields), "field_id")
    .withColumn("sun_height", sun_height("latitude", "longitude", "hour"))
    .select("field_id", "hour", "moisture", "readings", "sun_height")
)

# COMMAND ----------

hourly.createOrReplaceTempView("hourly")
spark.sql(
    """
    MERGE INTO IDENTIFIER(:target) AS t
    USING hourly AS s ON t.field_id = s.field_id AND t.hour = s.hour
    WHEN MATCHED THEN UPDATE SET *
    WHEN NOT MATCHED THEN INSERT *
    """,
    args={"target": full_name(catalog, "hourly_moisture")},
)

# COMMAND ----------

display(spark.sql("SELECT max(hour) AS newest, count(*) AS hours FROM hourly"))
