-- Daily, :day is the date of ingestion. Replaces the day, so it may run again.
INSERT INTO garden.core.orders
REPLACE WHERE ingested_on = :day
SELECT * FROM garden.landing.orders
WHERE ingested_on = :day;
