# Databricks notebook source
# MAGIC %md
# MAGIC Nightly load of the admissions into `clinic.care.patients`. The admission system sends one record
# MAGIC for each patient and day, sometimes twice the same. Runs as `sp-clinic-load`, which owns the schema.

# COMMAND ----------

from pyspark.sql import functions as F

load_date = dbutils.widgets.get("load_date")
admissions = spark.table("clinic.landing.admissions").where(F.col("load_date") == F.lit(load_date).cast("date"))

# COMMAND ----------

patients = (
    admissions.dropDuplicates(["patient_key"])
    .select(
        "patient_key",
        F.regexp_replace("phone", "[^0-9+]", "").alias("phone"),
        F.trim("insurance_number").alias("insurance_number"),
        "birth_date",
        "diagnosis",
        "ward",
        "admitted_on",
    )
)
patients.createOrReplaceTempView("admitted")

# COMMAND ----------

spark.sql("""
    MERGE INTO clinic.care.patients AS t
    USING admitted AS s
    ON t.patient_key = s.patient_key
    WHEN MATCHED THEN UPDATE SET *
    WHEN NOT MATCHED THEN INSERT *
""")
