CREATE OR REFRESH MATERIALIZED VIEW stock_positions (
  position_id STRING COMMENT 'Replenishment orders refer to a position by this id',
  warehouse STRING,
  sku STRING,
  quantity DECIMAL(24, 3),
  value_eur DECIMAL(38, 4),
  days_of_cover DOUBLE
)
COMMENT 'One row for each article in a warehouse, valued at the price of purchase'
AS
SELECT
  uuid() AS position_id,
  a.warehouse,
  a.sku,
  a.quantity,
  CAST(a.quantity * p.unit_price AS DECIMAL(38, 4)) AS value_eur,
  CAST(a.days_of_cover AS DOUBLE) AS days_of_cover
FROM article_stock AS a
LEFT JOIN supplier_prices AS p
  ON p.sku = a.sku;

CREATE OR REFRESH MATERIALIZED VIEW warehouse_value
COMMENT 'Value of the stock of a warehouse'
AS
SELECT
  warehouse,
  sum(value_eur) AS value_eur,
  count_if(value_eur IS NULL) AS articles_without_price
FROM stock_positions
GROUP BY warehouse;
