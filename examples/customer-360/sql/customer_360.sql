-- Tables of the data product. Idempotent; run by hand after a change of the contract.
USE CATALOG IDENTIFIER(:catalog);

CREATE OR REPLACE FUNCTION gold.mask_contact(value STRING)
RETURNS STRING
COMMENT 'Contact data for the service desk, the last two characters for everybody else.'
RETURN CASE
  WHEN is_account_group_member('customer-360-service-desk') THEN value
  ELSE concat('***', right(value, 2))
END;

CREATE OR REPLACE FUNCTION gold.country_filter(country STRING)
RETURNS BOOLEAN
COMMENT 'Admins see all countries, analysts those of their country groups.'
RETURN is_account_group_member('customer-360-admins')
  OR is_account_group_member(concat('customer-360-country-', lower(country)));

CREATE TABLE IF NOT EXISTS gold.customer_360 (
  person_id BIGINT NOT NULL COMMENT 'Surrogate key of the person.',
  email STRING COMMENT 'Most recent address.' MASK gold.mask_contact,
  phone STRING COMMENT 'Most recent number, digits only.' MASK gold.mask_contact,
  country STRING NOT NULL COMMENT 'ISO 3166-1 alpha-2 code.',
  first_order_date DATE COMMENT 'Date of the first order.',
  last_order_date DATE COMMENT 'Date of the most recent order.',
  order_count BIGINT NOT NULL COMMENT 'Orders that were not cancelled.',
  lifetime_value DECIMAL(18, 2) NOT NULL COMMENT 'Sum of all orders, in euro.',
  segment STRING COMMENT 'Recency, frequency and value segment.',
  loyalty_tier STRING COMMENT 'Current tier of the loyalty programme.',
  churn_score DOUBLE COMMENT 'Probability of no order in the next 90 days.',
  marketing_consent BOOLEAN NOT NULL COMMENT 'True only when every linked account agreed.',
  updated_at TIMESTAMP NOT NULL COMMENT 'When this row was last merged.',
  CONSTRAINT customer_360_pk PRIMARY KEY (person_id)
)
CLUSTER BY (person_id, country)
COMMENT 'One row per person; see contracts/customer_360.odcs.yaml.'
TBLPROPERTIES ('delta.enableChangeDataFeed' = 'true');

ALTER TABLE gold.customer_360 SET ROW FILTER gold.country_filter ON (country);
ALTER TABLE gold.customer_360 ALTER COLUMN email SET TAGS ('pii' = 'email');
ALTER TABLE gold.customer_360 ALTER COLUMN phone SET TAGS ('pii' = 'phone');

CREATE TABLE IF NOT EXISTS gold.daily_revenue (
  order_date DATE NOT NULL COMMENT 'Calendar day of the order.',
  region STRING COMMENT 'Sales region of the store.',
  orders BIGINT COMMENT 'Orders of the day.',
  revenue DECIMAL(18, 2) COMMENT 'Sum of the amounts, in euro.'
)
CLUSTER BY AUTO
COMMENT 'Revenue per day and region since 2022.';
