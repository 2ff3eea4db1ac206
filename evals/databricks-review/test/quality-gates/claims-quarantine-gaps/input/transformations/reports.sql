CREATE OR REFRESH MATERIALIZED VIEW ${claims.catalog}.reports.paid_by_procedure
COMMENT 'Paid amount per month and procedure'
AS
SELECT
  date_trunc('MONTH', treated_on) AS month,
  procedure_code,
  sum(paid_amount) AS paid_amount,
  count(DISTINCT claim_id) AS claims
FROM claims_valid
GROUP BY ALL;

CREATE OR REFRESH MATERIALIZED VIEW ${claims.catalog}.reports.member_claims
COMMENT 'Last version of each claim, for actuaries and partners'
AS
SELECT
  claim_id,
  version,
  member_key,
  member_name,
  member_national_id,
  procedure_code,
  treated_on,
  paid_amount
FROM claims_valid
QUALIFY row_number() OVER (PARTITION BY claim_id ORDER BY version DESC) = 1;

CREATE OR REFRESH MATERIALIZED VIEW ${claims.catalog}.reports.arrivals_by_practice
COMMENT 'Messages per practice and day'
AS
SELECT
  coalesce(practice_name, 'not yet registered') AS practice,
  received_on,
  count(*) AS messages
FROM claim_arrivals
GROUP BY ALL;
