-- Schemas and tables of three layers. Parameter :catalog is the environment's catalog (dev, test, prod). Needs Databricks (Unity Catalog).
USE CATALOG IDENTIFIER(:catalog);

CREATE SCHEMA IF NOT EXISTS bronze COMMENT 'As it arrived. Read by pipelines only.';
CREATE SCHEMA IF NOT EXISTS silver COMMENT 'One row an entity or event, typed and checked. Read by data teams.';
CREATE SCHEMA IF NOT EXISTS gold COMMENT 'Answers to named questions. Read by everyone with a grant.';
CREATE SCHEMA IF NOT EXISTS ops COMMENT 'Checkpoints, quality results, run logs.';
CREATE VOLUME IF NOT EXISTS ops.checkpoints COMMENT 'One folder a stream.';

CREATE TABLE IF NOT EXISTS bronze.orders (
  raw STRING COMMENT 'The line as it came',
  payload VARIANT COMMENT 'The line as JSON; NULL when it is none',
  source_file STRING NOT NULL COMMENT 'File that held the line',
  ingested_at TIMESTAMP NOT NULL COMMENT 'When this table got it (UTC)'
)
CLUSTER BY (ingested_at)
COMMENT 'Orders as they arrived, append only.';

CREATE TABLE IF NOT EXISTS silver.orders (
  order_id STRING NOT NULL COMMENT 'Key',
  status STRING NOT NULL COMMENT 'placed, paid or cancelled',
  amount DECIMAL(12, 2) NOT NULL COMMENT 'EUR, at least 0',
  ordered_at TIMESTAMP NOT NULL COMMENT 'When the customer ordered (UTC)',
  changed_at TIMESTAMP NOT NULL COMMENT 'When the source changed it (UTC)',
  CONSTRAINT orders_key PRIMARY KEY (order_id)
)
CLUSTER BY AUTO
COMMENT 'Current state of each order: one row an order.'
TBLPROPERTIES (delta.enableChangeDataFeed = true, delta.enableRowTracking = true);

CREATE TABLE IF NOT EXISTS silver.orders_quarantine (
  raw STRING COMMENT 'The line as it came',
  source_file STRING COMMENT 'File that held the line',
  ingested_at TIMESTAMP COMMENT 'When it was refused (UTC)'
)
CLUSTER BY AUTO
COMMENT 'Lines that silver refuses.';

CREATE TABLE IF NOT EXISTS gold.daily_revenue (
  day DATE NOT NULL COMMENT 'Day of the order (UTC)',
  revenue DECIMAL(22, 2) NOT NULL COMMENT 'EUR, paid orders',
  orders BIGINT NOT NULL COMMENT 'Number of paid orders',
  CONSTRAINT daily_revenue_key PRIMARY KEY (day)
)
CLUSTER BY AUTO
COMMENT 'Revenue of paid orders: one row a day.';
