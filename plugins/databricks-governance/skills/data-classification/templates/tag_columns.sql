-- Tags on columns, and the gap between what was found and what is tagged. Needs Databricks. Replace the names.

ALTER TABLE prod.sales.customers ALTER COLUMN email SET TAGS ('pii' = 'email', 'sensitivity' = 'confidential');
ALTER TABLE prod.sales.customers ALTER COLUMN birth_date SET TAGS ('pii' = 'birth_date', 'sensitivity' = 'confidential');
ALTER TABLE prod.sales.customers ALTER COLUMN loyalty_level SET TAGS ('pii' = 'none');

-- Detections without a reviewed tag, oldest first, without the sample values
SELECT
  found.catalog_name,
  found.schema_name,
  found.table_name,
  found.column_name,
  found.class_tag,
  found.frequency,
  datediff(current_date(), found.first_detected_time) AS days_open
FROM system.data_classification.results AS found
LEFT JOIN system.information_schema.column_tags AS tagged
  ON tagged.catalog_name = found.catalog_name
  AND tagged.schema_name = found.schema_name
  AND tagged.table_name = found.table_name
  AND tagged.column_name = found.column_name
  AND tagged.tag_name = 'pii'
WHERE found.confidence = 'HIGH'
  AND tagged.tag_value IS NULL
ORDER BY days_open DESC;
