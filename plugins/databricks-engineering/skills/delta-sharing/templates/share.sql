-- A share for a recipient on Databricks, by hand. Runs on Databricks; needs CREATE SHARE and CREATE RECIPIENT on the metastore.
CREATE SHARE IF NOT EXISTS orders COMMENT 'Orders of the web shop. Contract urn:contract:sales:orders, version 1.2.0.';
ALTER SHARE orders OWNER TO `sharing-owners`;

-- The aliases are what the recipient sees.
ALTER SHARE orders ADD VIEW orders_prod.orders_out.orders_for_partners AS orders.orders;
ALTER SHARE orders ADD TABLE orders_prod.orders_out.countries AS orders.countries WITH HISTORY;

-- The sharing identifier comes from the recipient: SELECT current_metastore() there.
CREATE RECIPIENT IF NOT EXISTS acme_reporting
  USING ID 'aws:eu-central-1:5c1f9a3e-7b42-4d0c-9e61-2f8a6b0d4c17'
  COMMENT 'ACME, reporting. Agreement 2026-114, ends 2027-12-31.';
ALTER RECIPIENT acme_reporting SET PROPERTIES ('country' = 'DE');
ALTER RECIPIENT acme_reporting OWNER TO `sharing-owners`;

GRANT SELECT ON SHARE orders TO RECIPIENT acme_reporting;

-- What stands now.
SHOW ALL IN SHARE orders;
SHOW GRANTS ON SHARE orders;
