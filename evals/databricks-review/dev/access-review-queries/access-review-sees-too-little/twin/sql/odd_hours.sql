INSERT INTO security.review.odd_hours
REPLACE USING (review_date)
SELECT review_date, event_time, principal, table_name, source_ip_address
FROM security.review.sensitive_reads
WHERE review_date = current_date()
  AND (hour(from_utc_timestamp(event_time, 'America/Chicago')) < 7 OR hour(from_utc_timestamp(event_time, 'America/Chicago')) >= 19);
