CREATE TABLE IF NOT EXISTS sales.gold.regional_sales (
  region STRING NOT NULL,
  sale_date DATE NOT NULL,
  sale_month STRING NOT NULL COMMENT 'yyyy-MM of sale_date',
  shop_id INT NOT NULL,
  product_code STRING NOT NULL COMMENT 'eight digits, leading zeros count; key of sales.silver.products',
  quantity INT NOT NULL,
  amount DECIMAL(14, 2) NOT NULL
) CLUSTER BY (region, sale_date);

CREATE TABLE IF NOT EXISTS sales.gold.adjustments (
  region STRING NOT NULL,
  sale_date DATE NOT NULL,
  shop_id INT NOT NULL,
  amount DECIMAL(14, 2) NOT NULL COMMENT 'added to the sales of the day by the finance report'
) CLUSTER BY (region, sale_date);
