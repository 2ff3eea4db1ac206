# Databricks notebook source
# Training rows: a transaction, the profile of its card, and whether it was charged back.
from pyspark.sql import Window
from pyspark.sql import functions as F

catalog = dbutils.widgets.get("catalog")

# COMMAND ----------

transactions = (
    spark.table(f"{catalog}.cards.transactions")
    .where(F.col("happened_at").between(F.add_months(F.current_date(), -14), F.date_sub(F.current_date(), 76)))
    .withColumn("amount_eur", F.col("amount_minor") / 100)
)
charged_back = spark.table(f"{catalog}.cards.chargebacks").select("transaction_id", F.lit(1).alias("fraud")).distinct()
labelled = transactions.join(charged_back, "transaction_id", "left").fillna(0, subset=["fraud"])

# COMMAND ----------

history = Window.partitionBy("card_id").orderBy("valid_from")
profiles = (
    spark.table(f"{catalog}.cards.card_profile")
    .withColumn("valid_to", F.lead("valid_from").over(history))
    .withColumnRenamed("card_id", "profile_card")
)
valid = (F.col("valid_from") <= F.col("happened_at")) & (F.col("valid_to").isNull() | (F.col("happened_at") < F.col("valid_to")))
rows = labelled.join(profiles, (F.col("card_id") == F.col("profile_card")) & valid, "left")

# COMMAND ----------

rows = rows.withColumns({
    "hour": F.hour("happened_at"),
    "amount_to_mean": F.col("amount_eur") / F.greatest("mean_amount_90d", F.lit(1.0)),
})
columns = [
    "transaction_id", "happened_at", "fraud", "amount_eur", "hour", "foreign_merchant", "amount_to_mean",
    "countries_90d", "disputes_365d",
]
rows.select(*columns).write.mode("overwrite").saveAsTable(f"{catalog}.fraud.training_rows")
