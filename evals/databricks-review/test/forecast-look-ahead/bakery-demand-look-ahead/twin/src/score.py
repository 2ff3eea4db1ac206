"""Writes the quantities for the day in seven days with the model that carries the alias `champion`."""

import sys

import mlflow
import numpy as np
from history import FEATURES, LEAD_DAYS, with_history
from pyspark.sql import SparkSession
from pyspark.sql import functions as F


def main() -> None:
    """Append the target day to the history, build its features, predict, merge."""
    catalog = sys.argv[1]
    mlflow.set_registry_uri("databricks-uc")
    spark = SparkSession.builder.getOrCreate()
    target = spark.sql(f"SELECT date_add(current_date(), {LEAD_DAYS}) AS day").first().day

    sales = spark.table(f"{catalog}.sales.daily_quantities").where(F.col("day") >= F.date_sub(F.current_date(), 60))
    gap = spark.sql(f"SELECT explode(sequence(current_date(), DATE'{target}')) AS day")
    future = sales.select("shop_id", "product_id").distinct().crossJoin(gap).withColumn("quantity", F.lit(None).cast("double"))
    known = sales.where(F.col("day") < F.current_date()).select("shop_id", "product_id", "day", "quantity")

    weather = spark.table(f"{catalog}.weather.forecast_daily").select("shop_id", "day", "rain_mm")
    rows = with_history(known.unionByName(future), spark.table(f"{catalog}.calendar.holidays"))
    rows = rows.where(F.col("day") == F.lit(target)).join(weather, ["shop_id", "day"], "left")

    model = mlflow.lightgbm.load_model(f"models:/{catalog}.forecast.demand@champion")
    frame = rows.toPandas()
    frame["quantity"] = np.expm1(model.predict(frame[FEATURES]))

    plan = spark.createDataFrame(frame[["shop_id", "product_id", "day", "quantity"]])
    plan.createOrReplaceTempView("plan")
    spark.sql(f"""
      MERGE INTO {catalog}.forecast.quantities AS t
      USING plan AS s ON t.shop_id = s.shop_id AND t.product_id = s.product_id AND t.day = s.day
      WHEN MATCHED THEN UPDATE SET quantity = s.quantity
      WHEN NOT MATCHED THEN INSERT *
    """)


if __name__ == "__main__":
    main()
