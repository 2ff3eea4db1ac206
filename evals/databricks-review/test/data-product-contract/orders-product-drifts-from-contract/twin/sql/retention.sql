DELETE FROM sales.orders_v2.orders
WHERE ordered_at < date_sub(current_date(), 730);
