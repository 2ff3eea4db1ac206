"""Checks that gold tables pass before they are published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from customer_360.config import Config
from customer_360.schemas import QUALITY_RESULTS


class QualityError(Exception):
    """A published table would be wrong."""


def null_rates(frame: DataFrame, columns: Sequence[str]) -> dict[str, float]:
    """Share of nulls per column, between 0 and 1."""
    total = frame.count()
    rates = {}
    for column in columns:
        missing = frame.filter(F.col(column).isNull()).count()
        rates[column] = missing / total if total else 0.0
    return rates


def duplicate_keys(frame: DataFrame, keys: Sequence[str]) -> int:
    """Number of keys that occur more than once."""
    return frame.groupBy(*keys).count().filter("count > 1").count()


def check_table(frame: DataFrame, keys: Sequence[str], limits: Mapping[str, float]) -> dict[str, float]:
    """Observed values of all checks; raises QualityError when one is over its limit."""
    observed = null_rates(frame, list(limits))
    observed["duplicate_keys"] = float(duplicate_keys(frame, keys))
    failed = [name for name, value in observed.items() if value > limits.get(name, 0.0)]
    if failed:
        raise QualityError(f"over the limit: {', '.join(failed)}")
    return observed


def record_results(spark: SparkSession, config: Config, table: str, observed: Mapping[str, float]) -> None:
    """Write one row per check to the quality log, replacing those of an earlier attempt."""
    rows = [(config.run_date, table, name, value, True) for name, value in observed.items()]
    (
        spark.createDataFrame(rows, QUALITY_RESULTS)
        .write.mode("overwrite")
        .option("replaceWhere", f"run_date = '{config.run_date}' AND table_name = '{table}'")
        .saveAsTable(f"{config.catalog}.ops.quality_results")
    )
