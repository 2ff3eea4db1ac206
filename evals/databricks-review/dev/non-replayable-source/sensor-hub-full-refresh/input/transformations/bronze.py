"""Raw messages of the plants.

The brokers keep 72 hours. Quality assurance has to show the readings of a part for ten years, and this schema is where they are.
"""

from pyspark import pipelines as dp
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

TOPICS = ("press", "furnace", "paint")
LOGIN = "org.apache.kafka.common.security.scram.ScramLoginModule"


def messages(topic: str) -> DataFrame:
    """Stream of one topic."""
    user = spark.conf.get("hub.user")
    password = spark.conf.get("hub.password")
    return (
        spark.readStream.format("kafka")
        .option("kafka.bootstrap.servers", spark.conf.get("hub.brokers"))
        .option("kafka.security.protocol", "SASL_SSL")
        .option("kafka.sasl.mechanism", "SCRAM-SHA-512")
        .option("kafka.sasl.jaas.config", f'kafkashaded.{LOGIN} required username="{user}" password="{password}";')
        .option("subscribe", f"plant.{topic}.readings")
        .option("startingOffsets", "earliest")
        .load()
        .select(
            F.col("key").cast("string").alias("device_id"),
            F.col("value").cast("string").alias("body"),
            "partition",
            "offset",
            F.col("timestamp").alias("broker_at"),
        )
    )


for topic in TOPICS:

    @dp.table(
        name=f"{topic}_raw",
        comment=f"Messages of the {topic} line as sent",
        table_properties={"quality": "bronze"},
    )
    def raw():
        return messages(topic)
