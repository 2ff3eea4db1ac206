-- Books one business date. Receipts carry the store's own calendar date (business_date, set by the till).
-- till.labour.clock_in is an instant; the time-clock vendor delivers it in UTC and warehouses run with TIME ZONE UTC.
USE CATALOG IDENTIFIER(:catalog);

INSERT INTO finance.daily_sales
REPLACE WHERE business_date = CAST(:business_date AS DATE)
SELECT
  r.business_date,
  r.store_id,
  SUM(r.net_amount) AS net_sales,
  COUNT(*) AS receipts
FROM till.receipts AS r
WHERE r.business_date = CAST(:business_date AS DATE)
GROUP BY r.business_date, r.store_id;

INSERT INTO finance.daily_labour
REPLACE WHERE business_date = CAST(:business_date AS DATE)
SELECT
  CAST(:business_date AS DATE) AS business_date,
  l.store_id,
  SUM(l.paid_minutes) / 60.0 AS paid_hours
FROM till.labour AS l
WHERE DATE(FROM_UTC_TIMESTAMP(l.clock_in, 'America/Los_Angeles')) = CAST(:business_date AS DATE)
GROUP BY l.store_id;
