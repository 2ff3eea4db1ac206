"""A gate between a computed table and its readers: all checks in one pass, a verdict, a record of what was measured.

Copy it into the project. It needs pyspark alone: the same module runs in a job, in a notebook and in a local test.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

RESULTS = """
    run_id STRING NOT NULL, table_name STRING NOT NULL, check_name STRING NOT NULL, severity STRING NOT NULL,
    observed DOUBLE, limit_low DOUBLE, limit_high DOUBLE, passed BOOLEAN NOT NULL, checked_at TIMESTAMP NOT NULL
"""


class QualityError(Exception):
    """A table must not be published; the message names each check with what was observed and what was allowed."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """One number measured over a table, and the range in which it is accepted (both ends included).

    A value that cannot be computed, such as a share of no rows, is outside of every range.
    """

    name: str
    measure: Column
    low: float = float("-inf")
    high: float = float("inf")
    severity: Literal["stop", "warn"] = "stop"

    def accepts(self, observed: float | None) -> bool:
        return observed is not None and self.low <= observed <= self.high


@dataclass(frozen=True, kw_only=True)
class Result:
    check: Check
    observed: float | None

    @property
    def passed(self) -> bool:
        return self.check.accepts(self.observed)

    def __str__(self) -> str:
        return f"{self.check.name} is {self.observed}, allowed is {self.check.low} to {self.check.high}"


def share(condition: str) -> Column:
    """Share of rows, 0 to 1, for which a SQL condition is false or NULL; NULL where there are no rows."""
    return F.avg(F.when(F.coalesce(F.expr(condition), F.lit(False)), 0.0).otherwise(1.0))


def rows(*, low: float, high: float = float("inf")) -> Check:
    """The table has at least `low` rows, so that an empty load is not called clean."""
    return Check(name="rows", measure=F.count("*"), low=low, high=high)


def broken(name: str, condition: str, *, at_most: float = 0.0, severity: Literal["stop", "warn"] = "stop") -> Check:
    """The share of rows that break a SQL condition is at most `at_most`."""
    return Check(name=name, measure=share(condition), high=at_most, severity=severity)


def duplicates(*keys: str) -> Check:
    """No key occurs twice. NULLs in a key count as equal; exact, so it shuffles the keys."""
    distinct = F.count_distinct(F.struct(*[F.coalesce(F.col(key).cast("string"), F.lit("\0")) for key in keys]))
    return Check(name=f"duplicate {', '.join(keys)}", measure=F.count("*") - distinct, high=0)


def hours_old(column: str, *, now: datetime, at_most: float) -> Check:
    """The newest value of a timestamp column is at most so many hours old at `now`, which the caller gives."""
    age = (F.unix_timestamp(F.lit(now)) - F.unix_timestamp(F.max(column))) / 3600
    return Check(name=f"hours since {column}", measure=age, high=at_most)


def measure(table: DataFrame, checks: Sequence[Check]) -> list[Result]:
    """One result a check, in their order, from a single aggregation."""
    columns = [check.measure.cast("double").alias(f"c{index}") for index, check in enumerate(checks)]
    observed = table.agg(*columns).first()
    return [Result(check=check, observed=observed[index]) for index, check in enumerate(checks)]


def gate(results: Sequence[Result]) -> None:
    """Return if every check of severity `stop` passed.

    Raises: QualityError otherwise.
    """
    failed = [str(result) for result in results if not result.passed and result.check.severity == "stop"]
    if failed:
        raise QualityError("; ".join(failed))


def orphans(child: DataFrame, parent: DataFrame, key: str) -> int:
    """Number of rows of `child` whose key is set and has no row in `parent`."""
    keys = parent.select(key).distinct()
    return child.filter(F.col(key).isNotNull()).join(keys, key, "left_anti").count()


def record(
    spark: SparkSession, results: Sequence[Result], *, run_id: str, table_name: str, checked_at: datetime
) -> DataFrame:
    """The results as rows of the quality log (schema RESULTS); write them before the gate, to keep failures too."""
    rows_of_log = [
        (
            run_id,
            table_name,
            result.check.name,
            result.check.severity,
            result.observed,
            float(result.check.low),
            float(result.check.high),
            result.passed,
            checked_at,
        )
        for result in results
    ]
    return spark.createDataFrame(rows_of_log, RESULTS)
