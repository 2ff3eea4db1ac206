# Databricks notebook source
# DBTITLE 1,Settings that every notebook runs first
dbutils.widgets.text("catalog", "c360_dev", "Catalog")
catalog = dbutils.widgets.get("catalog")
spark.catalog.setCurrentCatalog(catalog)
