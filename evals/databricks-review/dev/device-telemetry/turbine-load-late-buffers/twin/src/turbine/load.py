"""Hourly load of the turbines."""

import logging

from delta.tables import DeltaTable
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from turbine.alerts import send_hot_bearings

LOG = logging.getLogger(__name__)


def hourly_load(samples: DataFrame) -> DataFrame:
    """Load of a turbine per hour of its own clock."""
    return (
        samples.withWatermark("sampled_at", "7 hours")
        .groupBy("turbine_id", F.window("sampled_at", "1 hour"))
        .agg(
            F.avg("power_kw").alias("mean_power_kw"),
            F.max("bearing_celsius").alias("max_bearing_celsius"),
            F.count("*").alias("samples"),
        )
        .select("turbine_id", F.col("window.start").alias("hour"), "mean_power_kw", "max_bearing_celsius", "samples")
    )


class LoadWriter:
    """Writes changed hours into the load table and warns of hot bearings."""

    def __init__(self, catalog: str, pager_url: str) -> None:
        self.target = f"{catalog}.turbine.hourly_load"
        self.pager_url = pager_url

    def __call__(self, hours: DataFrame, batch_id: int) -> None:
        try:
            self._merge(hours)
            send_hot_bearings(hours, self.pager_url)
        except Exception:
            LOG.exception("batch %s was not written to %s", batch_id, self.target)
            raise

    def _merge(self, hours: DataFrame) -> None:
        (
            DeltaTable.forName(hours.sparkSession, self.target)
            .alias("t")
            .merge(hours.alias("s"), "t.turbine_id = s.turbine_id AND t.hour = s.hour")
            .whenMatchedUpdateAll()
            .whenNotMatchedInsertAll()
            .execute()
        )


def start(spark: SparkSession, catalog: str, pager_url: str) -> None:
    """Bring the load table up to date with the telemetry."""
    samples = spark.readStream.table(f"{catalog}.turbine.telemetry").where(
        "power_kw IS NOT NULL AND sampled_at <= current_timestamp() + INTERVAL 10 MINUTES"
    )
    query = (
        hourly_load(samples)
        .writeStream.queryName("turbine_load")
        .outputMode("update")
        .foreachBatch(LoadWriter(catalog, pager_url))
        .option("checkpointLocation", f"/Volumes/{catalog}/turbine/checkpoints/hourly_load")
        .trigger(availableNow=True)
        .start()
    )
    query.awaitTermination()
