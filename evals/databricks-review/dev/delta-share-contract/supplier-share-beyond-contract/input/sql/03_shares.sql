CREATE SHARE IF NOT EXISTS supplier_replenishment COMMENT 'contract/supplier_share.yml';
ALTER SHARE supplier_replenishment OWNER TO `retail_data_sharing`;

-- contract objects
ALTER SHARE supplier_replenishment ADD VIEW retail.supplier_share.sales_by_store_day;
ALTER SHARE supplier_replenishment ADD TABLE retail.gold.articles AS supplier_share.articles WITH HISTORY;
ALTER SHARE supplier_replenishment ADD VIEW retail.supplier_share.purchase_prices;

GRANT SELECT ON SHARE supplier_replenishment TO RECIPIENT molkerei_nord;
GRANT SELECT ON SHARE supplier_replenishment TO RECIPIENT backwerk_ost;

-- 2026-08: detail for returns and complaints
ALTER SHARE supplier_replenishment ADD TABLE retail.silver.receipt_lines AS supplier_share.receipt_lines;

-- 2026-09: partners asked for the prices as they change
ALTER SHARE supplier_replenishment ADD TABLE retail.purchasing.prices AS supplier_share.price_changes WITH HISTORY;

-- 2026-10: planning figures
ALTER SHARE supplier_replenishment ADD SCHEMA retail.planning;
