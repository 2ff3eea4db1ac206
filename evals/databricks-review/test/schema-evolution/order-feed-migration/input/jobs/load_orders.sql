-- Daily, :day is the date of ingestion. Orders that are there already are left out, so a day may run again.
INSERT INTO garden.core.orders
SELECT * FROM garden.landing.orders AS l
WHERE l.ingested_on = :day
  AND NOT EXISTS (SELECT 1 FROM garden.core.orders AS o WHERE o.order_id = l.order_id);
