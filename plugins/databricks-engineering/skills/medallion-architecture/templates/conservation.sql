-- Nothing is lost between bronze and silver: each landed key is in silver or in quarantine, and each line without a key is in quarantine.
-- Both numbers must be 0. Needs Databricks. Parameter :catalog.
USE CATALOG IDENTIFIER(:catalog);

WITH landed AS (
  SELECT raw, try_variant_get(payload, '$.order_id', 'string') AS order_id FROM bronze.orders
),
refused AS (
  SELECT raw, try_variant_get(try_parse_json(raw), '$.order_id', 'string') AS order_id FROM silver.orders_quarantine
)
SELECT
  (
    SELECT count(DISTINCT landed.order_id)
    FROM landed
    LEFT ANTI JOIN silver.orders AS kept ON kept.order_id = landed.order_id
    LEFT ANTI JOIN refused ON refused.order_id = landed.order_id
    WHERE landed.order_id IS NOT NULL
  ) AS lost_keys,
  (
    SELECT count(*) FROM landed LEFT ANTI JOIN refused ON refused.raw <=> landed.raw WHERE landed.order_id IS NULL
  ) AS lost_lines;
