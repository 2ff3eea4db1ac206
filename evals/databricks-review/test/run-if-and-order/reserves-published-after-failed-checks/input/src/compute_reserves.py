# Databricks notebook source
catalog = dbutils.widgets.get("catalog")

spark.sql(f"""
  CREATE OR REPLACE TABLE {catalog}.scratch.claim_totals AS
  SELECT claim_id, SUM(amount) AS paid, MAX(booked_at) AS last_booked
  FROM {catalog}.claims.movements
  WHERE kind = 'PAYMENT'
  GROUP BY claim_id
""")

# COMMAND ----------

spark.sql(f"""
  MERGE INTO {catalog}.claims.reserves AS t
  USING (
    SELECT c.claim_id, CASE WHEN c.estimate IS NOT NULL THEN GREATEST(c.estimate - COALESCE(p.paid, 0), 0) END AS reserve
    FROM {catalog}.claims.open_claims AS c
    LEFT JOIN {catalog}.scratch.claim_totals AS p ON p.claim_id = c.claim_id
  ) AS s
  ON t.claim_id = s.claim_id
  WHEN MATCHED THEN UPDATE SET reserve = s.reserve
  WHEN NOT MATCHED THEN INSERT (claim_id, reserve) VALUES (s.claim_id, s.reserve)
  WHEN NOT MATCHED BY SOURCE THEN DELETE
""")
