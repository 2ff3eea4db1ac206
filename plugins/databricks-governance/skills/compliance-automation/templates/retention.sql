-- Retention by age of a row. Needs Databricks: managed table, predictive optimization on, runtime 17.3 or newer to set it.
-- Rows go up to 6 days plus the table's retention after their time; plan the days accordingly. An existing table takes the clause by ALTER TABLE.

CREATE TABLE IF NOT EXISTS prod.support.calls (
  call_id BIGINT NOT NULL COMMENT 'Key',
  customer_id BIGINT COMMENT 'Customer',
  started_at TIMESTAMP COMMENT 'Start of the call, UTC',
  transcript STRING COMMENT 'Text, personal data'
)
COMMENT 'Calls, kept 352 days so that every row is gone after a year'
DELETE ROWS 352 DAYS AFTER started_at;

-- Tables with personal data and rows older than promised: the promise stands in prod.compliance.retention (full_name, days, column_name).
-- Build one such query for each row of that table; this is the one for calls.
SELECT 'prod.support.calls' AS full_name, min(started_at) AS oldest, count(*) AS overdue
FROM prod.support.calls
WHERE started_at < date_sub(current_date(), 365);
