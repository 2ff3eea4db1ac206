# Databricks notebook source
# MAGIC %md
# MAGIC # Loyalty
# MAGIC Rebuilds `web.gold.loyalty_start`: the order with which a visitor's spending since the first order reached 100 EUR.
# MAGIC That very order, and no other, carries the welcome voucher. `shop.silver.orders` has one row per order:
# MAGIC `order_id`, `visitor_id`, `order_date` (a date), `amount` DECIMAL(12,2). Many visitors order twice on one day.

# COMMAND ----------

from pyspark.sql import Window
from pyspark.sql import functions as F

orders = spark.table("shop.silver.orders").select("order_id", "visitor_id", "order_date", "amount")

# COMMAND ----------

by_day = Window.partitionBy("visitor_id").orderBy("order_date")

reached = (
    orders.withColumn("spent", F.sum("amount").over(by_day))
    .where((F.col("spent") >= 100) & (F.col("spent") - F.col("amount") < 100))
)

# COMMAND ----------

display(reached.limit(50))

# COMMAND ----------

# Small result, rebuilt as a whole: one row for each loyal visitor.
reached.write.mode("overwrite").saveAsTable("web.gold.loyalty_start")
