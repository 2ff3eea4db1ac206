"""Training rows: one per pump and Monday, with what was known on that Monday and the failure of the next 14 days."""

from pyspark.sql import DataFrame, SparkSession

LABEL_DAYS = 14

ROWS = """
WITH mondays AS (
  SELECT p.pump_id, p.model, p.installed_on, EXPLODE(SEQUENCE(DATE_TRUNC('WEEK', ADD_MONTHS(CURRENT_DATE(), -36))::DATE,
         DATE_SUB(CURRENT_DATE(), {label_days} + 1), INTERVAL 7 DAYS)) AS monday
  FROM {catalog}.plant.pumps AS p
)
SELECT
  m.pump_id,
  m.monday,
  m.model,
  DATEDIFF(m.monday, m.installed_on) AS age_days,
  AVG(s.vibration) AS vibration_28d,
  MAX(s.temperature) AS temperature_28d,
  MAX(CASE WHEN f.failed_at >= m.monday AND f.failed_at < DATE_ADD(m.monday, {label_days}) THEN 1 ELSE 0 END) AS fails,
  COUNT(DISTINCT CASE WHEN f.failed_at < m.monday THEN f.failure_id END) AS earlier_failures
FROM mondays AS m
JOIN {catalog}.plant.daily_sensors AS s
  ON s.pump_id = m.pump_id AND s.day >= DATE_SUB(m.monday, 28) AND s.day < m.monday
LEFT JOIN {catalog}.plant.failures AS f
  ON f.pump_id = m.pump_id AND f.failed_at < DATE_ADD(m.monday, {label_days})
WHERE m.monday >= m.installed_on
GROUP BY m.pump_id, m.monday, m.model, m.installed_on
"""


def training_rows(spark: SparkSession, catalog: str) -> DataFrame:
    """Rows of three years whose fourteen days are over; averages and maxima do not mind the join with several failures."""
    return spark.sql(ROWS.format(catalog=catalog, label_days=LABEL_DAYS))
