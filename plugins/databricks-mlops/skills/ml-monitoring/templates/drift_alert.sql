-- Columns past their own threshold in the last two finished daily windows. Needs Databricks. Use as the query of a SQL alert: rows mean alert.
-- `prod.ml_monitoring.drift_thresholds` holds one row per watched column: column_name, distance, minimum_rows. Fill it from your noise.
-- `model_version` is the column that the profile was given as model_id_column; '*' would be all versions together.

WITH measured AS (
  SELECT
    drift.column_name,
    drift.model_version,
    drift.window.start AS window_start,
    coalesce(drift.ks_test.statistic, drift.js_distance) AS distance -- numbers have the first, categories the second; both from 0 to 1
  FROM prod.ml_monitoring.churn_predictions_drift_metrics AS drift
  WHERE drift.drift_type = 'BASELINE'
    AND drift.slice_key IS NULL
    AND drift.column_name <> ':table'
    AND drift.model_version <> '*'
    AND drift.window.start >= date_sub(current_date(), 7)
    AND drift.window.end <= current_timestamp() - INTERVAL 2 HOURS -- requests are logged up to an hour late
),
recent AS (
  SELECT *, row_number() OVER (PARTITION BY column_name, model_version ORDER BY window_start DESC) AS age
  FROM measured
),
counted AS (
  SELECT profile.column_name, profile.model_version, profile.window.start AS window_start, profile.count AS row_count
  FROM prod.ml_monitoring.churn_predictions_profile_metrics AS profile
  WHERE profile.slice_key IS NULL
    AND profile.log_type = 'INPUT'
)
SELECT
  recent.column_name,
  recent.model_version,
  min(recent.distance) AS smallest_distance,
  max(recent.window_start) AS last_window
FROM recent
JOIN counted
  ON counted.column_name = recent.column_name
  AND counted.model_version = recent.model_version
  AND counted.window_start = recent.window_start
JOIN prod.ml_monitoring.drift_thresholds AS threshold
  ON threshold.column_name = recent.column_name
WHERE recent.age <= 2
  AND counted.row_count >= threshold.minimum_rows
  AND recent.distance > threshold.distance
GROUP BY recent.column_name, recent.model_version
HAVING count(*) = 2;
