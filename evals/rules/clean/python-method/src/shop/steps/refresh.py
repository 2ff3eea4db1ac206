"""A step of the shop's refresh."""

@@IMPORTS@@
from pyspark.sql import SparkSession


class Refresh:
    """One step, given its session."""

    name = "refresh"

    def __init__(self, session: SparkSession) -> None:
        self.session = session

    def run(self) -> None:
        """Do the step."""
        spark = self.session
        @@HERE@@

    def describe(self) -> str:
        """The step in words."""
        return f"step {self.name}"
