"""Partitions are replaced by a session-wide mode, which decides by the rows that happen to come.

What: `spark.sql.sources.partitionOverwriteMode` set to `dynamic`, or `partitionOverwriteMode` as an option of a write,
in Python or SQL.

Why: which partitions go is decided by the values in the new rows: one late or wrong date replaces that day by a single
row, and no error tells. A setting of the session also changes every other overwrite in it. Databricks calls the mode
legacy; `REPLACE USING` and `replaceWhere` say in the statement what is replaced, and work with liquid clustering.

Silent when: the value is not `dynamic` or not a constant; the file is a test, an example or an exploration.

Opt-in: it is deprecated, not wrong, and on older runtimes there is no REPLACE USING.

Source: Databricks documentation, selectively overwrite data with Delta Lake.

Bad::

    spark.conf.set("spark.sql.sources.partitionOverwriteMode", "dynamic")
    spark.table("main.bronze.orders").write.mode("overwrite").insertInto("main.silver.orders")

Bad: for one write::

    orders = spark.table("main.bronze.orders")
    orders.write.mode("overwrite").option("partitionOverwriteMode", "dynamic").saveAsTable("main.silver.orders")

Bad: in SQL::

    # file: sql/load.sql
    SET spark.sql.sources.partitionOverwriteMode = DYNAMIC;
    INSERT OVERWRITE main.silver.orders SELECT * FROM main.bronze.orders;

Good::

    orders = spark.table("main.bronze.orders").filter("day = '2026-11-01'")
    orders.write.mode("overwrite").option("replaceWhere", "day = '2026-11-01'").saveAsTable("main.silver.orders")
    spark.conf.set("spark.sql.sources.partitionOverwriteMode", "static")

Good: in SQL::

    # file: sql/load.sql
    INSERT INTO main.silver.orders REPLACE USING (day) SELECT * FROM main.bronze.orders WHERE day = '2026-11-01';

Good: a test::

    # file: tests/test_load.py
    def test_load(spark):
        spark.conf.set("spark.sql.sources.partitionOverwriteMode", "dynamic")
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.python import PythonFile
    from orchestrator.code.sql import SqlUnit
    from orchestrator.types import Location

RULE = Rule(
    id="DEL003",
    name="dynamic-partition-overwrite",
    severity=Severity.LOW,
    default=False,
    references=("https://docs.databricks.com/aws/en/delta/selective-overwrite",),
)
_OPTION = "partitionoverwritemode"
_SETTING = f"spark.sql.sources.{_OPTION}"


@RULE.on_python
def check_python(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Every setting and option of that mode."""
    if _OPTION not in file.source.text.lower() or not facts.role(file.path).is_serious:
        return
    for call in file.calls_named("set", "config", "option"):
        name = (file.string(call.argument(0, "key")) or "").lower()
        value = file.string(call.argument(1, "value")) or ""
        if name in {_OPTION, _SETTING} and value.lower() == "dynamic":
            yield _hit(file.call_location(call))


@RULE.on_sql
def check_sql(unit: SqlUnit, facts: Facts) -> Iterator[Hit]:
    """Every SET of that mode."""
    from orchestrator.code.sql import SetConf

    if _SETTING not in unit.template.text.lower() or not facts.role(unit.path).is_serious:
        return
    for statement in unit.statements:
        details = statement.details if statement.kind == "SET" else None
        is_mode = isinstance(details, SetConf) and details.key.lower() == _SETTING
        if isinstance(details, SetConf) and is_mode and (details.value or "").lower() == "dynamic":
            yield _hit(unit.location(statement.start, statement.end))


def _hit(location: Location) -> Hit:
    return Hit(
        location=location,
        message="the new rows decide which partitions are replaced, so one late row can empty a day; say it in the "
        "write with `REPLACE USING` or `replaceWhere`",
    )
