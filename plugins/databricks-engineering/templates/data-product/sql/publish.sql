-- Publishes what was staged and checked. Running it again changes nothing. Parameters: catalog, schema (internal) and ports.
-- Who may read is in resources/product.yml, as grants of the schema of the ports.
USE CATALOG IDENTIFIER(:catalog);
USE SCHEMA IDENTIFIER(:ports);

-- `orders_staged` has one row an order, so no row of the port is matched twice. What is older than the published state, or of
-- the same moment, changes nothing.
MERGE INTO orders_v1 AS port
USING IDENTIFIER(:schema || '.orders_staged') AS staged
ON port.order_id = staged.order_id
WHEN MATCHED AND staged.changed_at > port.changed_at THEN UPDATE SET *
WHEN NOT MATCHED THEN INSERT *;

-- What a catalog search finds the port by; the tests compare the version with the contract's.
ALTER TABLE orders_v1 SET TAGS ('data_product' = 'template-project', 'contract_version' = '1.0.0');
