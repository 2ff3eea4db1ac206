-- Parameters: catalog.
CREATE OR REPLACE VIEW IDENTIFIER(:catalog || '.gold.shop_totals') AS
SELECT order_date, count(*) AS orders FROM IDENTIFIER(:catalog || '.silver.shop_orders') GROUP BY order_date;
