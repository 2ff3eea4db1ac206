-- Weekly report to the data protection officer: what has each recipient read in the last seven days?
SELECT
  event_date,
  action_name,
  request_params.recipient_name AS recipient,
  request_params.share          AS share,
  count(*)                      AS reads
FROM system.access.audit
WHERE service_name = 'unityCatalog'
  AND event_date >= date_sub(current_date(), 7)
  AND action_name IN ('deltaSharingQueriedTable', 'deltaSharingQueriedTableChanges', 'generateTemporaryTableCredential')
  AND request_params.recipient_name IS NOT NULL
GROUP BY ALL
ORDER BY event_date, recipient;
