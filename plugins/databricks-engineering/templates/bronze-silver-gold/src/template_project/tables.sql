-- The tables, as the job makes them at its first run. Needs Databricks (Delta, Unity Catalog). Parameters: the full name of each table.
-- What is changed here is changed by hand in tables that exist already: CREATE TABLE IF NOT EXISTS leaves them as they are.

CREATE TABLE IF NOT EXISTS IDENTIFIER(:landed) (
  raw STRING COMMENT 'The line as it came',
  source_file STRING NOT NULL COMMENT 'File that held the line',
  ingested_at TIMESTAMP NOT NULL COMMENT 'When this table got it (UTC)'
)
CLUSTER BY (ingested_at)
COMMENT 'Orders as they arrived: one row a delivered line, append only.';

CREATE TABLE IF NOT EXISTS IDENTIFIER(:orders) (
  order_id STRING NOT NULL COMMENT 'Key',
  customer_id STRING NOT NULL COMMENT 'Who ordered: the number of the customer, no name',
  status STRING NOT NULL COMMENT 'placed, paid or cancelled',
  amount DECIMAL(12, 2) NOT NULL COMMENT 'EUR, 0 to 100000',
  ordered_at TIMESTAMP NOT NULL COMMENT 'When the customer ordered (UTC)',
  changed_at TIMESTAMP NOT NULL COMMENT 'When the source changed it (UTC)',
  CONSTRAINT orders_key PRIMARY KEY (order_id)
)
CLUSTER BY AUTO
COMMENT 'Current state of each order: one row an order.'
TBLPROPERTIES (delta.enableRowTracking = true);

CREATE TABLE IF NOT EXISTS IDENTIFIER(:refused) (
  raw STRING COMMENT 'The line as it came',
  broken ARRAY<STRING> NOT NULL COMMENT 'Names of the rules that the line breaks',
  source_file STRING NOT NULL COMMENT 'File that held the line',
  ingested_at TIMESTAMP NOT NULL COMMENT 'When bronze got it (UTC)'
)
CLUSTER BY (ingested_at)
COMMENT 'Lines that silver refuses: one row a line. Mended at the source and delivered again, never by hand.';

CREATE TABLE IF NOT EXISTS IDENTIFIER(:revenue) (
  order_date DATE NOT NULL COMMENT 'Day of the order (UTC)',
  revenue DECIMAL(22, 2) NOT NULL COMMENT 'EUR, paid orders',
  orders BIGINT NOT NULL COMMENT 'Number of paid orders',
  CONSTRAINT daily_revenue_key PRIMARY KEY (order_date)
)
CLUSTER BY AUTO
COMMENT 'How much did paid orders bring in each day? One row a day that has one.';
