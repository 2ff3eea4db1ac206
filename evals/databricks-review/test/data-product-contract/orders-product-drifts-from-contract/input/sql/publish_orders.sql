-- Tills send each order once or more often; sales.internal.till_orders is deduplicated on order_id.
MERGE INTO sales.orders_v2.orders AS t
USING (
  SELECT
    order_id,
    ordered_at_utc                               AS ordered_at,
    store_id,
    CAST(gross_sek AS BIGINT)                    AS gross_amount,
    channel
  FROM sales.internal.till_orders
  WHERE received_at >= current_timestamp() - INTERVAL 2 DAYS
) AS s
ON t.order_id = s.order_id
WHEN MATCHED THEN UPDATE SET *
WHEN NOT MATCHED THEN INSERT *;
