-- Who gets the winter letter.
CREATE OR REPLACE TABLE garden.reports.loyalty_letters AS
SELECT customer_id, full_name
FROM garden.core.customers
WHERE loyalty_tier IN ('gold', 'silver');
