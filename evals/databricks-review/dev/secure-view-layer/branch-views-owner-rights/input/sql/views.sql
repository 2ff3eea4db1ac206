-- Advisers read the bank's accounts through this schema only.
CREATE SCHEMA IF NOT EXISTS bank.advisory COMMENT 'Views for branch advisers and for risk at headquarters';

CREATE OR REPLACE VIEW bank.advisory.accounts
COMMENT 'Accounts that are open or closed within a year; advisers: own branch, risk at headquarters: all'
AS
SELECT
  a.account_id,
  a.branch_id,
  a.product,
  CASE WHEN is_account_group_member('bank_fraud_desk') THEN a.iban ELSE concat(left(a.iban, 2), '****') END AS iban,
  a.balance_eur,
  a.closed_on,
  to_json(struct(a.*)) AS details
FROM bank.core.accounts AS a
WHERE a.closed_on IS NULL
  OR a.closed_on > add_months(current_date(), -12)
  AND (
    is_account_group_member('bank_hq_risk')
    OR a.branch_id IN (SELECT s.branch_id FROM bank.hr.staff_branches AS s WHERE s.login = session_user())
  );

CREATE OR REPLACE VIEW bank.advisory.customer_notes
COMMENT 'Notes of the advisers; complaints are for the ombuds team'
AS
SELECT n.note_id, n.account_id, n.written_on, n.body
FROM bank.core.customer_notes AS n
INNER JOIN bank.advisory.accounts AS a ON a.account_id = n.account_id
WHERE n.kind <> 'complaint' OR is_member('bank_ombuds');

CREATE OR REPLACE VIEW bank.advisory.products
AS SELECT * FROM bank.core.products_published_v1;

ALTER VIEW bank.advisory.accounts OWNER TO `bank_data_platform`;
ALTER VIEW bank.advisory.customer_notes OWNER TO `l.hofstetter@alpenkasse.example`;
ALTER VIEW bank.advisory.products OWNER TO `bank_data_platform`;
