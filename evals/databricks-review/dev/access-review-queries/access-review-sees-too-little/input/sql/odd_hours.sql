INSERT INTO security.review.odd_hours
REPLACE USING (review_date)
SELECT review_date, event_time, principal, table_name, source_ip_address
FROM security.review.sensitive_reads
WHERE review_date = current_date()
  AND (hour(event_time) < 7 OR hour(event_time) >= 19);
