-- The record of every check and two questions to it. Parameter :catalog. Needs Databricks.
USE CATALOG IDENTIFIER(:catalog);

CREATE TABLE IF NOT EXISTS ops.quality_log (
  run_id STRING NOT NULL COMMENT 'Job run that measured',
  table_name STRING NOT NULL COMMENT 'schema.table',
  check_name STRING NOT NULL,
  severity STRING NOT NULL COMMENT 'stop or warn',
  observed DOUBLE COMMENT 'NULL when it could not be computed',
  limit_low DOUBLE,
  limit_high DOUBLE,
  passed BOOLEAN NOT NULL,
  checked_at TIMESTAMP NOT NULL COMMENT 'UTC'
)
CLUSTER BY AUTO
COMMENT 'What was measured of which table, by run.';

-- The limits of tomorrow come from what was measured: median and spread of the last 30 runs.
SELECT
  check_name,
  percentile_approx(observed, 0.5) AS usual,
  percentile_approx(observed, 0.95) AS high,
  count_if(NOT passed) AS failures
FROM ops.quality_log
WHERE table_name = :table_name AND checked_at >= current_timestamp() - INTERVAL 30 DAYS
GROUP BY check_name
ORDER BY check_name;

-- A check that has never failed, and one that fails every day: both are to be looked at.
SELECT table_name, check_name, count(*) AS runs, count_if(NOT passed) AS failures
FROM ops.quality_log
WHERE checked_at >= current_timestamp() - INTERVAL 90 DAYS
GROUP BY table_name, check_name
HAVING failures = 0 OR failures > 0.5 * runs
ORDER BY failures DESC;
