-- Evidence queries. Needs Databricks and access to system tables. Each runs as a task and appends its result to prod.compliance.evidence.
-- :days is the window. Keep event_date in every query on the audit log.

-- C3: broad grants on tables, and grants to persons
SELECT table_catalog, table_schema, table_name, grantee, privilege_type, inherited_from
FROM system.information_schema.table_privileges
WHERE table_catalog = 'prod'
  AND (
    (grantee IN ('account users', 'users') AND privilege_type <> 'BROWSE')
    OR grantee LIKE '%@%'
    OR privilege_type = 'ALL PRIVILEGES'
  );

-- C5: who read tables that hold tagged columns
WITH sensitive AS (
  SELECT DISTINCT catalog_name || '.' || schema_name || '.' || table_name AS full_name
  FROM system.information_schema.column_tags
  WHERE tag_name = 'pii' AND tag_value <> 'none'
)
SELECT
  sensitive.full_name,
  audit.user_identity.email AS who,
  audit.action_name,
  count(*) AS times,
  max(audit.event_time) AS last_time
FROM system.access.audit AS audit
JOIN sensitive
  ON sensitive.full_name = coalesce(audit.request_params['full_name_arg'], audit.request_params['table_full_name'])
WHERE audit.event_date >= date_sub(current_date(), :days)
  AND audit.service_name = 'unityCatalog'
  AND audit.action_name IN ('getTable', 'generateTemporaryTableCredential')
GROUP BY sensitive.full_name, audit.user_identity.email, audit.action_name;

-- C5: refused
SELECT user_identity.email AS who, service_name, action_name, response.error_message, count(*) AS times
FROM system.access.audit
WHERE event_date >= date_sub(current_date(), :days)
  AND response.status_code IN (401, 403)
GROUP BY user_identity.email, service_name, action_name, response.error_message;

-- C6: changes of privileges, tags and policies
SELECT event_time, user_identity.email AS who, action_name, request_params, response.status_code
FROM system.access.audit
WHERE event_date >= date_sub(current_date(), :days)
  AND service_name = 'unityCatalog'
  AND (
    action_name = 'updatePermissions'
    OR lower(action_name) LIKE '%tag%assignment%'
    OR lower(action_name) LIKE '%policy%'
  )
ORDER BY event_time;

-- C10: production data read into another catalog
SELECT source_table_full_name, target_table_full_name, created_by, max(event_time) AS last_time
FROM system.access.table_lineage
WHERE event_date >= date_sub(current_date(), :days)
  AND source_table_catalog LIKE 'prod%'
  AND target_table_catalog IS NOT NULL
  AND target_table_catalog NOT LIKE 'prod%'
GROUP BY source_table_full_name, target_table_full_name, created_by;

-- Which actions the log knows: a name above that is not in this list answers nothing
SELECT service_name, action_name, count(*) AS times
FROM system.access.audit
WHERE event_date >= date_sub(current_date(), 30)
GROUP BY service_name, action_name;
