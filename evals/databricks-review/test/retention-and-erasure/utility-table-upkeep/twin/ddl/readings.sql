-- 4.1 million meters send a reading every 15 minutes. Queries ask for one meter and some weeks.
CREATE TABLE IF NOT EXISTS utility.metering.readings (
  meter_id BIGINT NOT NULL,
  read_at TIMESTAMP NOT NULL,
  kwh DECIMAL(12, 3) NOT NULL,
  quality STRING NOT NULL
)
CLUSTER BY (meter_id, read_at);
