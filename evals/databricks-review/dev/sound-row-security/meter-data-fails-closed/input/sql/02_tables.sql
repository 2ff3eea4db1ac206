CREATE TABLE IF NOT EXISTS grid.silver.meters (
  meter_id      STRING NOT NULL,
  customer_key  STRING NOT NULL COMMENT 'Random key',
  customer_name STRING MASK grid.access.customer_name,
  postcode      STRING MASK grid.access.postcode,
  meter_area    STRING COMMENT 'NULL until assigned',
  CONSTRAINT meters_pk PRIMARY KEY (meter_id)
)
WITH ROW FILTER grid.access.area_visible ON (meter_area);

CREATE TABLE IF NOT EXISTS grid.silver.readings (
  meter_id   STRING NOT NULL,
  meter_area STRING,
  read_at    TIMESTAMP NOT NULL,
  kwh        DECIMAL(12, 3) NOT NULL
)
WITH ROW FILTER grid.access.area_visible ON (meter_area)
CLUSTER BY (read_at, meter_id);

-- Published every quarter on the website of the operator.
CREATE TABLE IF NOT EXISTS grid.open_data.consumption_by_canton (
  canton STRING NOT NULL, quarter STRING NOT NULL, households BIGINT NOT NULL, kwh DECIMAL(18, 0) NOT NULL
);

CREATE OR REPLACE VIEW grid.open_data.consumption_v1
COMMENT 'Contract view of the website, same columns as the table'
AS SELECT * FROM grid.open_data.consumption_by_canton;

ALTER SCHEMA grid.silver OWNER TO `grid_platform_admins`;
ALTER SCHEMA grid.access OWNER TO `grid_platform_admins`;
