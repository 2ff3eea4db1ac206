"""Brings the shop's tables up to date."""

import os
@@IMPORTS@@
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
region = os.environ.get("SHOP_REGION", "eu")

@@HERE@@
