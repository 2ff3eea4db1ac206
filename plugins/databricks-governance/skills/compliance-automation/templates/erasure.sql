-- Erase the approved requests from one table and prove it. Needs Databricks. Run for each table on the list, source layer first.
-- Replace `prod.silver.customers` and `customer_id`. Record the counts and versions in prod.privacy.erasure_proof.

SELECT count(*) AS before_count
FROM prod.silver.customers
WHERE customer_id IN (SELECT customer_id FROM prod.privacy.erasure_requests WHERE state = 'approved');

DELETE FROM prod.silver.customers
WHERE customer_id IN (SELECT customer_id FROM prod.privacy.erasure_requests WHERE state = 'approved');

-- Deletion vectors only mark rows: rewrite the files without them.
REORG TABLE prod.silver.customers APPLY (PURGE);

SELECT count(*) AS after_count
FROM prod.silver.customers
WHERE customer_id IN (SELECT customer_id FROM prod.privacy.erasure_requests WHERE state = 'approved');

DESCRIBE HISTORY prod.silver.customers LIMIT 5;

-- A second task, once the table's retention (7 days by default) is over: the old files go.
VACUUM prod.silver.customers;
