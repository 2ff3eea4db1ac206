# Databricks notebook source
# MAGIC %md
# MAGIC # Invoice lines
# MAGIC One line per subscriber and month. Amounts are rounded half up to the cent, as the tariff conditions say.

# COMMAND ----------

from decimal import ROUND_HALF_UP, Decimal, getcontext

getcontext().rounding = ROUND_HALF_UP

# COMMAND ----------

# MAGIC %pip install python-stdnum==2.1

# COMMAND ----------

dbutils.library.restartPython()

# COMMAND ----------

from decimal import Decimal

from stdnum.eu import vat

CENT = Decimal("0.01")
VAT_RATES = {"private": Decimal("0.19"), "exempt": Decimal(0)}


def gross(net: Decimal, kind: str) -> Decimal:
    """Net amount plus VAT, rounded to the cent by the rounding of the decimal context."""
    return (net * (1 + VAT_RATES[kind])).quantize(CENT)

# COMMAND ----------

env = dbutils.widgets.get("env")
catalog = {"dev": "billing_dev", "staging": "billing_staging", "prod": "billing"}[env]
billing_month = dbutils.jobs.taskValues.get(taskKey="rate_usage", key="billing_month", debugValue="2026-10")

# COMMAND ----------

totals = spark.sql(f"""
  SELECT r.subscriber_id, s.vat_number, CAST(SUM(r.price) AS DECIMAL(18, 6)) AS net
  FROM {catalog}.rating.rated_calls AS r
  JOIN {catalog}.crm.subscribers AS s ON s.subscriber_id = r.subscriber_id
  WHERE r.billing_month = '{billing_month}'
  GROUP BY r.subscriber_id, s.vat_number
""")

# COMMAND ----------

def to_lines(batches):
    """Rate one Arrow batch after the other; VAT numbers need the checksum of their country."""
    for frame in batches:
        kinds = ["exempt" if number and vat.is_valid(number) else "private" for number in frame["vat_number"]]
        frame["gross"] = [gross(net, kind) for net, kind in zip(frame["net"], kinds, strict=True)]
        frame["billing_month"] = billing_month
        yield frame[["billing_month", "subscriber_id", "net", "gross"]]


lines = totals.mapInPandas(to_lines, "billing_month STRING, subscriber_id STRING, net DECIMAL(18,6), gross DECIMAL(18,2)")

# COMMAND ----------

lines.write.mode("append").saveAsTable(f"{catalog}.invoicing.lines")

# COMMAND ----------

# MAGIC %md
# MAGIC One row per run, so that finance sees when the lines of a month were written and how many there were.

# COMMAND ----------

spark.sql(f"""
  INSERT INTO {catalog}.invoicing.runs
  SELECT '{billing_month}', COUNT(*), current_timestamp() FROM {catalog}.invoicing.lines WHERE billing_month = '{billing_month}'
""")
