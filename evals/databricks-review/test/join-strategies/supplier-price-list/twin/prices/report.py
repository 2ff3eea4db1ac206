"""What changed, for shops and for purchasing."""

from datetime import date

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

PRICE_LIST = "parts.gold.price_list"


def write_gone(before: DataFrame, after: DataFrame, day: date) -> None:
    """Articles that were on the list before and are not on it any more."""
    gone = before.join(after, ["supplier_id", "article_no"], "left_anti").withColumn("gone_on", F.lit(day))
    (
        gone.select("supplier_id", "article_no", "gone_on")
        .write.mode("overwrite")
        .option("replaceWhere", f"gone_on = '{day.isoformat()}'")
        .saveAsTable("parts.gold.gone_articles")
    )


def write_counts(spark: SparkSession) -> None:
    """How many articles each supplier has, for the purchasing board."""
    counts = spark.table(PRICE_LIST).groupBy("supplier_id").agg(F.count("article_no").alias("articles"))
    counts.write.mode("overwrite").saveAsTable("parts.gold.supplier_counts")
