-- One domain in one environment. Needs Databricks; run by the group that creates catalogs. Replace `prod_sales`, the location and the groups.

CREATE CATALOG IF NOT EXISTS prod_sales
MANAGED LOCATION 's3://example-prod-sales/managed'
COMMENT 'Sales, production. Owner: group sales-owners. Contact: sales-data@example.com';

ALTER CATALOG prod_sales OWNER TO `sales-owners`;
ALTER CATALOG prod_sales ENABLE PREDICTIVE OPTIMIZATION;

CREATE SCHEMA IF NOT EXISTS prod_sales.bronze COMMENT 'As delivered, appended, 90 days';
CREATE SCHEMA IF NOT EXISTS prod_sales.silver COMMENT 'Cleaned and joined; for engineers';
CREATE SCHEMA IF NOT EXISTS prod_sales.gold COMMENT 'Data products under contract; for everybody with a role';
CREATE VOLUME IF NOT EXISTS prod_sales.bronze.landing COMMENT 'Files as delivered, 30 days';

CREATE TABLE IF NOT EXISTS prod_sales.gold.orders_daily (
  order_day DATE NOT NULL COMMENT 'Day of the order, UTC',
  region STRING NOT NULL COMMENT 'Sales region, code of prod_sales.gold.regions',
  orders BIGINT COMMENT 'Orders placed, cancelled ones included',
  revenue DECIMAL(18, 2) COMMENT 'Revenue in EUR without tax'
)
CLUSTER BY AUTO
COMMENT 'Orders per day and region. Refreshed 05:00 UTC. Contract: contracts/orders_daily.yaml';
