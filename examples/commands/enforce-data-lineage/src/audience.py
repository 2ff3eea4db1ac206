"""Writes the audience of a campaign."""

from pyspark.sql import SparkSession
from pyspark.sql.functions import col

spark = SparkSession.getActiveSession()

customers = spark.table("retail_prod.gold.customer_360")
audience = customers.filter(col("marketing_consent")).select("customer_id", "email")
audience.write.mode("overwrite").saveAsTable("retail_prod.gold.marketing_audience")
