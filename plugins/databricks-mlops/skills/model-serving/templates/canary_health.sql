-- Health of the versions behind one endpoint over a window, for templates/canary.py. Needs Databricks.
-- Replace `prod.ml_logs.churn_payload`. :since is the start of the current share (timestamp).

SELECT
  entities.served_entity_name,
  count(*) AS requests,
  count_if(payload.status_code >= 500) AS errors,
  percentile_approx(payload.execution_duration_ms, 0.95) AS p95_ms
FROM prod.ml_logs.churn_payload AS payload
JOIN system.serving.served_entities AS entities
  ON entities.served_entity_id = payload.served_entity_id
WHERE payload.request_date >= to_date(:since)
  AND payload.request_time >= :since
GROUP BY entities.served_entity_name;
