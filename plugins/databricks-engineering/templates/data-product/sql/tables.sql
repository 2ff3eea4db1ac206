-- The tables of the product; running it again changes nothing. Parameters: catalog, schema (internal) and ports.
USE CATALOG IDENTIFIER(:catalog);
USE SCHEMA IDENTIFIER(:schema);

CREATE TABLE IF NOT EXISTS orders_staged (
  order_id STRING NOT NULL COMMENT 'Identifies the order.',
  customer_id STRING NOT NULL COMMENT 'Who placed it.',
  ordered_at TIMESTAMP NOT NULL COMMENT 'When the customer placed it, UTC.',
  changed_at TIMESTAMP NOT NULL COMMENT 'When its state was last changed, UTC.',
  status STRING NOT NULL COMMENT 'placed, delivered or cancelled.',
  amount_eur DECIMAL(18,2) NOT NULL COMMENT 'Price in euros, net of discounts, gross of VAT.'
)
COMMENT 'Orders of the window of the last run, replaced by each run and checked before they are published.';

CREATE TABLE IF NOT EXISTS orders_refused (
  event_id STRING COMMENT 'Identifies the event at its source.',
  received_at TIMESTAMP COMMENT 'When the event arrived, UTC.',
  order_id STRING COMMENT 'As sent, may be missing.',
  customer_id STRING COMMENT 'As sent, may be missing.',
  ordered_at TIMESTAMP COMMENT 'As sent, may be missing.',
  changed_at TIMESTAMP COMMENT 'As sent, may be missing.',
  status STRING COMMENT 'As sent.',
  amount_eur DECIMAL(18,2) COMMENT 'As sent.',
  reasons ARRAY<STRING> NOT NULL COMMENT 'Every promise that the event would break.'
)
CLUSTER BY AUTO
COMMENT 'Events that no order was made of. Mend them at their source and send them again.';

USE SCHEMA IDENTIFIER(:ports);

-- The port: the columns, types and comments of contracts/orders.odcs.yaml, in its order. The tests compare them.
CREATE TABLE IF NOT EXISTS orders_v1 (
  order_id STRING NOT NULL COMMENT 'Identifies the order.',
  customer_id STRING NOT NULL COMMENT 'Who placed it. Joins with the customers of the domain.',
  ordered_at TIMESTAMP NOT NULL COMMENT 'When the customer placed it, UTC.',
  changed_at TIMESTAMP NOT NULL COMMENT 'When its state was last changed, UTC.',
  status STRING NOT NULL COMMENT 'placed, delivered or cancelled.',
  amount_eur DECIMAL(18,2) NOT NULL COMMENT 'Price in euros, net of discounts, gross of VAT.',
  -- For people and the optimizer; Databricks does not enforce it. The merge and the check do.
  CONSTRAINT orders_v1_key PRIMARY KEY (order_id)
)
CLUSTER BY AUTO
COMMENT 'One row an order, in its latest state. Contract urn:contract:template-project:orders.';
