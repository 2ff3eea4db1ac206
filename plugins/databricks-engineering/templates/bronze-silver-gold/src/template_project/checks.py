"""The gate between silver and gold: what one row cannot show. A failed check stops the run before readers see it."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

LOG = logging.getLogger(__name__)


class QualityError(Exception):
    """Gold must not be computed; the message names each check with what was observed and what is allowed."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """One number and the most that it may be; a number that could not be computed, as of no rows, never passes."""

    name: str
    observed: float | None
    most: float

    @property
    def passed(self) -> bool:
        """Whether the number was computed and is not too high."""
        return self.observed is not None and self.observed <= self.most

    def __str__(self) -> str:
        return f"{self.name} is {self.observed}, at most {self.most} is allowed"


def lost(rows: DataFrame, orders: DataFrame, quarantine: DataFrame) -> DataFrame:
    """The judged lines that are neither in silver by their key nor in quarantine by their text."""
    valid = F.size("broken") == 0
    without_order = rows.filter(valid).join(orders, "order_id", "left_anti").select("raw")
    without_trace = rows.filter(~valid).join(quarantine, "raw", "left_anti").select("raw")
    return without_order.unionByName(without_trace)


def measure(rows: DataFrame, orders: DataFrame, quarantine: DataFrame, *, now: datetime) -> list[Result]:
    """Every check, measured: `rows` are the judged lines of the days that are looked at, the others whole tables."""
    age = (F.unix_timestamp(F.lit(now)) - F.unix_timestamp(F.max("ingested_at"))) / 3600
    refused = F.avg(F.when(F.size("broken") > 0, 1.0).otherwise(0.0))
    arrived = rows.agg(age.alias("age"), refused.alias("refused")).first()
    repeated = orders.agg((F.count("*") - F.count_distinct("order_id")).alias("keys")).first()
    return [
        Result(name="lost lines", observed=lost(rows, orders, quarantine).count(), most=0),
        Result(name="repeated orders", observed=repeated["keys"], most=0),
        Result(name="share of refused lines", observed=arrived["refused"], most=0.05),
        Result(name="hours since a line arrived", observed=arrived["age"], most=26),
    ]


def gate(results: Sequence[Result]) -> None:
    """Write every result to the log of the run, and return if all passed.

    Raises: QualityError otherwise.
    """
    for result in results:
        LOG.info("%s", result)
    failed = [str(result) for result in results if not result.passed]
    if failed:
        raise QualityError("; ".join(failed))
