# Databricks notebook source
"""Counts the orders of the day, so that a day without any is noticed."""

catalog = dbutils.widgets.get("catalog")
orders = spark.read.table(f"{catalog}.bronze.erp_orders")
if orders.isEmpty():
    raise ValueError(f"{catalog}.bronze.erp_orders is empty")
