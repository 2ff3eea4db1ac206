CREATE TABLE IF NOT EXISTS shop.silver.customers (
  customer_key STRING NOT NULL, email STRING, full_name STRING, valid_from TIMESTAMP, valid_to TIMESTAMP, is_current BOOLEAN
) TBLPROPERTIES ('delta.enableDeletionVectors' = 'true', 'delta.deletedFileRetentionDuration' = 'interval 7 days');

CREATE TABLE IF NOT EXISTS shop.silver.orders (
  order_id STRING NOT NULL, email STRING, delivery_address STRING, ordered_at TIMESTAMP, total_eur DECIMAL(12, 2)
) TBLPROPERTIES ('delta.enableDeletionVectors' = 'true', 'delta.deletedFileRetentionDuration' = 'interval 7 days');

CREATE TABLE IF NOT EXISTS shop.silver.newsletter (
  email STRING, subscribed_at TIMESTAMP, topics ARRAY<STRING>
) TBLPROPERTIES ('delta.enableDeletionVectors' = 'true', 'delta.deletedFileRetentionDuration' = 'interval 7 days');

CREATE TABLE IF NOT EXISTS shop.silver.support_tickets (
  ticket_id STRING NOT NULL, email STRING, subject STRING, body STRING, opened_at TIMESTAMP
) TBLPROPERTIES ('delta.enableDeletionVectors' = 'true', 'delta.deletedFileRetentionDuration' = 'interval 7 days');

-- no e-mail, no key of a person
CREATE TABLE IF NOT EXISTS shop.gold.revenue_by_day (
  sales_day DATE NOT NULL, orders BIGINT, revenue_eur DECIMAL(16, 2)
);

CREATE TABLE IF NOT EXISTS privacy.erasure.requests (
  request_id STRING NOT NULL, email STRING COMMENT 'As typed by the person, removed when done', received_at TIMESTAMP, status STRING, done_at TIMESTAMP
) TBLPROPERTIES ('delta.enableDeletionVectors' = 'false', 'delta.deletedFileRetentionDuration' = 'interval 7 days');
