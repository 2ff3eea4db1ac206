"""Builds one row per subscriber and month end: what was known on that day, and whether the line was cancelled after it."""

import sys

from pyspark.sql import SparkSession

LABEL_DAYS = 30

FEATURES = """
SELECT
  s.subscriber_id,
  s.snapshot_date,
  s.tenure_days,
  s.contract_type,
  s.sales_agent,
  s.monthly_fee,
  COALESCE(t.tickets, 0) AS tickets_90d,
  COALESCE(t.retention_calls, 0) AS retention_calls_90d,
  COALESCE(u.gigabytes, 0) AS gigabytes_30d,
  u.median_speed,
  CAST(c.cancelled_on IS NOT NULL AS INT) AS churned
FROM {catalog}.crm.month_end_snapshots AS s
LEFT JOIN (
  SELECT s.subscriber_id, s.snapshot_date, COUNT(*) AS tickets, COUNT_IF(e.topic = 'RETENTION') AS retention_calls
  FROM {catalog}.crm.month_end_snapshots AS s
  JOIN {catalog}.care.tickets AS e
    ON e.subscriber_id = s.subscriber_id
   AND e.opened_on BETWEEN DATE_SUB(s.snapshot_date, 90) AND s.snapshot_date
  GROUP BY s.subscriber_id, s.snapshot_date
) AS t ON t.subscriber_id = s.subscriber_id AND t.snapshot_date = s.snapshot_date
LEFT JOIN (
  SELECT s.subscriber_id, s.snapshot_date, SUM(d.gigabytes) AS gigabytes, PERCENTILE(d.speed_mbit, 0.5) AS median_speed
  FROM {catalog}.crm.month_end_snapshots AS s
  JOIN {catalog}.network.daily_usage AS d
    ON d.subscriber_id = s.subscriber_id
   AND d.usage_date BETWEEN DATE_SUB(s.snapshot_date, 29) AND s.snapshot_date
  GROUP BY s.subscriber_id, s.snapshot_date
) AS u ON u.subscriber_id = s.subscriber_id AND u.snapshot_date = s.snapshot_date
LEFT JOIN {catalog}.crm.cancellations AS c
  ON c.subscriber_id = s.subscriber_id
 AND c.cancelled_on > s.snapshot_date AND c.cancelled_on <= DATE_ADD(s.snapshot_date, {label_days})
WHERE s.snapshot_date <= DATE_SUB(CURRENT_DATE(), {label_days} + 1)
"""


def main() -> None:
    """Replace the training table; crm.cancellations has at most one row per subscriber."""
    catalog = sys.argv[1]
    spark = SparkSession.builder.getOrCreate()
    rows = spark.sql(FEATURES.format(catalog=catalog, label_days=LABEL_DAYS))
    rows.createOrReplaceTempView("rows")
    encoded = spark.sql(
        "SELECT r.*, AVG(r.churned) OVER (PARTITION BY r.sales_agent ORDER BY r.snapshot_date RANGE BETWEEN UNBOUNDED PRECEDING AND 31 PRECEDING) AS agent_churn_rate FROM rows AS r"
    )
    encoded.drop("sales_agent").write.mode("overwrite").saveAsTable(f"{catalog}.churn.training_rows")


if __name__ == "__main__":
    main()
