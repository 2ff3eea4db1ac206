"""Loads the sales files of one region and one day; the regions run side by side as tasks of one job."""

import argparse
from datetime import date

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

REGIONS = ("emea", "apac", "latam", "namer")
LANDING = "/Volumes/sales/landing/files"
SALES = "sales.gold.regional_sales"
ADJUSTMENTS = "sales.gold.adjustments"
COLUMNS = "sale_date DATE, shop_id INT, product_code STRING, quantity INT, amount DECIMAL(14,2), kind STRING"


def read_day(spark: SparkSession, region: str, day: date) -> DataFrame:
    """All lines that the shops of a region sent for a day; late lines come later, in the correction folder."""
    return (
        spark.read.option("header", "true")
        .schema(COLUMNS)
        .option("mode", "FAILFAST")
        .csv(f"{LANDING}/{region}/{day:%Y/%m/%d}/*.csv")
        .withColumn("region", F.lit(region))
    )


def write_sales(lines: DataFrame, products: DataFrame, region: str, day: date) -> None:
    """The sales of articles that the product list knows; tills also send test articles."""
    (
        lines.where("kind = 'sale'")
        .join(products.select("product_code"), "product_code", "left_semi")
        .withColumn("sale_month", F.date_format("sale_date", "yyyy-MM"))
        .select("region", "sale_date", "sale_month", "shop_id", "product_code", "quantity", "amount")
        .write.mode("overwrite")
        .option("replaceWhere", f"region = '{region}' AND sale_date = '{day.isoformat()}'")
        .saveAsTable(SALES)
    )


def write_adjustments(lines: DataFrame, region: str, day: date) -> None:
    """Corrections that the shops sent with their sales."""
    (
        lines.where("kind = 'adjustment'")
        .select("region", "sale_date", "shop_id", "amount")
        .write.mode("overwrite")
        .option("replaceWhere", f"region = '{region}' AND sale_date = '{day.isoformat()}'")
        .saveAsTable(ADJUSTMENTS)
    )


def main() -> None:
    """Loads adjustments, then sales."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--region", choices=REGIONS, required=True)
    parser.add_argument("--run-date", type=date.fromisoformat, required=True)
    arguments = parser.parse_args()
    day = arguments.run_date

    spark = SparkSession.builder.getOrCreate()
    lines = read_day(spark, arguments.region, day).where(F.col("sale_date") == F.lit(day))
    write_adjustments(lines, arguments.region, day)
    write_sales(lines, spark.table("sales.silver.products"), arguments.region, day)


if __name__ == "__main__":
    main()
