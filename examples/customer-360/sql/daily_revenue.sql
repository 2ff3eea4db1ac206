-- Revenue of the run date per region.
USE CATALOG IDENTIFIER(:catalog);

INSERT OVERWRITE gold.daily_revenue
SELECT
  o.order_date,
  r.region,
  count(*) AS orders,
  CAST(sum(o.amount) AS DECIMAL(18, 2)) AS revenue
FROM silver.orders AS o
LEFT JOIN silver.store_regions AS r ON r.store_id = o.store_id
WHERE o.order_date = DATE(:run_date)
  AND o.status <> 'cancelled'
GROUP BY o.order_date, r.region;

-- Late orders: the month is recomputed as a whole.
INSERT INTO gold.monthly_revenue
REPLACE WHERE month = date_trunc('MONTH', DATE(:run_date))
SELECT
  date_trunc('MONTH', o.order_date) AS month,
  r.region,
  CAST(sum(o.amount) AS DECIMAL(18, 2)) AS revenue
FROM silver.orders AS o
LEFT JOIN silver.store_regions AS r ON r.store_id = o.store_id
WHERE date_trunc('MONTH', o.order_date) = date_trunc('MONTH', DATE(:run_date))
GROUP BY ALL;
