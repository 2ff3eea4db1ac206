"""Loyalty members from the points ledger, which the CRM team replicates into bronze."""

import dlt
from databricks.sdk.runtime import spark
from pyspark.sql import functions as F

CATALOG = spark.conf.get("customer_360.catalog")


@dlt.view
def ledger():
    return spark.read.table(f"{CATALOG}.bronze.points_ledger").filter("booked_at IS NOT NULL")


@dlt.table(comment="One row per loyalty member with the current points.")
@dlt.expect_or_drop("has_customer", "customer_id IS NOT NULL")
@dlt.expect("points_not_negative", "points >= 0")
def loyalty_members():
    return (
        dlt.read("ledger")
        .groupBy("customer_id")
        .agg(
            F.sum("points").alias("points"),
            F.max("booked_at").alias("last_booked_at"),
            F.max_by("email", "booked_at").alias("email"),
            F.max_by("phone", "booked_at").alias("phone"),
        )
    )
