# Databricks notebook source
# Loads the result feeds of all laboratories. A feed is a table in schema `inbox` that a connector keeps filling.
from concurrent.futures import ThreadPoolExecutor

catalog = dbutils.widgets.get("catalog")
full_refresh = dbutils.widgets.get("full_refresh")

# COMMAND ----------

feeds = [row.feed for row in spark.sql(f"SELECT feed FROM {catalog}.control.feeds WHERE active ORDER BY feed").collect()]

# COMMAND ----------

def run_feed(feed: str) -> str:
    """Run the loader for one feed in a child run of its own."""
    arguments = {"catalog": catalog, "feed": feed, "full_refresh": full_refresh}
    return dbutils.notebook.run("./load_feed", 1800, arguments)


with ThreadPoolExecutor(max_workers=6) as pool:
    runs = [pool.submit(run_feed, feed) for feed in feeds]
    outcomes = [run.result() for run in runs]

print(f"{len(runs)} feeds loaded")
