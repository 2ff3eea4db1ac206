-- What an owner should look at weekly. Needs Databricks; each query is a list to send. Replace `prod_sales`.

-- 1. Owned by a person
SELECT 'schema' AS kind, catalog_name || '.' || schema_name AS name, schema_owner AS owner
FROM system.information_schema.schemata
WHERE catalog_name = 'prod_sales' AND schema_owner LIKE '%@%'
UNION ALL
SELECT 'table', table_catalog || '.' || table_schema || '.' || table_name, table_owner
FROM system.information_schema.tables
WHERE table_catalog = 'prod_sales' AND table_owner LIKE '%@%';

-- 2. Without a comment
SELECT table_schema, table_name, table_owner
FROM system.information_schema.tables
WHERE table_catalog = 'prod_sales' AND coalesce(comment, '') = '' AND table_schema <> 'information_schema';

-- 3. External tables: each needs a reason
SELECT table_schema, table_name, table_owner
FROM system.information_schema.tables
WHERE table_catalog = 'prod_sales' AND table_type = 'EXTERNAL';

-- 4. Not read by name in 90 days, as far as lineage saw
SELECT existing.table_schema, existing.table_name, existing.table_owner
FROM system.information_schema.tables AS existing
LEFT JOIN system.access.table_lineage AS used
  ON used.source_table_full_name = existing.table_catalog || '.' || existing.table_schema || '.' || existing.table_name
  AND used.event_date >= date_sub(current_date(), 90)
WHERE existing.table_catalog = 'prod_sales'
  AND existing.table_schema <> 'information_schema'
  AND used.source_table_full_name IS NULL;

-- 5. Privileges that everybody holds
SELECT table_schema, table_name, privilege_type, grantee, inherited_from
FROM system.information_schema.table_privileges
WHERE table_catalog = 'prod_sales' AND grantee IN ('account users', 'users') AND privilege_type <> 'BROWSE';
