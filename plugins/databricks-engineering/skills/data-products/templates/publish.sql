-- Publishes an output port. Runs on Databricks, by the principal that owns the product. Fill the names from the contract.
CREATE SCHEMA IF NOT EXISTS orders_prod.orders_out COMMENT 'Output ports of the product orders. The contracts are in its repository.';

-- The columns of the contract in its order. A view keeps them when the table behind it gets more.
CREATE OR REPLACE VIEW orders_prod.orders_out.orders_v1 (
  order_id COMMENT 'Identifies the order.',
  ordered_at COMMENT 'When the customer placed it, UTC.',
  amount_eur COMMENT 'Net of discounts, gross of VAT.',
  email COMMENT 'Restricted.',
  status COMMENT 'placed, delivered or cancelled.'
)
COMMENT 'Contract urn:contract:sales:orders, version 1.0.0.'
AS SELECT order_id, ordered_at, amount_eur, email, status FROM orders_prod.orders.orders;

-- Governed tags: policies act on them, so they are part of the publication.
ALTER VIEW orders_prod.orders_out.orders_v1 SET TAGS ('data_product' = 'orders', 'contract_version' = '1.0.0');
ALTER TABLE orders_prod.orders.orders ALTER COLUMN email SET TAGS ('classification' = 'restricted');

-- Readers see the ports and nothing else.
GRANT USE CATALOG ON CATALOG orders_prod TO `orders-readers`;
GRANT USE SCHEMA, SELECT ON SCHEMA orders_prod.orders_out TO `orders-readers`;
