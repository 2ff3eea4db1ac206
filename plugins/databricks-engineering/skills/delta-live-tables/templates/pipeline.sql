-- The same three layers in SQL. Runs in a Databricks pipeline only; `${orders.landing}` is a key of the pipeline's configuration.
CREATE OR REFRESH STREAMING TABLE raw_orders
  COMMENT 'Orders as they arrived, with their file.'
  CLUSTER BY AUTO
AS SELECT *, _metadata.file_path AS source_file, current_timestamp() AS ingested_at
FROM STREAM read_files(
  '${orders.landing}/orders',
  format => 'json',
  schemaHints => 'order_id STRING, amount DECIMAL(12, 2), changed_at TIMESTAMP'
);

CREATE TEMPORARY VIEW valid_orders (
  CONSTRAINT has_order_id EXPECT (order_id IS NOT NULL) ON VIOLATION DROP ROW,
  CONSTRAINT amount_in_range EXPECT (amount IS NOT NULL AND amount BETWEEN 0 AND 100000) ON VIOLATION DROP ROW
) AS SELECT * FROM STREAM(raw_orders);

CREATE OR REFRESH STREAMING TABLE orders COMMENT 'Valid orders: one row each, newest state.' CLUSTER BY AUTO;

CREATE FLOW orders_newest AS AUTO CDC INTO orders
FROM STREAM(valid_orders)
KEYS (order_id)
SEQUENCE BY changed_at
COLUMNS * EXCEPT (_rescued_data)
STORED AS SCD TYPE 1;

CREATE OR REFRESH MATERIALIZED VIEW daily_revenue
  COMMENT 'Revenue of paid orders: one row a day.'
  CLUSTER BY AUTO
AS SELECT to_date(ordered_at) AS day, sum(amount) AS revenue, count(*) AS orders
FROM orders
WHERE status = 'paid'
GROUP BY to_date(ordered_at);
