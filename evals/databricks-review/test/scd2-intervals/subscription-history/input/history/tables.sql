-- One row for a subscription and the last change of the hour; plan_code is NULL while a subscription is paused.
-- Changes come in the order of effective_at, a few minutes to some hours after they happened.
CREATE TABLE IF NOT EXISTS stream_tv.silver.subscription_changes (
  subscription_id BIGINT NOT NULL,
  plan_code STRING,
  monthly_fee DECIMAL(8, 2) NOT NULL COMMENT '0 while paused',
  effective_at TIMESTAMP NOT NULL COMMENT 'when the customer made the change',
  CONSTRAINT subscription_changes_pk PRIMARY KEY (subscription_id)
);

-- Validity is half-open: a row holds from valid_from (included) to valid_to (excluded).
-- The open row of a subscription has valid_to NULL.
CREATE TABLE IF NOT EXISTS stream_tv.gold.subscription_history (
  subscription_id BIGINT NOT NULL,
  plan_code STRING,
  monthly_fee DECIMAL(8, 2) NOT NULL,
  valid_from TIMESTAMP NOT NULL,
  valid_to TIMESTAMP,
  is_current BOOLEAN NOT NULL
) CLUSTER BY (subscription_id);
