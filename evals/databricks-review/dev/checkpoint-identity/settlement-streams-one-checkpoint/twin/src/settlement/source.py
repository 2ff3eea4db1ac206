"""Settlement messages from the broker."""

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import DecimalType, LongType, StringType, StructField, StructType

from settlement.settings import Settings

# booked_at is the booking time of the acquirer in epoch milliseconds. The acquirer signs the format of its messages,
# so one that does not parse stops the stream.
MESSAGE = StructType(
    [
        StructField("settlement_id", StringType()),
        StructField("merchant_id", StringType()),
        StructField("kind", StringType()),
        StructField("currency", StringType()),
        StructField("amount", DecimalType(18, 2)),
        StructField("booked_at", LongType()),
    ]
)


def read_settlements(spark: SparkSession, settings: Settings) -> DataFrame:
    """Stream of parsed settlement messages."""
    raw = (
        spark.readStream.format("kafka")
        .option("kafka.bootstrap.servers", settings.brokers)
        .option("databricks.serviceCredential", "msk-settlement")
        .option("subscribe", settings.topic)
        .option("startingOffsets", "earliest")
        .option("maxOffsetsPerTrigger", 200_000)
        .option("failOnDataLoss", "true")
        .load()
    )
    message = F.from_json(F.col("value").cast("string"), MESSAGE, {"mode": "FAILFAST"})
    return (
        raw.select(message.alias("m"), "partition", "offset")
        .select("m.*", "partition", "offset")
        .withColumn("booked_at", F.timestamp_millis("booked_at"))
    )
