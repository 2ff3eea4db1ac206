-- One row per prediction from the payload table of an endpoint, new days only. Needs Databricks.
-- Replace `prod.ml_logs` and the schemas of request and response. Callers send `dataframe_records` with their own `request_key`.

MERGE INTO prod.ml_logs.churn_predictions AS target
USING (
  WITH answered AS (
    SELECT
      payload.databricks_request_id,
      payload.request_time,
      entities.entity_version,
      from_json(
        payload.request,
        'dataframe_records ARRAY<STRUCT<request_key: STRING, region: STRING, tenure_months: DOUBLE, orders_90d: DOUBLE>>'
      ).dataframe_records AS records,
      from_json(payload.response, 'predictions ARRAY<DOUBLE>').predictions AS predictions
    FROM prod.ml_logs.churn_payload AS payload
    JOIN system.serving.served_entities AS entities
      ON entities.served_entity_id = payload.served_entity_id
    WHERE payload.request_date >= date_sub(current_date(), 2)
      AND payload.status_code = 200
      AND payload.request IS NOT NULL
  )
  SELECT
    concat_ws('-', databricks_request_id, position) AS prediction_id,
    pair.records.request_key AS request_key,
    request_time AS predicted_at,
    entity_version AS model_version,
    pair.records.region AS region,
    pair.records.tenure_months AS tenure_months,
    pair.records.orders_90d AS orders_90d,
    pair.predictions AS prediction
  FROM answered
  LATERAL VIEW posexplode(arrays_zip(records, predictions)) zipped AS position, pair
) AS source
ON target.prediction_id = source.prediction_id
WHEN NOT MATCHED THEN INSERT (
  prediction_id, request_key, predicted_at, model_version, region, tenure_months, orders_90d, prediction
) VALUES (
  source.prediction_id, source.request_key, source.predicted_at, source.model_version,
  source.region, source.tenure_months, source.orders_90d, source.prediction
);
