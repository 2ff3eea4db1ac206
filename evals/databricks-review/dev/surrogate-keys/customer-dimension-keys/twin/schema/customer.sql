-- Source: profile changes, one row for every saved change.
CREATE TABLE IF NOT EXISTS crm.silver.profile_changes (
  customer_id STRING NOT NULL,
  event_sequence BIGINT NOT NULL COMMENT 'grows with each change of a customer, never reused',
  changed_on DATE NOT NULL COMMENT 'day of the change; several changes on one day are usual',
  full_name STRING,
  email STRING,
  city STRING,
  CONSTRAINT profile_changes_pk PRIMARY KEY (customer_id, event_sequence)
);

-- Source: delivery addresses with the moment from which they hold.
CREATE TABLE IF NOT EXISTS crm.silver.addresses (
  customer_id STRING NOT NULL,
  valid_from TIMESTAMP NOT NULL,
  street STRING NOT NULL,
  postal_code STRING NOT NULL,
  CONSTRAINT addresses_pk PRIMARY KEY (customer_id, valid_from)
);

CREATE TABLE IF NOT EXISTS crm.gold.dim_customer (
  customer_key BIGINT NOT NULL GENERATED ALWAYS AS IDENTITY COMMENT 'referenced by crm.gold.fact_contact',
  customer_id STRING NOT NULL,
  full_name STRING,
  email STRING,
  city STRING,
  street STRING,
  postal_code STRING,
  row_hash STRING,
  CONSTRAINT dim_customer_pk PRIMARY KEY (customer_key)
) CLUSTER BY (customer_id);

CREATE TABLE IF NOT EXISTS crm.gold.fact_contact (
  contact_id STRING NOT NULL,
  customer_key BIGINT NOT NULL,
  campaign_key BIGINT NOT NULL COMMENT 'one for each channel and campaign, some 400,000 of them',
  contacted_at TIMESTAMP NOT NULL,
  CONSTRAINT fact_contact_pk PRIMARY KEY (contact_id)
) CLUSTER BY (contacted_at);
