-- Dashboard of the store managers, refreshed on opening. Turnover of today in SEK.
SELECT o.store_id, st.store_name, count(*) AS orders, sum(o.gross_amount) / 100 AS turnover_sek
FROM sales.orders_v2.orders AS o
INNER JOIN sales.reference.stores AS st ON st.store_id = o.store_id
WHERE to_date(from_utc_timestamp(o.ordered_at, 'Europe/Stockholm')) = to_date(from_utc_timestamp(current_timestamp(), 'Europe/Stockholm'))
GROUP BY o.store_id, st.store_name;
