CREATE TABLE IF NOT EXISTS freight.silver.shipments (
  shipment_id   STRING NOT NULL,
  customer_name STRING NOT NULL,
  region        STRING COMMENT 'NULL until the depot is assigned',
  lane          STRING NOT NULL,
  booked_on     DATE NOT NULL,
  cost_eur      DECIMAL(12, 2)
)
CLUSTER BY (booked_on, region);

ALTER TABLE freight.silver.shipments SET ROW FILTER freight.security.region_visible ON (region);

-- Shipments older than 24 months, moved here every night.
CREATE TABLE IF NOT EXISTS freight.silver.shipments_archive (
  shipment_id   STRING NOT NULL,
  customer_name STRING NOT NULL,
  region        STRING,
  lane          STRING NOT NULL,
  booked_on     DATE NOT NULL,
  cost_eur      DECIMAL(12, 2)
)
CLUSTER BY (booked_on);

ALTER TABLE freight.silver.shipments_archive SET ROW FILTER freight.security.region_visible ON (region);

CREATE TABLE IF NOT EXISTS freight.silver.ports (
  port_code STRING NOT NULL,
  port_name STRING NOT NULL,
  country   STRING NOT NULL
);

CREATE TABLE IF NOT EXISTS freight.gold.customer_lane_costs (
  region        STRING,
  customer_name STRING NOT NULL,
  lane          STRING NOT NULL,
  month         DATE NOT NULL,
  shipments     BIGINT NOT NULL,
  cost_eur      DECIMAL(16, 2)
);

ALTER TABLE freight.gold.customer_lane_costs SET ROW FILTER freight.security.region_visible ON (region);
