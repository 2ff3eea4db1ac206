-- Run in February for the auditors: bills as they stood at the end of the last year. They get it as a file,
-- so the table of the year before may go.
CREATE OR REPLACE TABLE utility.audit.bills_at_year_end AS
SELECT
  bill_id,
  meter_id,
  billed_on,
  amount,
  state
FROM utility.billing.bills TIMESTAMP AS OF trunc(current_date(), 'YEAR') - INTERVAL 12 HOURS;
