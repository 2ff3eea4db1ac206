-- Daily at 02:00 UTC; seven whole days are counted again, for audit rows that come late and for a run that failed.
INSERT INTO weather.ops.recipient_reads
REPLACE USING (read_on)
SELECT
  event_date                    AS read_on,
  request_params.recipient_name AS recipient,
  action_name,
  count(*)                      AS reads
FROM system.access.audit
WHERE service_name = 'unityCatalog'
  AND event_date BETWEEN date_sub(current_date(), 7) AND date_sub(current_date(), 1)
  AND action_name IN ('deltaSharingQueriedTable', 'deltaSharingQueriedTableChanges', 'generateTemporaryTableCredential')
  AND request_params.recipient_name IS NOT NULL
GROUP BY ALL;
