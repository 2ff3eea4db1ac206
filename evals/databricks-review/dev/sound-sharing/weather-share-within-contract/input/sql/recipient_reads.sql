-- Daily at 02:00 UTC; yesterday is complete by then.
INSERT INTO weather.ops.recipient_reads
REPLACE USING (read_on)
SELECT
  event_date                    AS read_on,
  request_params.recipient_name AS recipient,
  action_name,
  count(*)                      AS reads
FROM system.access.audit
WHERE service_name = 'unityCatalog'
  AND event_date = date_sub(current_date(), 1)
  AND action_name IN ('deltaSharingQueriedTable', 'deltaSharingQueriedTableChanges', 'generateTemporaryTableCredential')
  AND request_params.recipient_name IS NOT NULL
GROUP BY ALL;
