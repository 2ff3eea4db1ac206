"""Sends changed customer profiles to the table that the activation tools poll."""

from __future__ import annotations

from pyspark.sql import DataFrame, SparkSession

from customer_360.config import parse_config


def main() -> None:
    """Follow the change feed of silver.customers."""
    spark = SparkSession.builder.getOrCreate()
    config = parse_config()

    def publish(batch: DataFrame, batch_id: int) -> None:
        batch.createOrReplaceTempView("profile_changes")
        batch.sparkSession.sql(f"""
            MERGE INTO {config.catalog}.gold.profile_activation AS target
            USING (
              SELECT customer_id, country, marketing_consent, updated_at
              FROM profile_changes
              QUALIFY row_number() OVER (
                PARTITION BY customer_id ORDER BY _commit_version DESC, _change_type DESC
              ) = 1
            ) AS source
            ON target.customer_id = source.customer_id
            WHEN MATCHED THEN UPDATE SET *
            WHEN NOT MATCHED THEN INSERT *
        """)

    changes = (
        spark.readStream.option("readChangeFeed", "true")
        .table(f"{config.catalog}.silver.customers")
        .filter("_change_type IN ('insert', 'update_postimage')")
    )
    query = (
        changes.writeStream.queryName("profile_changes")
        .option("checkpointLocation", f"{config.checkpoints}/gold/profile_changes")
        .trigger(processingTime="5 minutes")
        .foreachBatch(publish)
        .start()
    )
    query.awaitTermination()


if __name__ == "__main__":
    main()
