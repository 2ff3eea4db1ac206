MERGE INTO bank.core.accounts AS t
USING (
  SELECT
    account_no, branch_code, holder_id, status, balance, change_seq, changed_at, op
  FROM bank.staging.account_changes
  WHERE batch_id = :batch_id
) AS s
ON t.account_no = s.account_no AND t.branch_code = s.branch_code
WHEN MATCHED THEN UPDATE SET
  t.holder_id = s.holder_id,
  t.change_seq = s.change_seq,
  t.changed_at = s.changed_at,
  t.balance = s.balance,
  t.status = s.status
WHEN NOT MATCHED THEN
  INSERT (account_no, branch_code, holder_id, status, balance, change_seq, changed_at)
  VALUES (s.account_no, s.branch_code, s.holder_id, s.status, s.balance, s.change_seq, s.changed_at);
