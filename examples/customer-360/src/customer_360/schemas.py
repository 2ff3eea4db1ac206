"""Schemas of the landed feeds and of the small tables that we build by hand."""

from __future__ import annotations

from pyspark.sql import types as T

ORDERS = T.StructType(
    [
        T.StructField("order_id", T.StringType(), nullable=False),
        T.StructField("customer_id", T.StringType(), nullable=False),
        T.StructField("store_id", T.IntegerType()),
        T.StructField("ordered_at", T.TimestampType()),
        T.StructField("updated_at", T.TimestampType()),
        T.StructField("status", T.StringType()),
        T.StructField("currency", T.StringType()),
        T.StructField("amount", T.DecimalType(18, 2)),
        T.StructField("campaign_code", T.StringType()),
    ]
)

CUSTOMERS = T.StructType(
    [
        T.StructField("customer_id", T.StringType(), nullable=False),
        T.StructField("source_system", T.StringType()),
        T.StructField("email", T.StringType()),
        T.StructField("phone", T.StringType()),
        T.StructField("country", T.StringType()),
        T.StructField("marketing_consent", T.BooleanType()),
        T.StructField("updated_at", T.TimestampType()),
    ]
)

CONSENTS = T.StructType(
    [
        T.StructField("customer_id", T.StringType(), nullable=False),
        T.StructField("purpose", T.StringType()),
        T.StructField("granted", T.BooleanType()),
        T.StructField("changed_at", T.TimestampType()),
    ]
)

WEB_EVENTS = T.StructType(
    [
        T.StructField("event_id", T.StringType(), nullable=False),
        T.StructField("customer_id", T.StringType()),
        T.StructField("session_id", T.StringType()),
        T.StructField("event_type", T.StringType()),
        T.StructField("page", T.StringType()),
        T.StructField("event_time", T.TimestampType()),
    ]
)

QUALITY_RESULTS = "run_date DATE, table_name STRING, check_name STRING, observed DOUBLE, passed BOOLEAN"
