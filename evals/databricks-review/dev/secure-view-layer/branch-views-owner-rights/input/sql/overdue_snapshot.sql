-- Overdue accounts as of this morning, for the dashboard of the branches. Branches see their own accounts, as in the advisory views.
CREATE OR REPLACE TABLE bank.reporting.overdue_accounts
COMMENT 'Snapshot of bank.advisory.accounts with a negative balance'
AS
SELECT
  account_id,
  branch_id,
  product,
  balance_eur,
  current_date() AS snapshot_on
FROM bank.advisory.accounts
WHERE balance_eur < 0
  AND closed_on IS NULL;
