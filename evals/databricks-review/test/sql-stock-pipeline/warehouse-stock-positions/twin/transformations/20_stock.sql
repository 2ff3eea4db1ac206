CREATE OR REFRESH STREAMING TABLE bin_stock
COMMENT 'Present quantity of each article in each bin';

CREATE FLOW bin_stock_changes AS AUTO CDC INTO bin_stock
FROM STREAM(bin_events)
KEYS (warehouse, bin, sku)
APPLY AS DELETE WHEN operation = 'EMPTIED'
SEQUENCE BY sequence_no
COLUMNS * EXCEPT (operation, sequence_no, file_path)
STORED AS SCD TYPE 1;

CREATE OR REFRESH MATERIALIZED VIEW article_stock
COMMENT 'Quantity and daily demand of an article in a warehouse'
AS
WITH sold AS (
  SELECT
    warehouse,
    sku,
    sum(quantity) / 30 AS per_day
  FROM ${catalog}.sales.shipments
  WHERE shipped_on >= date_sub(current_date(), 30)
    AND shipped_on < current_date()
  GROUP BY warehouse, sku
),
stocked AS (
  SELECT
    warehouse,
    sku,
    sum(quantity) AS quantity
  FROM bin_stock
  GROUP BY warehouse, sku
)
SELECT
  stocked.warehouse,
  stocked.sku,
  stocked.quantity,
  coalesce(sold.per_day, 0) AS sold_per_day,
  try_divide(stocked.quantity, sold.per_day) AS days_of_cover
FROM stocked
LEFT JOIN sold
  ON sold.warehouse = stocked.warehouse
  AND sold.sku = stocked.sku;
