MERGE INTO bank.core.limits AS t
USING (
  SELECT agreement_id, overdraft_limit
  FROM bank.staging.limit_changes
  WHERE batch_id = :batch_id
) AS s
ON t.agreement_id = s.agreement_id
WHEN MATCHED AND t.overdraft_limit <> s.overdraft_limit THEN
  UPDATE SET t.overdraft_limit = s.overdraft_limit
WHEN NOT MATCHED THEN
  INSERT (agreement_id, overdraft_limit)
  VALUES (s.agreement_id, s.overdraft_limit)
WHEN NOT MATCHED BY SOURCE THEN
  DELETE;
