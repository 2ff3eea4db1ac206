CREATE SHARE IF NOT EXISTS supplier_replenishment COMMENT 'contract/supplier_share.yml';
ALTER SHARE supplier_replenishment OWNER TO `retail_data_sharing`;

-- contract objects
ALTER SHARE supplier_replenishment ADD VIEW retail.supplier_share.sales_by_store_day;
ALTER SHARE supplier_replenishment ADD TABLE retail.gold.articles AS supplier_share.articles WITH HISTORY;
ALTER SHARE supplier_replenishment ADD VIEW retail.supplier_share.purchase_prices;

GRANT SELECT ON SHARE supplier_replenishment TO RECIPIENT molkerei_nord;
GRANT SELECT ON SHARE supplier_replenishment TO RECIPIENT backwerk_ost;
