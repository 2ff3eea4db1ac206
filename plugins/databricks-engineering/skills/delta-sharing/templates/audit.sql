-- Four questions about sharing. Runs on Databricks, where system.access is enabled and readable. Parameter: days.
-- Open recipients, and tables without history, are logged as deltaSharingQueried...; tables with history and volumes that
-- Databricks recipients read are logged as the credentials that they got.

-- 1. Who read what, and who was denied by the IP access list.
SELECT
  request_params['recipient_name'] AS recipient,
  coalesce(request_params['share_name'], request_params['share']) AS share,
  coalesce(request_params['table_full_name'], get_json_object(response.result, '$.tableName')) AS object,
  count(*) AS reads,
  count_if(request_params['is_ip_access_denied'] = 'true') AS denied,
  max(event_time) AS last_read
FROM system.access.audit
WHERE (
    action_name IN ('deltaSharingQueriedTable', 'deltaSharingQueriedTableChanges')
    OR action_name LIKE 'generateTemporary%Credential%'
    OR request_params['is_ip_access_denied'] = 'true'
  )
  AND request_params['recipient_name'] IS NOT NULL
  AND event_date >= current_date() - CAST(:days AS INT)
GROUP BY ALL
ORDER BY reads DESC;

-- 2. Tokens that end within 30 days, and those that end with all old tokens on 2026-12-08.
SELECT recipient_name, created, expiration_time, activation_url IS NOT NULL AS never_activated
FROM system.information_schema.recipient_tokens
WHERE expiration_time < current_timestamp() + INTERVAL 30 DAYS
   OR (created < TIMESTAMP'2025-12-08' AND expiration_time > TIMESTAMP'2026-12-08')
ORDER BY expiration_time;

-- 3. Recipients with a grant that have read nothing in the time.
SELECT granted.share_name, granted.recipient_name
FROM system.information_schema.share_recipient_privileges AS granted
LEFT ANTI JOIN (
  SELECT DISTINCT request_params['recipient_name'] AS recipient_name
  FROM system.access.audit
  WHERE (action_name LIKE 'deltaSharingQueried%' OR action_name LIKE 'generateTemporary%Credential%')
    AND event_date >= current_date() - CAST(:days AS INT)
) AS seen ON seen.recipient_name = granted.recipient_name;

-- 4. Changes of shares, recipients and their grants, and by whom.
SELECT event_time, user_identity.email AS who, action_name, request_params
FROM system.access.audit
WHERE service_name = 'unityCatalog'
  AND action_name IN (
    'createShare', 'updateShare', 'deleteShare', 'updateSharePermissions',
    'createRecipient', 'updateRecipient', 'deleteRecipient', 'rotateRecipientToken'
  )
  AND event_date >= current_date() - CAST(:days AS INT)
ORDER BY event_time DESC;
