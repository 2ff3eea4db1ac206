# Databricks notebook source
catalog = dbutils.widgets.get("catalog")

spark.sql(f"""
  MERGE INTO {catalog}.claims.review_cases AS t
  USING (SELECT claim_id FROM {catalog}.claims.reserves WHERE reserve IS NULL) AS s
  ON t.claim_id = s.claim_id
  WHEN NOT MATCHED THEN INSERT (claim_id, opened_at) VALUES (s.claim_id, current_timestamp())
""")
