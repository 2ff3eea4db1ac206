-- A time series feature table. Needs Databricks (Unity Catalog). Replace `prod`, `features` and the columns.

CREATE TABLE IF NOT EXISTS prod.features.customer_activity (
  customer_id BIGINT NOT NULL COMMENT 'Key: customer',
  available_at TIMESTAMP NOT NULL COMMENT 'Moment from which production could read the row (event time plus delay), UTC',
  orders_90d INT COMMENT 'Orders in the 90 days before available_at, 0 if none',
  support_calls_90d INT COMMENT 'Support calls in the 90 days before available_at, 0 if none',
  tenure_months DOUBLE COMMENT 'Months since the first order, null before it',
  CONSTRAINT customer_activity_pk PRIMARY KEY (customer_id, available_at TIMESERIES)
)
CLUSTER BY AUTO
COMMENT 'Customer activity, one row per customer and day. Owner: group ml_platform. Source: prod.silver.orders, prod.silver.calls'
TBLPROPERTIES ('delta.enableChangeDataFeed' = 'true');

-- The key is declared, not enforced: this must return no row.
SELECT customer_id, available_at, count(*) AS copies
FROM prod.features.customer_activity
GROUP BY customer_id, available_at
HAVING count(*) > 1;
