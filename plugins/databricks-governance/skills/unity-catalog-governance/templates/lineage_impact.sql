-- Edges of the last 180 days for examples/impact.py: export as JSON lines. Needs Databricks. :catalog is the catalog that is about to change.

SELECT DISTINCT
  lineage.source_table_full_name AS source_table,
  lineage.source_column_name AS source_column,
  lineage.target_table_full_name AS target_table,
  lineage.target_column_name AS target_column
FROM system.access.column_lineage AS lineage
WHERE lineage.event_date >= date_sub(current_date(), 180)
  AND lineage.source_table_full_name IS NOT NULL
  AND lineage.target_table_full_name IS NOT NULL
  AND (lineage.source_table_catalog = :catalog OR lineage.target_table_catalog = :catalog);
