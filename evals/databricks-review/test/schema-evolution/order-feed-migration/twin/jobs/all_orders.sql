-- Everything since the first shop opened, for the yearly report.
CREATE OR REPLACE VIEW garden.reports.all_orders AS
SELECT order_id, customer_id, net_amount, tax_amount, ordered_at AS placed_at
FROM garden.core.orders
UNION ALL
SELECT order_id, customer_id, net_amount, tax_amount, ordered_at
FROM garden.core.orders_archive;
