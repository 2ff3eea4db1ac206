MERGE INTO bank.core.accounts AS t
USING (
  SELECT
    account_no, branch_code, holder_id, status, balance, change_seq, changed_at, op
  FROM bank.staging.account_changes
  WHERE batch_id = :batch_id
  QUALIFY row_number() OVER (PARTITION BY account_no, branch_code ORDER BY change_seq DESC) = 1
) AS s
ON t.account_no = s.account_no AND t.branch_code <=> s.branch_code
WHEN MATCHED AND s.change_seq > t.change_seq THEN UPDATE SET
  t.holder_id = s.holder_id,
  t.change_seq = s.change_seq,
  t.changed_at = s.changed_at,
  t.balance = s.balance,
  t.status = s.status,
  t.deleted_at = CASE WHEN s.op = 'D' THEN s.changed_at END
WHEN NOT MATCHED THEN
  INSERT (account_no, branch_code, holder_id, status, balance, change_seq, changed_at, deleted_at)
  VALUES (s.account_no, s.branch_code, s.holder_id, s.status, s.balance, s.change_seq, s.changed_at,
    CASE WHEN s.op = 'D' THEN s.changed_at END);
