# Databricks notebook source
catalog = dbutils.widgets.get("catalog")
spark.sql(f"DROP TABLE IF EXISTS {catalog}.scratch.claim_totals")
