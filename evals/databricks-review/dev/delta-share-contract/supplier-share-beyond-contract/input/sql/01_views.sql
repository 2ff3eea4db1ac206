CREATE SCHEMA IF NOT EXISTS retail.supplier_share;

CREATE OR REPLACE VIEW retail.supplier_share.sales_by_store_day
COMMENT 'Units and revenue per store, article and day, rows of the querying supplier'
AS
SELECT f.store_id, f.article_id, f.sales_day, f.units, f.revenue_eur
FROM retail.gold.sales_by_store_day AS f
INNER JOIN retail.gold.articles AS a ON a.article_id = f.article_id
WHERE a.supplier_code = current_recipient('supplier_code');

-- Buyers enter drafts here; publishing turns a draft into a price, withdrawing deletes it.
CREATE TABLE IF NOT EXISTS retail.purchasing.prices (
  article_id  STRING NOT NULL,
  valid_from  DATE NOT NULL,
  price_eur   DECIMAL(10, 4) NOT NULL,
  state       STRING NOT NULL COMMENT 'draft or published'
);
CREATE OR REPLACE VIEW retail.supplier_share.purchase_prices
COMMENT 'Published prices of the querying supplier'
AS
SELECT p.article_id, p.valid_from, p.price_eur
FROM retail.purchasing.prices AS p
INNER JOIN retail.gold.articles AS a ON a.article_id = p.article_id
WHERE p.state = 'published'
  AND a.supplier_code = current_recipient('supplier_code');
