-- Tables that this project reads; they belong to the payments platform.
CREATE TABLE IF NOT EXISTS cards.transactions (
  transaction_id STRING NOT NULL, card_id STRING NOT NULL, happened_at TIMESTAMP,
  amount_minor BIGINT COMMENT 'Amount in cents', merchant_class STRING, foreign_merchant BOOLEAN
);
CREATE TABLE IF NOT EXISTS cards.chargebacks (
  transaction_id STRING NOT NULL, received_on DATE COMMENT 'Holders may dispute up to 75 days after the transaction'
);
CREATE TABLE IF NOT EXISTS cards.card_profile (
  card_id STRING NOT NULL, valid_from TIMESTAMP COMMENT 'A new row per card and night; the profile is valid until the next row',
  mean_amount_90d DOUBLE COMMENT 'Euro', countries_90d INT, disputes_365d INT,
  holder_name STRING COMMENT 'PII, for dispute letters only', holder_tax_region STRING COMMENT 'PII, for dispute letters only'
);
