-- Revenue of real orders by region and day; the board compares it with the same day of the year before.
CREATE OR REPLACE TABLE garden.reports.daily_revenue AS
SELECT
  c.region,
  o.ingested_on,
  sum(o.net_amount) AS net_revenue
FROM garden.core.orders AS o
JOIN garden.core.customers AS c ON c.customer_id = o.customer_id
WHERE o.channel IS DISTINCT FROM 'test'
GROUP BY c.region, o.ingested_on;
