-- Run once per environment. Regions are rewritten independently, so a partition per region keeps writers apart.
CREATE TABLE IF NOT EXISTS rollup.daily_usage (
  region STRING NOT NULL,
  meter_id STRING NOT NULL,
  usage_date DATE NOT NULL,
  kwh DECIMAL(18, 3)
) PARTITIONED BY (region);

-- The readings that a run has taken up; plan.py fills it, the region tasks read it.
CREATE TABLE IF NOT EXISTS staging.due_readings (
  region STRING, meter_id STRING, read_at TIMESTAMP, kwh DECIMAL(18, 3)
);
