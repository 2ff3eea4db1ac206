-- Orders of yesterday (Swedish calendar day) that came late, from the stores' end-of-day files (one row for each order).
MERGE INTO sales.orders_v2.orders AS t
USING (
  SELECT order_id, ordered_at_utc AS ordered_at, store_id, CAST(round(gross_sek * 100) AS BIGINT) AS gross_amount,
    CAST(round(net_sek * 100) AS BIGINT) AS net_amount, channel
  FROM sales.internal.end_of_day_orders
  WHERE to_date(from_utc_timestamp(ordered_at_utc, 'Europe/Stockholm'))
      = date_sub(to_date(from_utc_timestamp(current_timestamp(), 'Europe/Stockholm')), 1)
) AS s
ON t.order_id = s.order_id
WHEN NOT MATCHED THEN INSERT *;
