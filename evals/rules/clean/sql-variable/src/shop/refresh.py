"""Brings the shop's tables up to date."""

from pyspark.sql import SparkSession


class Refresh:
    """The statements of one refresh."""

    def __init__(self, spark: SparkSession) -> None:
        self._spark = spark

    def run(self) -> None:
        """Run them in order."""
        @@EACH@@
        statement = """
            @@HERE@@
        """
        self._spark.sql(statement)
        @@END@@
