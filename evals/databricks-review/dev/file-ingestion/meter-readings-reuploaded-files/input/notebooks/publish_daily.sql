-- Databricks notebook source
CREATE OR REPLACE TABLE IDENTIFIER(:catalog || '.meters.daily_consumption') AS
WITH half_hours AS (
  SELECT
    meter_id,
    read_at,
    kwh,
    quality
  FROM IDENTIFIER(:catalog || '.meters.readings')
  WHERE read_at IS NOT NULL
)
SELECT
  meter_id,
  -- read_at is the end of the half hour: the one that ends at midnight belongs to the day before.
  CAST(from_utc_timestamp(read_at, 'Africa/Johannesburg') - INTERVAL 30 MINUTES AS DATE) AS day,
  sum(kwh) AS kwh,
  count_if(quality = 'E') AS estimated_half_hours,
  count(*) AS half_hours
FROM half_hours
GROUP BY ALL;
