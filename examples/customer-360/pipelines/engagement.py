"""Engagement marts: sessions, daily activity and the customer dimension with history."""

from databricks.sdk.runtime import spark
from pyspark import pipelines as dp
from pyspark.sql import functions as F

CATALOG = spark.conf.get("customer_360.catalog")


@dp.table(comment="Web events with a known customer, once each.", cluster_by=["customer_id"])
@dp.expect_or_drop("has_customer", "customer_id IS NOT NULL")
@dp.expect("known_type", "event_type IN ('view', 'search', 'cart', 'purchase')")
def customer_events():
    return (
        spark.readStream.table(f"{CATALOG}.silver.web_events")
        .withWatermark("event_time", "2 hours")
        .dropDuplicatesWithinWatermark(["event_id"])
    )


@dp.table(comment="Visits: events of one customer with gaps of less than half an hour.")
def sessions():
    return (
        spark.readStream.table("customer_events")
        .withWatermark("event_time", "2 hours")
        .groupBy("customer_id", F.session_window("event_time", "30 minutes").alias("session"))
        .agg(F.count("*").alias("events"), F.max_by("page", "event_time").alias("last_page"))
        .select("customer_id", "session.start", "session.end", "events", "last_page")
    )


@dp.temporary_view
def active_days():
    events = spark.read.table("customer_events")
    return events.groupBy("customer_id", F.to_date("event_time").alias("day")).count()


@dp.materialized_view(comment="Activity of the last thirty days per customer.")
@dp.expect_or_fail("one_row_per_customer", "customer_id IS NOT NULL")
def engagement_30d():
    recent = spark.read.table("active_days").filter("day >= date_sub(current_date(), 30)")
    return recent.groupBy("customer_id").agg(
        F.countDistinct("day").alias("active_days"), F.sum("count").alias("events")
    )


@dp.temporary_view
def customer_changes():
    return spark.readStream.table(f"{CATALOG}.bronze.customers").select(
        "customer_id", "source_system", "country", "marketing_consent", "updated_at"
    )


dp.create_streaming_table("customer_dimension", comment="Customer attributes with their history.")
dp.create_auto_cdc_flow(
    target="customer_dimension",
    source="customer_changes",
    keys=["customer_id"],
    sequence_by=F.col("updated_at"),
    stored_as_scd_type=2,
)
