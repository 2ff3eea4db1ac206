"""Trips of all vendors, and what the dashboards show of them."""

from functools import reduce

from pyspark import pipelines as dp
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

CATALOG = spark.conf.get("fleet.catalog")
VENDORS = [row.vendor for row in spark.read.table(f"{CATALOG}.ingest.vendors").select("vendor").collect()]


@dp.materialized_view(name="trips_all", comment="Trips of all vendors")
def trips_all():
    return reduce(
        DataFrame.unionByName,
        [spark.read.table(f"trips_{vendor}").withColumn("vendor", F.lit(vendor)) for vendor in VENDORS],
    )


@dp.materialized_view(name="trips_per_day", comment="Number of trips of a tenant per day and vendor")
def trips_per_day():
    return spark.read.table("trips_all").groupBy("tenant_id", "vendor", F.to_date("started_at").alias("day")).count()


@dp.materialized_view(name="idle_vehicles", comment="Vehicles without a trip in the last 14 days, as of the refresh")
def idle_vehicles():
    recent = spark.read.table("trips_all").where(F.col("started_at") >= F.date_sub(F.current_date(), 14))
    vehicles = spark.read.table(f"{CATALOG}.registry.vehicles").select("vehicle_id", "tenant_id")
    return vehicles.join(recent, "vehicle_id", "left_anti")
