"""An overwrite with the rows of one run date throws away the rows of every other date.

What: `mode("overwrite")`, `INSERT OVERWRITE` or `CREATE OR REPLACE TABLE` of a whole table, where what is written was
filtered to one date or batch that differs from run to run, and that column is part of the table.

Why: each night the table keeps that night alone. History and late corrections are gone; time travel brings them back
for a few days only, and nobody notices while dashboards show the current day.

Silent when: there is no such filter, which is a full refresh; only a part is replaced (`replaceWhere`, REPLACE WHERE,
REPLACE USING, PARTITION, `overwritePartitions`, dynamic partition overwrite); the target's name holds the date or says
that it is staging or the current state; the source is a snapshot of all rows; the old rows are read and united; a
dataset is created where there was none; it is a test.

Source: Databricks documentation, "Selectively overwrite data with Delta Lake".

Bad::

    # file: sql/daily.sql
    INSERT OVERWRITE gold.daily_revenue
    SELECT order_date, sum(amount) AS revenue FROM silver.orders WHERE order_date = DATE(:run_date) GROUP BY order_date

Bad::

    day = spark.table("main.silver.orders").filter(F.col("order_date") == config.run_date)
    day.write.mode("overwrite").saveAsTable("main.gold.orders")

Bad::

    orders = spark.sql(f"SELECT * FROM main.bronze.orders WHERE order_date = '{run_date}'")
    orders.write.mode("overwrite").saveAsTable("main.silver.orders")

Bad::

    # file: sql/daily.sql
    CREATE OR REPLACE TABLE gold.orders_by_day AS SELECT * FROM silver.orders WHERE order_date = '${run_date}'

Good: a full refresh::

    # file: sql/daily.sql
    INSERT OVERWRITE gold.daily_revenue
    SELECT order_date, sum(amount) AS revenue FROM silver.orders WHERE status <> 'cancelled' GROUP BY order_date

Good: a part is replaced::

    # file: sql/daily.sql
    INSERT INTO gold.daily_revenue REPLACE WHERE order_date = DATE(:run_date)
    SELECT order_date, sum(amount) AS revenue FROM silver.orders WHERE order_date = DATE(:run_date) GROUP BY order_date;
    INSERT OVERWRITE gold.revenue PARTITION (order_date)
    SELECT sum(amount) AS revenue, order_date FROM silver.orders WHERE order_date = DATE(:run_date) GROUP BY order_date

Good::

    day = spark.table("main.silver.orders").filter(F.col("order_date") == run_date)
    day.write.mode("overwrite").option("replaceWhere", f"order_date = '{run_date}'").saveAsTable("main.gold.orders")

Good: dynamic partition overwrite::

    spark.conf.set("spark.sql.sources.partitionOverwriteMode", "dynamic")
    day = spark.table("main.silver.orders").filter(F.col("order_date") == run_date)
    day.write.mode("overwrite").insertInto("main.gold.orders")

Good: the day has a place of its own, or the table is there for one run::

    day = spark.table("main.silver.orders").filter(F.col("order_date") == run_date)
    day.write.mode("overwrite").parquet(f"/Volumes/main/exports/{run_date}")
    day.write.mode("overwrite").saveAsTable("main.staging.orders")

Good: the current state, from a source that brings all rows every day::

    # file: sql/customers.sql
    INSERT OVERWRITE silver.customers SELECT * FROM bronze.customers WHERE snapshot_date = :run_date

Good: the date is no part of the table::

    today = spark.table("main.silver.prices").filter(F.col("price_day") == run_date).select("product_id", "price")
    today.write.mode("overwrite").saveAsTable("main.gold.prices")

Good: the same rows each time::

    first = spark.table("main.silver.orders").filter(F.col("order_date") == "2024-01-01")
    first.write.mode("overwrite").saveAsTable("main.gold.first_day")

Good: the old rows are kept::

    # file: sql/daily.sql
    INSERT OVERWRITE gold.orders
    SELECT * FROM gold.orders WHERE order_date <> :run_date
    UNION ALL SELECT * FROM silver.orders WHERE order_date = :run_date

Good: the table is created::

    day = spark.table("main.silver.orders").filter(F.col("order_date") == run_date)
    if not spark.catalog.tableExists("main.gold.orders"):
        day.write.mode("overwrite").saveAsTable("main.gold.orders")
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.roles import Role
from orchestrator.rules.delta_lake_expert._run_slice import Slice, frame_slice, query_slice
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.python import PythonFile
    from orchestrator.code.sql import SqlUnit, Statement
    from orchestrator.code.writes import Write
    from orchestrator.types import Location

RULE = Rule(
    id="DEL002",
    name="overwrite-discards-history",
    severity=Severity.HIGH,
    default=False,
    references=("https://docs.databricks.com/aws/en/delta/selective-overwrite",),
)
_PASSING = re.compile(
    r"(^|[^a-z])(stag\w*|stg|tmp|temp|temporary|scratch|landing|current|latest|today|intermediate|work|wrk|cache|"
    r"preview|sample|input|output|export\w*)([^a-z]|$)",
    re.IGNORECASE,
)
"""Words in names of tables that hold one run by design."""
_REPLACING = re.compile(r"\boverwrite\b|\bor\s+replace\s+table\b", re.IGNORECASE)
_REPLACED = re.compile(r"\s*create\s+or\s+replace\s+table\b", re.IGNORECASE)
_EXISTS = re.compile(r"exist", re.IGNORECASE)
_WHOLE_VERBS = frozenset({"saveAsTable", "insertInto", "createOrReplace", "replace", "save", "delta"})


@RULE.on_python
def check_python(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Every overwrite of a table by a frame that was filtered to one run."""
    if "overwrite" not in file.source.text.lower() and "eplace(" not in file.source.text:
        return
    if facts.role(file.path) is Role.TEST or _is_dynamic(file.source.text):
        return
    for write in facts.writes(file):
        name = file.pattern(write.target)
        if name is None or not _replaces_all(file, write) or _PASSING.search(name.replace("_", " ")):
            continue
        found = frame_slice(file, write.frame)
        if found is not None and found.value not in name and not _is_first(file, write):
            yield _hit(file.call_location(write.call), name, found, facts)


@RULE.on_sql
def check_sql(unit: SqlUnit, facts: Facts) -> Iterator[Hit]:
    """Every INSERT OVERWRITE of a whole table whose query is filtered to one run."""
    text = unit.template.text
    if not _REPLACING.search(text) or facts.role(unit.path) is Role.TEST or _is_dynamic(unit.source.text):
        return
    for statement in unit.statements:
        target = statement.target
        if target is None or not _is_whole(statement):
            continue
        name = unit.template.source_of(target.start, target.end)
        found = query_slice(unit, statement)
        kept = any(read.text == target.text for read in statement.reads)
        if found is None or kept or found.value in name or _PASSING.search(name.replace("_", " ")):
            continue
        yield _hit(unit.location(statement.start, target.end), name, found, facts)


def _is_whole(statement: Statement) -> bool:
    """Whether the statement replaces all rows of a lasting table."""
    from orchestrator.code.sql import Insert

    if statement.kind == "CREATE TABLE":
        return _REPLACED.match(statement.text) is not None
    details = statement.details if statement.kind == "INSERT OVERWRITE" else None
    return isinstance(details, Insert) and not details.is_selective


def _is_dynamic(text: str) -> bool:
    """Whether the file speaks of dynamic partition overwrite, which replaces no other partitions."""
    return "partitionoverwritemode" in text.lower()


def _replaces_all(file: PythonFile, write: Write) -> bool:
    """Whether the whole table is replaced: no condition, no streaming, and a table's format."""
    if write.mode != "overwrite" or write.streaming or write.open_ended or write.verb not in _WHOLE_VERBS:
        return False
    if write.option("replaceWhere") is not None or write.option("partitionOverwriteMode") is not None:
        return False
    step = write.step("format")
    is_delta = step is not None and file.string(step.argument(0, "source")) == "delta"
    return write.to_table or write.verb == "delta" or (write.verb == "save" and is_delta)


def _is_first(file: PythonFile, write: Write) -> bool:
    """Whether the write stands under a question whether the table exists."""
    return any(isinstance(up, ast.If) and _EXISTS.search(file.text(up.test)) for up in file.ancestors(write.call.node))


def _hit(location: Location, name: str, found: Slice, facts: Facts) -> Hit:
    serious = facts.role(location.path).is_serious
    return Hit(
        location=location,
        message=f"this replaces all of `{name}` by the rows whose `{found.column}` is `{found.value}`: every other "
        f"`{found.column}` is lost with each run; replace that part alone (`replaceWhere`, REPLACE WHERE)",
        severity=RULE.severity if serious else RULE.severity.lowered(),
    )
