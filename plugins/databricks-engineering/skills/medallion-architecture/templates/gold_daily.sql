-- Gold by days: every day from :from_day on is computed again and replaced in one transaction, so that late changes count. Needs Databricks.
-- :from_day is the earliest day that a change since the last run touches; ask the change feed of silver.orders, or take a fixed number of days back.
USE CATALOG IDENTIFIER(:catalog);

INSERT INTO gold.daily_revenue REPLACE WHERE day >= DATE(:from_day)
SELECT to_date(ordered_at) AS day, sum(amount) AS revenue, count(*) AS orders
FROM silver.orders
WHERE status = 'paid' AND to_date(ordered_at) >= DATE(:from_day)
GROUP BY to_date(ordered_at);
