"""Nightly churn scores for every person with an order."""

from __future__ import annotations

import mlflow
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from customer_360.config import parse_config

# The scorer still reads the workspace registry; training has moved to Unity Catalog.
MODEL_URI = "models:/customer_churn/Production"
FEATURES = ["recency_days", "order_count", "value"]


def main() -> None:
    """Score the current segments and replace the day's scores."""
    spark = SparkSession.builder.getOrCreate()
    config = parse_config()
    mlflow.set_registry_uri("databricks")
    churn = mlflow.pyfunc.spark_udf(spark, MODEL_URI, result_type="double")
    scores = spark.table(f"{config.catalog}.gold.customer_segments").select(
        "person_id",
        churn(*[F.col(name) for name in FEATURES]).alias("churn_score"),
        F.lit(config.run_date).alias("score_date"),
    )
    (
        scores.write.mode("overwrite")
        .option("replaceWhere", f"score_date = '{config.run_date}'")
        .saveAsTable(f"{config.catalog}.gold.churn_scores")
    )


if __name__ == "__main__":
    main()
