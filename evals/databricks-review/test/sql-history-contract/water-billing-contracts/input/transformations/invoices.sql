CREATE OR REFRESH STREAMING TABLE invoices (
  CONSTRAINT complete EXPECT (invoice_no IS NOT NULL AND contract_id IS NOT NULL AND issued_at IS NOT NULL) ON VIOLATION FAIL UPDATE
)
COMMENT 'Invoices as issued'
AS
SELECT
  invoice_no,
  contract_id,
  issued_at,
  due_on,
  amount_eur
FROM STREAM read_files(
  '${landing}/invoices',
  format => 'csv',
  header => true,
  schema => 'invoice_no STRING, contract_id BIGINT, issued_at TIMESTAMP, due_on DATE, amount_eur DECIMAL(12, 2)',
  mode => 'FAILFAST'
);

CREATE OR REFRESH MATERIALIZED VIEW invoices_with_contract
COMMENT 'Each invoice with the version of its contract that held when it was issued'
AS
SELECT
  i.invoice_no,
  i.contract_id,
  i.issued_at,
  i.due_on,
  i.amount_eur,
  h.customer_no,
  h.tariff,
  h.meter_no
FROM invoices AS i
LEFT JOIN contract_history AS h
  ON h.contract_id = i.contract_id
  AND i.issued_at >= h.__START_AT.committed_at
  AND (h.__END_AT IS NULL OR i.issued_at < h.__END_AT.committed_at);

CREATE OR REFRESH MATERIALIZED VIEW overdue_invoices
COMMENT 'Unpaid invoices that are overdue on the day of the refresh in Helsinki'
AS
SELECT
  i.invoice_no,
  i.contract_id,
  i.customer_no,
  i.amount_eur,
  i.due_on,
  to_date(from_utc_timestamp(current_timestamp(), 'Europe/Helsinki')) AS as_of
FROM invoices_with_contract AS i
WHERE
  i.due_on < to_date(from_utc_timestamp(current_timestamp(), 'Europe/Helsinki'))
  AND NOT EXISTS (SELECT 1 FROM ${catalog}.ledger.payments AS p WHERE p.invoice_no = i.invoice_no);

CREATE OR REFRESH MATERIALIZED VIEW meters
COMMENT 'Meters of the metering team, as their contract has them'
AS
SELECT * FROM ${catalog}.published.v_meters_v2;
