-- Measures the latency SLA of a port. Runs on Databricks, on a schedule, as an alert that fires when `breached` is true.
-- Parameters: port (full name of the view) and hours (the contract's value). An empty port is a breach.
SELECT
  max(ordered_at) AS newest,
  timestampdiff(MINUTE, max(ordered_at), current_timestamp()) AS age_minutes,
  coalesce(timestampdiff(MINUTE, max(ordered_at), current_timestamp()) > CAST(:hours AS INT) * 60, true) AS breached
FROM IDENTIFIER(:port)
