CREATE OR REFRESH MATERIALIZED VIEW orders_with_city
COMMENT 'Orders with the city of the customer when the order was placed'
AS
SELECT
  o.order_id,
  o.customer_id,
  o.ordered_at,
  o.net_amount,
  h.city
FROM ${shop.orders} AS o
LEFT JOIN customers_history AS h
  ON h.customer_id = o.customer_id
  AND o.ordered_at BETWEEN h.__START_AT AND h.__END_AT;

CREATE OR REFRESH MATERIALIZED VIEW revenue_by_segment
COMMENT 'Net revenue per month, by the present segment of the customer'
AS
SELECT
  date_trunc('MONTH', o.ordered_at) AS month,
  h.segment,
  sum(o.net_amount) AS net_revenue,
  count(*) AS orders
FROM ${shop.orders} AS o
LEFT JOIN customers_history AS h
  ON h.customer_id = o.customer_id
GROUP BY ALL;

CREATE OR REFRESH MATERIALIZED VIEW open_customers
COMMENT 'Customers of today, per segment and city'
AS
SELECT
  segment,
  city,
  count(*) AS customers
FROM customers_history
WHERE __END_AT IS NULL
GROUP BY ALL;
