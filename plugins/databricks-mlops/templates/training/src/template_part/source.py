"""Reads one version of the labelled table, so that the same rows can be read again tomorrow."""

from __future__ import annotations

from datetime import date

import pandas as pd
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from .rows import FEATURES, KEYS, LABEL, MOMENT


def read(spark: SparkSession, table: str, version: int, as_of: date) -> pd.DataFrame:
    """The rows of one version of a Delta table from before a day; they have to fit into the memory of the driver.

    Numbers are doubles, since an integer column cannot hold a missing value.
    """
    numbers = [F.col(name).cast("double").alias(name) for name in (*FEATURES, LABEL)]
    rows = spark.read.option("versionAsOf", version).table(table).where(F.col(MOMENT) < F.lit(as_of))
    return rows.select(*KEYS, MOMENT, *numbers).toPandas()


def newest_version(spark: SparkSession, table: str) -> int:
    """The version of a Delta table that a reader sees now."""
    from delta.tables import DeltaTable  # only Databricks has it

    return int(DeltaTable.forName(spark, table).history(1).select("version").first()[0])
