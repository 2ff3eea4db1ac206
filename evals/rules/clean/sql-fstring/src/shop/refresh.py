"""Brings the tables of one catalog up to date."""

from pyspark.sql import SparkSession


def refresh(spark: SparkSession, catalog: str) -> None:
    """Run the statements in the catalog."""
    @@EACH@@
    spark.sql(
        f"""
        @@HERE@@
        """
    )
    @@END@@
