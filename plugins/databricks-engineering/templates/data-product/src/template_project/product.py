"""The steps of the product that are Python: stage the orders, check them against the contract, watch the SLA.

One file that imports none of its own, so that a job runs it as it stands: `product.py stage|check|sla --help`.
"""

from __future__ import annotations

import argparse
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F
from pyspark.sql.types import DataType

COLUMNS = ("order_id", "customer_id", "ordered_at", "changed_at", "status", "amount_eur")
# The clocks of two systems differ; what lies further ahead than this is an error.
CLOCK_DIFFERENCE = timedelta(hours=1)
UNITS = {"m": "minutes", "h": "hours", "d": "days"}
LIMITS: Mapping[str, Callable[[float, float], bool]] = {
    "mustBe": operator.eq,
    "mustNotBe": operator.ne,
    "mustBeGreaterThan": operator.gt,
    "mustBeGreaterOrEqualTo": operator.ge,
    "mustBeLessThan": operator.lt,
    "mustBeLessOrEqualTo": operator.le,
}


class ContractError(Exception):
    """The contract has a rule that this program cannot check; a rule that is passed over would be a broken promise."""


def refusals(now: datetime) -> Column:
    """The reasons for which an event is refused, as an array of texts; empty for a good event."""
    latest = F.lit(now + CLOCK_DIFFERENCE)
    good = {
        "order_id is missing": F.col("order_id").isNotNull(),
        "customer_id is missing": F.col("customer_id").isNotNull(),
        "changed_at is missing or in the future": F.col("changed_at") <= latest,
        "ordered_at is missing or after changed_at": F.col("ordered_at") <= F.col("changed_at"),
        "status is unknown": F.col("status").isin("placed", "delivered", "cancelled"),
        "amount_eur is missing or out of range": F.col("amount_eur").between(0, 100_000),
    }
    # A comparison with NULL is NULL: only what is known to be good is good.
    reasons = [F.when(~F.coalesce(is_good, F.lit(False)), F.lit(reason)) for reason, is_good in good.items()]
    return F.array_compact(F.array(*reasons))


def latest_orders(events: DataFrame, now: datetime) -> DataFrame:
    """One row an order: its newest good event.

    Refusing comes before ranking, so that a bad newest event leaves the state before it. Of two events of one moment
    the one with the greater id wins, so that a run that is repeated chooses the same.
    """
    good = events.where(F.size(refusals(now)) == 0)
    newest_first = Window.partitionBy("order_id").orderBy(F.desc("changed_at"), F.desc("event_id"))
    return good.withColumn("_rank", F.row_number().over(newest_first)).where("_rank = 1").select(*COLUMNS)


def refused_events(events: DataFrame, now: datetime) -> DataFrame:
    """The events that no order is made of, each with every reason."""
    explained = events.select("event_id", "received_at", *COLUMNS, refusals(now).alias("reasons"))
    return explained.where(F.size("reasons") > 0)


def stage(spark: SparkSession, source: str, schema: str, since: datetime, now: datetime) -> None:
    """Replace the staged orders, and the refused events of the window, by what arrived since then and before now.

    The window is of arrival, which the source always knows: an event without a time of its own is refused, not lost.
    It ends at `now`, so that a repair a day later stages the same events. Needs Databricks: the tables are Delta.
    """
    in_window = (F.col("received_at") >= F.lit(since)) & (F.col("received_at") < F.lit(now))
    events = spark.table(source).where(in_window)
    latest_orders(events, now).writeTo(f"{schema}.orders_staged").overwrite(F.lit(True))
    refused_events(events, now).writeTo(f"{schema}.orders_refused").overwrite(in_window)


def violations(contract: Mapping[str, Any], rows: DataFrame, now: datetime) -> list[str]:
    """One sentence for each promise of the contract that the rows break; `now` has a time zone.

    Raises: ContractError for a quality rule that it cannot check.
    """
    port = contract["schema"][0]
    misshapen = list(_shape(port, rows))
    # Without a column, or with another type, the promises about its values cannot be measured.
    return misshapen or [*_values(port, rows), *_quality(port, rows), *late(contract, rows, now)]


def late(contract: Mapping[str, Any], rows: DataFrame, now: datetime) -> Iterator[str]:
    """One sentence for each latency of the contract that the rows break; no rows are a breach."""
    for promise in contract["slaProperties"]:
        if promise["property"] != "latency":
            continue
        element = promise["element"]
        allowed = timedelta(**{UNITS[promise["unit"]]: promise["value"]})
        # Seconds since 1970, so that no time zone of a session changes the age.
        newest = _only(rows.agg(F.max(F.unix_seconds(element.rpartition(".")[2]))))
        age = None if newest is None else now - datetime.fromtimestamp(newest, UTC)
        if age is None:
            yield f"there are no rows; promised is an {element} at most {allowed} old"
        elif age > allowed:
            yield f"the newest {element} is {age} old; promised is at most {allowed}"
        elif age < -CLOCK_DIFFERENCE:
            yield f"the newest {element} is {-age} in the future, which would hide that the data is late"


def _shape(port: Mapping[str, Any], rows: DataFrame) -> Iterator[str]:
    actual = {field.name: field.dataType for field in rows.schema}
    for column in port["properties"]:
        name, promised = column["name"], column["physicalType"]
        if name not in actual:
            yield f"{name} is missing"
        elif actual[name] != DataType.fromDDL(promised):
            yield f"{name} is {actual[name].simpleString()}, promised is {promised}"


def _values(port: Mapping[str, Any], rows: DataFrame) -> Iterator[str]:
    """What breaks `required`, `enum`, `unique` and the key, counted in one pass over the rows."""
    broken: dict[str, Column] = {}
    keys = [column for column in port["properties"] if column.get("primaryKey")]
    distinct = [tuple(column["name"] for column in sorted(keys, key=lambda key: key["primaryKeyPosition"]))]
    for column in port["properties"]:
        name = column["name"]
        if column.get("required"):
            broken[f"{name} is required and missing"] = F.count_if(F.col(name).isNull())
        if column.get("enum"):
            values = [entry["value"] for entry in column["enum"]]
            broken[f"{name} is none of {', '.join(values)}"] = F.count_if(~F.col(name).isin(values))
        if column.get("unique"):
            distinct.append((name,))
    for names in dict.fromkeys(distinct):
        copies = F.count("*") - F.count_distinct(F.struct(*names))
        broken[f"{', '.join(names)} stands there already"] = copies
    counts = rows.agg(*[count.alias(f"c{index}") for index, count in enumerate(broken.values())]).first() or ()
    yield from (f"{text}, in {count} rows" for text, count in zip(broken, counts, strict=True) if count)


def _quality(port: Mapping[str, Any], rows: DataFrame) -> Iterator[str]:
    """What breaks the quality rules of the port and of its columns."""
    rules = [(rule, "") for rule in port.get("quality", ())]
    rules += [(rule, column["name"]) for column in port["properties"] for rule in column.get("quality", ())]
    for rule, column in rules:
        limits = {key: limit for key, limit in rule.items() if key.startswith("must")}
        if not limits or not limits.keys() <= LIMITS.keys():
            raise ContractError(f"rule {rule['name']}: its limit is none of {', '.join(LIMITS)}")
        observed = _observed(rule, column, rows)
        for key, limit in limits.items():
            if observed is None or not LIMITS[key](observed, limit):
                yield f"{rule['name']} is {observed}, promised is {key} {limit}"


def _observed(rule: Mapping[str, Any], column: str, rows: DataFrame) -> Any:
    if rule.get("type") == "sql":
        # `{rows}` is the frame itself: Spark puts it there as a view of this one query.
        query = rule["query"].replace("${object}", "{rows}").replace("${property}", column)
        return _only(rows.sparkSession.sql(query, rows=rows))
    if rule.get("metric") == "rowCount":
        return rows.count()
    raise ContractError(f"rule {rule['name']}: only rules of type sql and the metric rowCount are checked here")


def _only(frame: DataFrame) -> Any:
    """The value of a frame of one row and one column."""
    row = frame.first()
    return None if row is None else row[0]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one step; ends with exit code 1 and the broken promises where there are any."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", choices=("stage", "check", "sla"))
    parser.add_argument("--source", help="stage: full name of the table of order events")
    parser.add_argument("--schema", help="stage: catalog.schema of the staged orders")
    parser.add_argument("--days", type=int, default=3, help="stage: events received in these days")
    parser.add_argument("--contract", type=Path, help="check, sla: the contract's file")
    parser.add_argument("--rows", help="check, sla: full name of the table to look at")
    parser.add_argument("--now", type=datetime.fromisoformat, default=datetime.now(UTC), help="UTC")
    options = parser.parse_args(arguments)
    now = options.now if options.now.tzinfo else options.now.replace(tzinfo=UTC)
    spark = SparkSession.builder.getOrCreate()
    if options.step == "stage":
        stage(spark, options.source, options.schema, now - timedelta(days=options.days), now)
        return
    contract = yaml.safe_load(options.contract.read_text(encoding="utf-8"))
    rows = spark.table(options.rows)
    broken = violations(contract, rows, now) if options.step == "check" else list(late(contract, rows, now))
    if broken:
        raise SystemExit(f"{options.rows} breaks contract {contract['id']}:\n" + "\n".join(broken))


if __name__ == "__main__":
    main()
