"""Monthly transport cost of every customer and lane, rebuilt in full each night."""

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

TARGET = "freight.gold.customer_lane_costs"


def main() -> None:
    """Aggregate current and archived shipments into the gold table."""
    spark = SparkSession.builder.getOrCreate()
    current = spark.table("freight.silver.shipments")
    archive = spark.table("freight.silver.shipments_archive")
    costs = (
        current.unionByName(archive)
        .groupBy("region", "customer_name", "lane", F.trunc("booked_on", "month").alias("month"))
        .agg(F.count("*").alias("shipments"), F.sum("cost_eur").cast("decimal(16,2)").alias("cost_eur"))
        .select("region", "customer_name", "lane", "month", "shipments", "cost_eur")
    )
    costs.write.insertInto(TARGET, overwrite=True)


if __name__ == "__main__":
    main()
