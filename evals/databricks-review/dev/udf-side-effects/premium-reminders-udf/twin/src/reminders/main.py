"""Reminds customers of premiums that have been unpaid for a week."""

import logging

from databricks.sdk.runtime import dbutils
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from reminders.gateway import check_rejections, sender

LOG = logging.getLogger("reminders")
DAYS = 7


def due(invoices: DataFrame) -> DataFrame:
    """Unpaid invoices of customers who were not reminded yet, a week after the due date."""
    overdue = F.date_diff(F.current_date(), F.col("due_on")) >= DAYS
    return invoices.where(F.col("paid_on").isNull() & F.col("reminded_on").isNull() & overdue)


def text() -> Column:
    """The words of the message."""
    return F.format_string("Your premium of %s EUR was due on %s.", F.col("amount").cast("string"), F.col("due_on"))


def main() -> None:
    """Sends the reminders of today and marks their invoices."""
    spark = SparkSession.builder.getOrCreate()
    send = sender(dbutils.secrets.get("billing", "message-gateway"))
    waiting = due(spark.table("insurance.billing.invoices"))
    answers = waiting.select(
        "invoice_id",
        F.current_timestamp().alias("sent_at"),
        send("invoice_id", "phone", text()).alias("message_id"),
    )
    answers.write.mode("append").saveAsTable("insurance.billing.reminders")
    check_rejections(spark)

    sent = spark.table("insurance.billing.reminders").where("message_id IS NOT NULL")
    sent.select("invoice_id").distinct().createOrReplaceTempView("reminded")
    spark.sql(
        """
        MERGE INTO insurance.billing.invoices AS i
        USING reminded AS r
        ON i.invoice_id = r.invoice_id
        WHEN MATCHED AND i.reminded_on IS NULL THEN UPDATE SET reminded_on = current_date()
        """
    )
    LOG.info("reminders sent")
