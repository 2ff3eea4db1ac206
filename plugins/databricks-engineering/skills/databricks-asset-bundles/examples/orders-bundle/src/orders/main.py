"""The entry point of the wheel. It needs Databricks: a catalog, and liquid clustering chosen by Databricks."""

from __future__ import annotations

import argparse
from datetime import date

from pyspark.sql import SparkSession

from orders.revenue import daily_revenue


def main() -> None:
    """Replace one day of the revenue table; running a day again changes nothing."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--catalog", required=True)
    parser.add_argument("--schema", required=True)
    parser.add_argument("--day", required=True, type=date.fromisoformat)
    options = parser.parse_args()

    spark = SparkSession.builder.getOrCreate()
    table = f"{options.catalog}.{options.schema}.daily_revenue"
    spark.sql(
        "CREATE TABLE IF NOT EXISTS IDENTIFIER(:table)"
        " (order_date DATE, country STRING, orders BIGINT, revenue_eur DECIMAL(28, 2)) CLUSTER BY AUTO",
        args={"table": table},
    )
    revenue = daily_revenue(spark.table(f"{options.catalog}.{options.schema}.orders"), options.day)
    (
        revenue.write.mode("overwrite")
        .option("replaceWhere", f"order_date = DATE'{options.day.isoformat()}'")
        .saveAsTable(table)
    )


if __name__ == "__main__":
    main()
