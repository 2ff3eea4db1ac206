-- Applied in March 2025.
CREATE TABLE IF NOT EXISTS garden.landing.orders (
  order_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  tax_amount DECIMAL(12, 2) NOT NULL,
  net_amount DECIMAL(12, 2) NOT NULL,
  ordered_at TIMESTAMP NOT NULL,
  ingested_on DATE NOT NULL
) CLUSTER BY (ingested_on);

CREATE TABLE IF NOT EXISTS garden.core.orders (
  order_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  net_amount DECIMAL(12, 2) NOT NULL,
  tax_amount DECIMAL(12, 2) NOT NULL,
  ordered_at TIMESTAMP NOT NULL,
  ingested_on DATE NOT NULL
)
CLUSTER BY (ingested_on)
TBLPROPERTIES ('delta.columnMapping.mode' = 'name');

CREATE TABLE IF NOT EXISTS garden.core.customers (
  customer_id BIGINT NOT NULL,
  full_name STRING,
  loyalty_tier STRING,
  region STRING,
  CONSTRAINT customers_pk PRIMARY KEY (customer_id)
)
TBLPROPERTIES ('delta.columnMapping.mode' = 'name');

CREATE TABLE IF NOT EXISTS garden.core.orders_archive (
  order_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  net_amount DECIMAL(12, 2) NOT NULL,
  tax_amount DECIMAL(12, 2) NOT NULL,
  ordered_at TIMESTAMP NOT NULL
) COMMENT 'Orders before 2023, never changed';
