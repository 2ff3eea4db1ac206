-- Hourly, from a job task with one retry.

-- Step 1: close the open row of every subscription that changed.
MERGE INTO stream_tv.gold.subscription_history AS h
USING stream_tv.silver.subscription_changes AS c
ON h.subscription_id = c.subscription_id AND h.is_current
WHEN MATCHED AND NOT (h.plan_code <=> c.plan_code AND h.monthly_fee <=> c.monthly_fee) THEN UPDATE SET
  h.is_current = false,
  h.valid_to = c.effective_at;

-- Step 2: open a row for every changed subscription that has none. If step 1 ran and step 2 did not,
-- the next run finds these subscriptions again, because they have no open row.
INSERT INTO stream_tv.gold.subscription_history
  (subscription_id, plan_code, monthly_fee, valid_from, valid_to, is_current)
SELECT c.subscription_id, c.plan_code, c.monthly_fee, c.effective_at, CAST(NULL AS TIMESTAMP), true
FROM stream_tv.silver.subscription_changes AS c
LEFT ANTI JOIN stream_tv.gold.subscription_history AS h
  ON h.subscription_id = c.subscription_id AND h.is_current;
