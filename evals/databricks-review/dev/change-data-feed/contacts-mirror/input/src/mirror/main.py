"""Carries changes of crm.silver.contacts to the serving table of the phone system."""

import logging

from delta.tables import DeltaTable
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from mirror.state import SOURCE, latest_version, mirrored_version, remember

LOG = logging.getLogger("mirror")
COLUMNS = ("contact_id", "owner_team", "full_name", "email", "phone")


def write_activity(spark: SparkSession, changes: DataFrame, first: int) -> None:
    """Counts the contacts that each team touched, commit by commit; replaces what an earlier attempt wrote."""
    (
        changes.groupBy(F.col("_commit_version").alias("commit_version"), "owner_team")
        .agg(F.count("contact_id").alias("touched"))
        .write.mode("overwrite")
        .option("replaceWhere", f"commit_version >= {first}")
        .saveAsTable("crm.serving.team_activity")
    )


def write_contacts(spark: SparkSession, changes: DataFrame) -> None:
    """Brings the serving table to the state after the changes."""
    upserts = changes.where(F.col("_change_type").isin("insert", "update_postimage"))
    values = {name: f"s.{name}" for name in COLUMNS}
    (
        DeltaTable.forName(spark, "crm.serving.contacts")
        .alias("t")
        .merge(upserts.alias("s"), "t.contact_id = s.contact_id")
        .whenMatchedUpdate(set=values)
        .whenNotMatchedInsert(values=values)
        .execute()
    )


def main() -> None:
    """Mirrors what was committed since the last run."""
    spark = SparkSession.builder.getOrCreate()
    first = mirrored_version(spark) + 1
    if first > latest_version(spark):
        LOG.info("nothing new")
        return
    changes = spark.sql(f"SELECT * FROM table_changes('{SOURCE}', {first})")
    write_activity(spark, changes, first)
    write_contacts(spark, changes)
    remember(spark, latest_version(spark))
