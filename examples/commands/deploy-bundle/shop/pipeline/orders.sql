CREATE OR REFRESH MATERIALIZED VIEW shop_orders (CONSTRAINT has_id EXPECT (order_id IS NOT NULL) ON VIOLATION DROP ROW)
COMMENT 'One row an order.'
AS SELECT order_id, to_date(ordered_at) AS order_date FROM bronze.erp_orders;
