"""One table of trips for each vendor in the register."""

from pyspark import pipelines as dp

CATALOG = spark.conf.get("fleet.catalog")

# A dozen rows; the register decides which tables the pipeline has, so it is read while the graph is built.
VENDORS = [row.vendor for row in spark.read.table(f"{CATALOG}.ingest.vendors").select("vendor").collect()]


def define_trips(vendor: str) -> None:
    """Define the table of one vendor."""

    @dp.table(
        name=f"trips_{vendor}",
        comment=f"Trips reported by boxes of {vendor}",
        cluster_by=["tenant_id", "started_at"],
    )
    @dp.expect_or_drop("identified", "trip_id IS NOT NULL AND tenant_id IS NOT NULL")
    @dp.expect_or_drop("ordered", "ended_at >= started_at")
    @dp.expect("plausible speed", "top_speed_kmh BETWEEN 0 AND 260")
    def trips():
        return (
            spark.readStream.option("skipChangeCommits", "true")
            .option("withEventTimeOrder", "true")
            .table(f"{CATALOG}.ingest.feed_{vendor}")
            .select("trip_id", "tenant_id", "vehicle_id", "started_at", "ended_at", "distance_km", "top_speed_kmh", "sent_at")
            .withWatermark("sent_at", "1 day")
            .dropDuplicatesWithinWatermark(["trip_id"])
        )


for vendor in VENDORS:
    define_trips(vendor)
