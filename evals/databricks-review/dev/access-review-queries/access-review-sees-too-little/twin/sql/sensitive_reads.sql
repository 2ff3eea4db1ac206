-- One row for each read of a table in the reviewed schemas.
INSERT INTO security.review.sensitive_reads
REPLACE USING (review_date)
SELECT
  current_date()                          AS review_date,
  event_time,
  user_identity.email                     AS principal,
  request_params.full_name_arg            AS table_name,
  source_ip_address,
  response.status_code                    AS status_code,
  to_json(request_params)                 AS request_details
FROM system.access.audit
WHERE service_name = 'unityCatalog'
  AND action_name = 'getTable'
  AND event_date BETWEEN date_sub(current_date(), 7) AND date_sub(current_date(), 1)
  AND (request_params.full_name_arg LIKE 'claims.medical.%' OR request_params.full_name_arg LIKE 'claims.finance.%');
