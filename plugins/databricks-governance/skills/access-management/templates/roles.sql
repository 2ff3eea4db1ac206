-- Roles of one domain. Needs Databricks (Unity Catalog). Replace `prod`, `sales` and the groups; run as the group that owns the catalog.

GRANT BROWSE ON CATALOG prod TO `account users`;

-- Readers
GRANT USE CATALOG ON CATALOG prod TO `sales-readers`;
GRANT USE SCHEMA, SELECT ON SCHEMA prod.sales TO `sales-readers`;

-- Writers: the service principal of the job, through a group of service principals
GRANT USE CATALOG ON CATALOG prod TO `sales-writers`;
GRANT USE SCHEMA, SELECT, MODIFY, CREATE TABLE ON SCHEMA prod.sales TO `sales-writers`;

-- Files, and a model: a registered model is a kind of function, so it takes EXECUTE and never SELECT
GRANT READ VOLUME ON VOLUME prod.sales.landing TO `sales-writers`;
GRANT EXECUTE ON FUNCTION prod.sales.churn TO `sales-readers`;

-- Owner is a group, so that nobody's leaving orphans a schema
ALTER SCHEMA prod.sales OWNER TO `sales-owners`;

-- Read back
SHOW GRANTS ON SCHEMA prod.sales;
