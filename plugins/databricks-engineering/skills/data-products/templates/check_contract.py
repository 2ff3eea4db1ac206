"""Compare rows with their contract: columns, types, nulls, listed values, keys, age. Needs pyspark and contract.py.

On Databricks run it as a task after the one that writes:

    contract = read_contract(Path("contracts/orders.odcs.yaml"))
    broken = violations(contract, "orders", spark.table("orders_prod.orders_out.orders_v1"), datetime.now(UTC))
    if broken: raise SystemExit("\\n".join(broken))
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from contract import Contract, Table
from pyspark.sql import Column, DataFrame, Row
from pyspark.sql import functions as F
from pyspark.sql.types import DataType

UNITS = {"m": "minutes", "min": "minutes", "h": "hours", "d": "days"}


def violations(contract: Contract, name: str, rows: DataFrame, now: datetime) -> list[str]:
    """One sentence for each promise that the rows break; `now` has a time zone. Reads the rows once."""
    table = contract.tables[name]
    shape = list(_shape(table, rows))
    present = [column for column in table.columns if column in rows.columns]
    measured = _measure(table, present, rows)
    broken = [
        f"{name}.{column} has {measured['null_' + column]} nulls and is required"
        for column in present
        if table.columns[column].required and measured["null_" + column]
    ]
    broken += [
        f"{name}.{column} has {measured['other_' + column]} values that the contract does not list"
        for column in _listed(table, present)
        if measured["other_" + column]
    ]
    broken += [
        f"{name}: ({', '.join(key)}) has {measured['rows'] - measured[label]} duplicates"
        for label, key in _keys(table, present).items()
        if measured["rows"] != measured[label]
    ]
    return shape + broken + _late(contract, table, measured, now)


def _shape(table: Table, rows: DataFrame) -> list[str]:
    actual = {field.name: field.dataType for field in rows.schema}
    broken = [f"{table.name}.{name} is missing" for name in table.columns if name not in actual]
    for name, column in table.columns.items():
        if name in actual and column.physical_type and actual[name] != DataType.fromDDL(column.physical_type):
            broken.append(f"{table.name}.{name} is {actual[name].simpleString()}, promised is {column.physical_type}")
    return broken


def _keys(table: Table, present: list[str]) -> dict[str, tuple[str, ...]]:
    """What must be distinct, by the name of its measure; a unique column that is the primary key counts once."""
    keys = {(name,) for name in present if table.columns[name].unique}
    if table.key and set(table.key) <= set(present):
        keys.add(table.key)
    return {f"distinct_{'_'.join(key)}": key for key in sorted(keys)}


def _listed(table: Table, present: list[str]) -> list[str]:
    """The columns whose values are listed."""
    return [name for name in present if table.columns[name].values]


def _measure(table: Table, present: list[str], rows: DataFrame) -> Row:
    measures: list[Column] = [F.count("*").alias("rows")]
    measures += [F.count_if(F.col(name).isNull()).alias(f"null_{name}") for name in present]
    measures += [
        F.count_if(~F.col(name).cast("string").isin(*table.columns[name].values)).alias(f"other_{name}")
        for name in _listed(table, present)
    ]
    measures += [F.count_distinct(F.struct(*key)).alias(label) for label, key in _keys(table, present).items()]
    times = [f.name for f in rows.schema if f.dataType.typeName() in ("timestamp", "date")]
    # Seconds since 1970 in UTC, so that neither the session's nor the driver's time zone changes the age.
    measures += [F.max(F.unix_seconds(F.col(name).cast("timestamp"))).alias(f"newest_{name}") for name in times]
    return rows.agg(*measures).first() or Row()


def _late(contract: Contract, table: Table, measured: Row, now: datetime) -> list[str]:
    broken = []
    for (name, element), promise in contract.promises.items():
        owner, _, column = element.rpartition(".")
        if name != "latency" or owner not in ("", table.name) or f"newest_{column}" not in measured:
            continue
        newest = measured[f"newest_{column}"]
        allowed = timedelta(**{UNITS[promise.unit]: float(promise.value)})
        if newest is None:
            broken.append(f"{table.name} has no rows; promised is data at most {allowed} old")
        elif now - datetime.fromtimestamp(newest, UTC) > allowed:
            age = now - datetime.fromtimestamp(newest, UTC)
            broken.append(f"{element} is {age} old; promised is at most {allowed}")
    return broken
