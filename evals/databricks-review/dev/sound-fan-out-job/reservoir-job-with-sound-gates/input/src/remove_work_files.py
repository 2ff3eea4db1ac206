# Databricks notebook source
catalog = dbutils.widgets.get("catalog")
basin = dbutils.widgets.get("basin")
day = dbutils.widgets.get("day")

dbutils.fs.rm(f"/Volumes/{catalog}/work/levels/{basin}/{day}", recurse=True)
