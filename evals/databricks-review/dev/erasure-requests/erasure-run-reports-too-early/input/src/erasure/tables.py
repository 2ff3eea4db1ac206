"""Deleting the rows of one person from one table."""

from dataclasses import dataclass

from pyspark.sql import SparkSession


@dataclass(frozen=True)
class Table:
    """A table with personal rows; its name comes from the privacy file, never from a request."""

    name: str
    kind: str


def erase_person(spark: SparkSession, table: Table, email: str) -> None:
    """Delete the rows of the person with this e-mail address."""
    condition = "email = :email"
    if table.kind == "scd2":
        condition += " AND is_current"
    spark.sql(f"DELETE FROM {table.name} WHERE {condition}", args={"email": email})
