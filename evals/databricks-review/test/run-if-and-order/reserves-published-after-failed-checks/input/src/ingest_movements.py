# Databricks notebook source
# Takes the movements of one batch date from the policy system's drop and acknowledges the drop.
import requests

catalog = dbutils.widgets.get("catalog")
batch_date = dbutils.widgets.get("batch_date")

# COMMAND ----------

movements = (
    spark.read.schema("movement_id STRING, claim_id STRING, kind STRING, amount DECIMAL(14,2), booked_at TIMESTAMP")
    .json(f"/Volumes/{catalog}/landing/movements/{batch_date}/")
    .selectExpr("*", f"DATE'{batch_date}' AS batch_date")
)
movements.write.mode("append").saveAsTable(f"{catalog}.claims.movements")

# COMMAND ----------

token = dbutils.secrets.get("policy-system", "ack-token")
reply = requests.post(
    "https://policy.harbourline.example/drops/ack",
    json={"date": batch_date},
    headers={"Authorization": f"Bearer {token}"},
    timeout=30,
)
reply.raise_for_status()
