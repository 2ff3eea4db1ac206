"""Defects of notebooks: magics inside of cells, parameters that nobody reads, outputs that were kept; suppressions."""

from planting import Mutator, edits

_CELLS = """
# file: notebooks/publish.py
# Databricks notebook source
# MAGIC %run ./_settings

# COMMAND ----------

table = "main.gold.orders"
limit = 10

# COMMAND ----------

# DBTITLE 1,Publish
# MAGIC %sql
# MAGIC OPTIMIZE main.gold.orders

# COMMAND ----------

# MAGIC %md
# MAGIC The end.
# file: notebooks/_settings.py
# Databricks notebook source
region = "eu"
"""

_PARAMETERS = """
# file: databricks.yml
bundle: {name: shop}
resources:
  jobs:
    nightly:
      tasks:
        - task_key: publish
          notebook_task:
            notebook_path: notebooks/publish.py
            base_parameters:
              run_date: "{{job.start_time.iso_date}}"
        - task_key: report
          notebook_task:
            notebook_path: notebooks/report.sql
            base_parameters: {country: de}§
# file: notebooks/publish.py
# Databricks notebook source
from datetime import date

# COMMAND ----------

run_date = date.fromisoformat(dbutils.widgets.get("run_date"))
orders = spark.read.table("main.silver.orders").where(f"order_date = '{run_date}'")
# file: notebooks/report.sql
-- Databricks notebook source
SELECT * FROM main.gold.revenue WHERE country = :country
"""

_OUTPUT = r"""
# file: notebooks/explore.ipynb
{
 "cells": [
  {
   "cell_type": "code",
   "execution_count": 1,
   "metadata": {},
   "outputs": [
    {
     "name": "stdout",
     "output_type": "stream",
     "text": [
      "+-----------+---------------------+\n",§
      "|customer_id|segment              |\n",
      "+-----------+---------------------+\n",
      "|17         |gold                 |\n",
      "|23         |silver               |\n",
      "+-----------+---------------------+\n"
     ]
    }
   ],
   "source": [
    "spark.table('main.silver.customers').show()"
   ]
  }
 ],
 "metadata": {"language_info": {"name": "python"}},
 "nbformat": 4,
 "nbformat_minor": 5
}
"""

_SUPPRESSED = """
# file: src/load.py
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
orders = spark.read.table("main.silver.orders")
# orchestrate: ignore[PYS009] the number is logged by the caller, until=2027-03-31
if orders.count() > 0:
    orders.write.mode("overwrite").saveAsTable("main.gold.orders")
"""

MUTATORS = (
    Mutator(
        rule="NBK001",
        kind="project",
        clean=_CELLS,
        edits=edits(
            ("SQL after code", "# COMMAND ----------\n\n# DBTITLE 1,Publish\n# MAGIC %sql", "# MAGIC %sql"),
            (
                "run after code",
                'table = "main.gold.orders"\n',
                'table = "main.gold.orders"\n# MAGIC %run ./_settings\n',
            ),
            (
                "text after code",
                "# MAGIC OPTIMIZE main.gold.orders\n\n# COMMAND ----------\n\n# MAGIC %md",
                "# MAGIC OPTIMIZE main.gold.orders\nlimit = 11\n# MAGIC %md",
            ),
            ("a shell after code", "limit = 10\n", "limit = 10\n# MAGIC %sh\n# MAGIC ls\n"),
        ),
    ),
    Mutator(
        rule="NBK002",
        kind="project",
        clean=_PARAMETERS,
        edits=edits(
            (
                "a parameter that nobody reads",
                '              run_date: "{{job.start_time.iso_date}}"\n',
                '              run_date: "{{job.start_time.iso_date}}"\n              colour: blue\n',
            ),
            ("a parameter misspelt", "              run_date:", "              rundate:"),
            ("a widget that nobody passes", 'get("run_date"))', 'get("run_date"))\nshop = dbutils.widgets.get("shop")'),
            ("a parameter of SQL that nobody passes", "country = :country", "country = :land"),
        ),
    ),
    Mutator(
        rule="NBK004",
        kind="project",
        clean=_OUTPUT,
        edits=edits(
            (
                "rows with addresses",
                '"|customer_id|segment              |\\n",\n      "+-----------+---------------------+\\n",\n      "|17         |gold                 |\\n",\n      "|23         |silver               |\\n",',
                '"|customer_id|email                |\\n",\n      "+-----------+---------------------+\\n",\n      "|17         |ada.l@acme-mail.org  |\\n",\n      "|23         |alan.t@acme-mail.org |\\n",',
            ),
            (
                "rows with telephone numbers",
                '"|customer_id|segment              |\\n",\n      "+-----------+---------------------+\\n",\n      "|17         |gold                 |\\n",\n      "|23         |silver               |\\n",',
                '"|customer_id|phone_number         |\\n",\n      "+-----------+---------------------+\\n",\n      "|17         |+49 30 5551 0172     |\\n",\n      "|23         |+49 30 5551 0994     |\\n",',
            ),
        ),
    ),
    Mutator(
        rule="POL003",
        kind="project",
        clean=_SUPPRESSED,
        edits=edits(
            ("no reason", " the number is logged by the caller, until=2027-03-31", ""),
            ("past its date", "until=2027-03-31", "until=2026-03-31"),
            ("no date", "until=2027-03-31", "until=soon"),
            ("no such rule", "ignore[PYS009]", "ignore[PYS999]"),
            ("no rule named", "ignore[PYS009]", "ignore"),
        ),
    ),
)
