-- The instant at which a month is over: its report counts what was in force at that instant.
CREATE OR REPLACE VIEW stream_tv.gold.month_ends AS
SELECT
  month_start,
  CAST(add_months(month_start, 1) AS TIMESTAMP) AS as_of
FROM (
  SELECT explode(sequence(DATE '2024-01-01', trunc(add_months(current_date(), -1), 'MM'), INTERVAL 1 MONTH)) AS month_start
);
