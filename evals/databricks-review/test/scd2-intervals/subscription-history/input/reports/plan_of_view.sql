-- Every view of a film with the plan under which it was watched; a view belongs to one plan.
CREATE OR REPLACE TABLE stream_tv.gold.views_by_plan AS
SELECT
  v.view_id,
  v.film_id,
  v.started_at,
  coalesce(h.plan_code, 'paused') AS plan_code
FROM stream_tv.silver.views AS v
JOIN stream_tv.gold.subscription_history AS h
  ON h.subscription_id = v.subscription_id
  AND v.started_at BETWEEN h.valid_from AND coalesce(h.valid_to, TIMESTAMP '9999-12-31 00:00:00');
