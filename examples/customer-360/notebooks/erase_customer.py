# Databricks notebook source
# MAGIC %md
# MAGIC Erasure request: the service desk enters the address of the customer. Files go with the weekly vacuum.

# COMMAND ----------

# MAGIC %run ./_settings

# COMMAND ----------

dbutils.widgets.text("email", "")
email = dbutils.widgets.get("email").strip().lower()
if "@" not in email:
    dbutils.notebook.exit("no address given")

# COMMAND ----------

customer_ids = [
    row["customer_id"]
    for row in spark.sql(
        "SELECT customer_id FROM IDENTIFIER(:table) WHERE email = :email LIMIT 100",
        args={"table": f"{catalog}.silver.customers", "email": email},
    ).collect()
]

# COMMAND ----------

spark.sql(f"DELETE FROM gold.customer_360 WHERE email = '{email}'")
for table in ("silver.customers", "silver.orders"):
    spark.sql(
        "DELETE FROM IDENTIFIER(:table) WHERE array_contains(:ids, customer_id)",
        args={"table": f"{catalog}.{table}", "ids": customer_ids},
    )
dbutils.notebook.exit(f"erased {len(customer_ids)} source customers")
