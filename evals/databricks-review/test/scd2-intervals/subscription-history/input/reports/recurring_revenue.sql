-- Fees in force at the end of each month.
CREATE OR REPLACE TABLE stream_tv.gold.recurring_revenue AS
SELECT
  m.month_start,
  count(DISTINCT h.subscription_id) AS subscriptions,
  sum(h.monthly_fee) AS monthly_fees
FROM stream_tv.gold.month_ends AS m
JOIN stream_tv.gold.subscription_history AS h
  ON h.valid_from <= m.as_of
  AND m.as_of < h.valid_to
GROUP BY m.month_start;
