"""Brings the shop's tables up to date."""

from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
@@EACH@@
spark.sql("""
    @@HERE@@
""")
@@END@@
