CREATE OR REPLACE FUNCTION insurance.claims.for_case_handlers(value STRING)
RETURNS STRING
RETURN CASE WHEN is_account_group_member('insurance_case_handlers') THEN value ELSE NULL END;

CREATE TABLE IF NOT EXISTS insurance.claims.claims (
  claim_id     STRING NOT NULL,
  insured_name STRING MASK insurance.claims.for_case_handlers,
  diagnosis    STRING MASK insurance.claims.for_case_handlers,
  line         STRING NOT NULL,
  closed_on    DATE,
  paid_chf     DECIMAL(14, 2)
)
LOCATION 'abfss://lake@helviadata.dfs.core.windows.net/curated/claims';
