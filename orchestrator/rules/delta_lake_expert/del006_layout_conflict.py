"""A table gets two layouts that exclude each other: liquid clustering together with partitions or Z-order.

What: `CREATE TABLE` with both `CLUSTER BY` and `PARTITIONED BY`; `OPTIMIZE ... ZORDER BY` (also
`executeZOrderBy`) of a table that the project declares with `CLUSTER BY`.

Why: Delta refuses both: the statement fails when it runs, often at night in the maintenance job and long after the
table was changed to liquid clustering.

Silent when: the table is declared in no file of the project, or in several ways; `CLUSTER BY NONE`; names are not
certain; the file is a test.

Opt-in: the declaration in the repository may not be the one of the table that stands there.

Source: Databricks documentation, use liquid clustering for tables.

Bad: at once::

    # file: sql/orders.sql
    CREATE TABLE main.silver.orders (order_id BIGINT, day DATE) PARTITIONED BY (day) CLUSTER BY (order_id);

Bad: in another file::

    # file: sql/orders.sql
    CREATE TABLE IF NOT EXISTS main.silver.orders (order_id BIGINT, day DATE) CLUSTER BY (order_id);
    # file: sql/maintenance.sql
    OPTIMIZE main.silver.orders ZORDER BY (order_id);

Bad: in Python::

    # file: sql/orders.sql
    CREATE TABLE IF NOT EXISTS main.silver.orders (order_id BIGINT, day DATE) CLUSTER BY AUTO;
    # file: src/maintain.py
    from delta.tables import DeltaTable

    DeltaTable.forName(spark, "main.silver.orders").optimize().executeZOrderBy("order_id")

Good::

    # file: sql/orders.sql
    CREATE TABLE IF NOT EXISTS main.silver.orders (order_id BIGINT, day DATE) CLUSTER BY (order_id);
    CREATE TABLE IF NOT EXISTS main.silver.old_orders (order_id BIGINT, day DATE) PARTITIONED BY (day);
    OPTIMIZE main.silver.orders;
    OPTIMIZE main.silver.old_orders ZORDER BY (order_id);

Good: the clustering is taken off::

    # file: sql/orders.sql
    CREATE TABLE main.silver.orders (order_id BIGINT, day DATE) PARTITIONED BY (day) CLUSTER BY NONE;
    OPTIMIZE main.silver.orders ZORDER BY (order_id);

Good: two declarations::

    # file: sql/old.sql
    CREATE TABLE main.silver.orders (order_id BIGINT, day DATE) PARTITIONED BY (day);
    OPTIMIZE main.silver.orders ZORDER BY (order_id);
    # file: sql/new.sql
    CREATE TABLE main.silver.orders (order_id BIGINT, day DATE) CLUSTER BY (order_id);

Good: a test::

    # file: tests/layout.sql
    CREATE TABLE main.silver.orders (order_id BIGINT, day DATE) PARTITIONED BY (day) CLUSTER BY (order_id);
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.python import as_call
from orchestrator.code.roles import Role
from orchestrator.code.sql import CreateTable, Optimize
from orchestrator.code.tables import is_resolved, normalised
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.python import PythonFile
    from orchestrator.code.sql import SqlUnit
    from orchestrator.types import Location

RULE = Rule(
    id="DEL006",
    name="layout-conflict",
    severity=Severity.HIGH,
    default=False,
    references=("https://docs.databricks.com/aws/en/delta/clustering",),
)


@RULE.on_sql
def check_sql(unit: SqlUnit, facts: Facts) -> Iterator[Hit]:
    """Every declaration with both layouts, and every Z-order of a clustered table."""
    text = unit.template.text.lower()
    if ("cluster by" not in text and "zorder" not in text) or facts.role(unit.path) is Role.TEST:
        return
    for statement in unit.statements:
        details, location = statement.details, unit.location(statement.start, statement.end)
        if isinstance(details, CreateTable) and _is_clustered(details) and details.partitioned_by:
            yield Hit(
                location=location,
                message="`CLUSTER BY` and `PARTITIONED BY` exclude each other: Delta refuses the statement; keep one",
            )
        elif isinstance(details, Optimize) and details.zorder and details.table is not None:
            yield from _zorder(facts, details.table.text, location)


@RULE.on_python
def check_python(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Every Z-order of a clustered table through the Python interface."""
    if "executeZOrderBy" not in file.source.text or facts.role(file.path) is Role.TEST:
        return
    for call in file.calls_named("executeZOrderBy"):
        optimize = as_call(call.receiver)
        table = as_call(optimize.receiver) if optimize is not None and optimize.name == "optimize" else None
        if table is not None and table.name == "forName":
            name = file.string(table.argument(1, "tableOrViewName"))
            yield from _zorder(facts, name, file.call_location(call)) if name else ()


def _zorder(facts: Facts, name: str, location: Location) -> Iterator[Hit]:
    table = normalised(name)
    if not is_resolved(table):
        return
    declared = [use.statement.details for use in facts.tables.declarations(table) if use.statement is not None]
    forms = [each for each in declared if isinstance(each, CreateTable)]
    if forms and all(_is_clustered(each) for each in forms):
        yield Hit(
            location=location,
            message=f"`{table}` is declared with `CLUSTER BY`, and Delta refuses to Z-order a table with liquid "
            "clustering; a plain OPTIMIZE clusters it",
            symbol=table,
        )


def _is_clustered(table: CreateTable) -> bool:
    return bool(table.cluster_by) and table.cluster_by != ("NONE",)
