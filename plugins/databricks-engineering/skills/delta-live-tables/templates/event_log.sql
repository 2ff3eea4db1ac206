-- Three questions to a published event log (`event_log:` of the pipeline resource). Parameter :event_log is its full name.

-- 1. Which expectations failed, per update?
WITH flows AS (
  SELECT
    origin.update_id AS update_id,
    timestamp,
    explode(from_json(
      details:flow_progress.data_quality.expectations,
      'array<struct<name: string, dataset: string, passed_records: bigint, failed_records: bigint>>'
    )) AS expectation
  FROM IDENTIFIER(:event_log)
  WHERE event_type = 'flow_progress' AND details:flow_progress.data_quality IS NOT NULL
)
SELECT
  update_id,
  expectation.dataset,
  expectation.name,
  sum(expectation.passed_records) AS passed,
  sum(expectation.failed_records) AS failed,
  max(timestamp) AS at
FROM flows
GROUP BY ALL
ORDER BY at DESC, failed DESC;

-- 2. How was each materialized view refreshed: incrementally, or in full and why? The message says it.
SELECT timestamp, origin.flow_name, message
FROM IDENTIFIER(:event_log)
WHERE event_type = 'planning_information'
ORDER BY timestamp DESC;

-- 3. What failed, and with which error?
SELECT timestamp, origin.flow_name, message, error
FROM IDENTIFIER(:event_log)
WHERE level = 'ERROR'
ORDER BY timestamp DESC
LIMIT 100;
