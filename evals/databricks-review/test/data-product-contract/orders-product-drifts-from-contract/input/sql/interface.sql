CREATE TABLE IF NOT EXISTS sales.internal.till_orders (
  order_id STRING NOT NULL, ordered_at_utc TIMESTAMP, store_id STRING, gross_sek DECIMAL(12, 2), channel STRING, received_at TIMESTAMP,
  CONSTRAINT till_orders_pk PRIMARY KEY (order_id)
) COMMENT 'Internal, may change at any time';

ALTER TABLE sales.orders_v2.orders ADD COLUMN channel STRING;
ALTER TABLE sales.orders_v2.orders DROP COLUMN net_amount;

GRANT USE CATALOG ON CATALOG sales TO `sales_consumers`;
GRANT USE SCHEMA, SELECT ON SCHEMA sales.orders_v2 TO `sales_consumers`;
