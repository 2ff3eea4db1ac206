"""How far the mirror has come."""

from pyspark.sql import SparkSession

SOURCE = "crm.silver.contacts"
STATE = "crm.serving.mirror_state"


def mirrored_version(spark: SparkSession) -> int:
    """The last version that was mirrored."""
    return spark.table(STATE).first().mirrored_version


def latest_version(spark: SparkSession) -> int:
    """The newest version of the source."""
    return spark.sql(f"DESCRIBE HISTORY {SOURCE} LIMIT 1").collect()[0].version


def remember(spark: SparkSession, version: int) -> None:
    """Stores that everything up to this version is mirrored."""
    spark.createDataFrame([(version,)], "mirrored_version BIGINT").write.mode("overwrite").saveAsTable(STATE)
