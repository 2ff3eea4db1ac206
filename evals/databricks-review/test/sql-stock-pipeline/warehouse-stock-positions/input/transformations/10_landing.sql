-- Movements of the warehouse system, one event for each change of a bin. sequence_no rises within a warehouse.
CREATE OR REFRESH STREAMING TABLE bin_events (
  CONSTRAINT sku_present EXPECT (sku IS NOT NULL),
  CONSTRAINT quantity_present EXPECT (quantity IS NOT NULL) ON VIOLATION DROP ROW,
  CONSTRAINT known_unit EXPECT (unit IN ('EA', 'KG', 'M'))
)
COMMENT 'Bin events as delivered'
AS
SELECT
  warehouse,
  bin,
  sku,
  quantity,
  unit,
  operation,
  sequence_no,
  _metadata.file_path AS file_path
FROM STREAM read_files(
  '/Volumes/${catalog}/landing/bin_events',
  format => 'json',
  schema => 'warehouse STRING NOT NULL, bin STRING NOT NULL, sku STRING, quantity DECIMAL(14, 3), unit STRING, operation STRING, sequence_no BIGINT NOT NULL'
);

CREATE OR REFRESH STREAMING TABLE supplier_prices
COMMENT 'Prices of suppliers, per article and supplier'
AS
SELECT
  sku,
  supplier_id,
  unit_price,
  is_preferred
FROM STREAM ${catalog}.landing.supplier_prices;
