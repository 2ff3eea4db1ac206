"""Appends the contacts of one day to crm.gold.fact_contact.

The source accepts a contact only for a customer that has a profile.
"""

from datetime import date

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F


def facts(contacts: DataFrame, customers: DataFrame) -> DataFrame:
    """Contacts with the keys of their customer and campaign."""
    keys = customers.select("customer_id", "customer_key")
    return (
        contacts.join(keys, "customer_id")
        .withColumn("campaign_key", F.xxhash64("channel", "campaign"))
        .select("contact_id", "customer_key", "campaign_key", "contacted_at")
    )


def load(spark: SparkSession, day: date) -> None:
    """Adds the contacts of the day; a second run of the same day changes nothing."""
    contacts = spark.table("crm.silver.contacts").where(F.to_date("contacted_at") == F.lit(day))
    facts(contacts, spark.table("crm.gold.dim_customer")).createOrReplaceTempView("contacts_of_day")
    spark.sql(
        """
        MERGE INTO crm.gold.fact_contact AS t
        USING contacts_of_day AS s
        ON t.contact_id = s.contact_id
        WHEN NOT MATCHED THEN INSERT *
        """
    )
