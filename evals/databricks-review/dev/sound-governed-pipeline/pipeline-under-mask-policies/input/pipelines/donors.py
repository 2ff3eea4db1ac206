"""Donors and their gifts, from the payment provider's export."""

from pyspark import pipelines as dp
from pyspark.sql import functions as F

CATALOG = spark.conf.get("donors.catalog")
GIFT_SCHEMA = "gift_id STRING, donor_key STRING, email STRING, full_name STRING, amount_eur DECIMAL(10,2), given_at TIMESTAMP"


@dp.table(name="gifts_raw", private=True, comment="Export as delivered; only inside this pipeline")
def gifts_raw():
    return (
        spark.readStream.format("cloudFiles")
        .option("cloudFiles.format", "json")
        .schema(GIFT_SCHEMA)
        .load(f"/Volumes/{CATALOG}/landing/payment_export")
    )


@dp.table(name="gifts", comment="One row for each gift, without the identity of the donor")
@dp.expect_or_drop("has a key", "gift_id IS NOT NULL AND donor_key IS NOT NULL")
@dp.expect("has a plausible amount", "amount_eur BETWEEN 1 AND 50000")
def gifts():
    return spark.readStream.table("gifts_raw").select("gift_id", "donor_key", "amount_eur", "given_at")


@dp.temporary_view(name="donor_changes")
def donor_changes():
    return spark.readStream.table("gifts_raw").where("donor_key IS NOT NULL").select("donor_key", "email", "full_name", "given_at")


dp.create_streaming_table(name="donors", comment="Current identity of each donor; tagged in governance/tags.sql")
dp.create_auto_cdc_flow(
    target="donors",
    source="donor_changes",
    keys=["donor_key"],
    sequence_by=F.struct("given_at", "email", "full_name"),
    stored_as_scd_type=1,
)


@dp.materialized_view(name="gifts_by_county", comment="Published figures, counties with fewer than 20 donors left out")
def gifts_by_county():
    addresses = spark.read.table(f"{CATALOG}.crm.addresses").select("donor_key", "county")
    return (
        spark.read.table("gifts")
        .join(addresses, "donor_key")
        .groupBy("county")
        .agg(F.countDistinct("donor_key").alias("donors"), F.sum("amount_eur").alias("amount_eur"))
        .where("donors >= 20")
    )
