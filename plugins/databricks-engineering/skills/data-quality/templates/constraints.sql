-- What a table itself refuses: a write that breaks one of these fails as a whole. Needs Databricks (Delta). Parameter :catalog.
USE CATALOG IDENTIFIER(:catalog);

-- First count: adding a constraint fails while a row breaks it.
SELECT
  count_if(order_id IS NULL) AS without_key,
  count_if(NOT coalesce(amount BETWEEN 0 AND 100000, false)) AS amount_out_of_range
FROM silver.orders;

ALTER TABLE silver.orders ALTER COLUMN order_id SET NOT NULL;
ALTER TABLE silver.orders ALTER COLUMN amount SET NOT NULL;
ALTER TABLE silver.orders ADD CONSTRAINT amount_in_range CHECK (amount >= 0 AND amount <= 100000);
ALTER TABLE silver.orders ADD CONSTRAINT known_status CHECK (status IN ('placed', 'paid', 'cancelled'));

-- Keys are information for people and for the optimizer. Databricks does not enforce them: the gate counts duplicates and orphans.
ALTER TABLE silver.orders ADD CONSTRAINT orders_key PRIMARY KEY (order_id);
ALTER TABLE silver.orders ADD CONSTRAINT orders_customer FOREIGN KEY (customer_id) REFERENCES silver.customers (customer_id);
