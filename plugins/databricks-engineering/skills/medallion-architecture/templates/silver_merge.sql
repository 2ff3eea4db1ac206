-- Silver of one source: the newest valid change of each key. Running it again changes nothing. Needs Databricks.
-- Parameters: :catalog, and :since, the ingestion time from which bronze rows are read. Choose it with an overlap: a row seen twice does no harm.
USE CATALOG IDENTIFIER(:catalog);

CREATE OR REPLACE TEMPORARY VIEW typed_orders AS
SELECT
  try_variant_get(payload, '$.order_id', 'string') AS order_id,
  try_variant_get(payload, '$.status', 'string') AS status,
  try_variant_get(payload, '$.amount', 'decimal(12,2)') AS amount,
  try_variant_get(payload, '$.ordered_at', 'timestamp') AS ordered_at,
  try_variant_get(payload, '$.changed_at', 'timestamp') AS changed_at,
  source_file,
  raw,
  ingested_at
FROM bronze.orders
WHERE ingested_at >= :since;

CREATE OR REPLACE TEMPORARY VIEW judged_orders AS
SELECT
  *,
  coalesce(
    order_id IS NOT NULL AND ordered_at IS NOT NULL AND changed_at IS NOT NULL
      AND status IN ('placed', 'paid', 'cancelled') AND amount BETWEEN 0 AND 100000,
    false
  ) AS is_valid
FROM typed_orders;

-- One source row a key, chosen by columns: MERGE fails, or picks one at random, when two rows match the same target row.
MERGE INTO silver.orders AS target
USING (
  SELECT order_id, status, amount, ordered_at, changed_at
  FROM judged_orders
  WHERE is_valid
  QUALIFY row_number() OVER (PARTITION BY order_id ORDER BY changed_at DESC, source_file DESC, raw DESC) = 1
) AS source
ON target.order_id = source.order_id
WHEN MATCHED AND source.changed_at > target.changed_at THEN UPDATE SET *
WHEN NOT MATCHED THEN INSERT *;

-- Refused rows of the same window replace those of an earlier attempt.
INSERT INTO silver.orders_quarantine REPLACE WHERE ingested_at >= :since
SELECT raw, source_file, ingested_at FROM judged_orders WHERE NOT is_valid;
