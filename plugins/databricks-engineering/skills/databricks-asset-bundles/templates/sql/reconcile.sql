-- Fails the task when the day's revenue differs from the orders it was built from. Parameters: catalog, day.
WITH built AS (
  SELECT coalesce(sum(revenue_eur), 0) AS amount
  FROM IDENTIFIER(:catalog || '.orders.daily_revenue')
  WHERE order_date = CAST(:day AS DATE)
),
source AS (
  SELECT coalesce(sum(amount_eur), 0) AS amount
  FROM IDENTIFIER(:catalog || '.orders.orders')
  WHERE order_date = CAST(:day AS DATE) AND status = 'delivered'
)
SELECT assert_true(built.amount = source.amount, 'daily_revenue does not add up to its orders')
FROM built CROSS JOIN source;
