-- Who can read the reviewed tables.
INSERT INTO security.review.effective_grants
REPLACE USING (review_date)
SELECT
  current_date() AS review_date,
  grantee,
  table_catalog || '.' || table_schema || '.' || table_name AS table_name,
  privilege_type,
  inherited_from
FROM claims.information_schema.table_privileges
WHERE table_schema IN ('medical', 'finance')
  AND privilege_type IN ('SELECT', 'MODIFY', 'ALL PRIVILEGES');
