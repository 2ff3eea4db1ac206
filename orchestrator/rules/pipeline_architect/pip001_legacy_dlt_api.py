"""A pipeline written against the module `dlt`, which `pyspark.pipelines` has replaced.

What: `import dlt` in a file that declares datasets with it, once per file; `APPLY CHANGES INTO` in SQL, which is now
AUTO CDC.

Why: the old module still runs, but new features and open-source Spark 4.1 have the new one alone. In `dlt` one
decorator makes a streaming table or a materialized view, whatever the function returns; the new names say which.

Silent when: `dlt` is the load tool of that name, or nothing of it is used; the file is a test.

Fix: safe only where every dataset shows whether it is a stream or a batch, and each use has a counterpart.

Source: Databricks documentation, "What happened to Delta Live Tables (DLT)?" and "What happened to @dlt?".

Bad::

    import dlt
    from pyspark.sql import functions as F

    @dlt.view
    def orders():
        return spark.read.table("main.bronze.orders")

    @dlt.table(comment="Revenue per day.")
    @dlt.expect("known_day", "day IS NOT NULL")
    def revenue():
        return dlt.read("orders").groupBy("day").agg(F.sum("amount").alias("revenue"))

    @dlt.table(name="events")
    def load_events():
        return spark.readStream.table("main.bronze.events")

Bad: whether it is a stream depends on a function of another file::

    import dlt
    from shop.readers import read_orders

    @dlt.table
    def orders():
        return read_orders()

Bad::

    from dlt import table

    @table
    def orders():
        return spark.read.table("main.bronze.orders")

Bad::

    # file: pipelines/customers.sql
    CREATE OR REFRESH STREAMING TABLE customers;
    APPLY CHANGES INTO customers FROM STREAM(main.bronze.customers) KEYS (id) SEQUENCE BY updated_at;

Good::

    from pyspark import pipelines as dp

    @dp.materialized_view
    def revenue():
        return spark.read.table("main.silver.orders").groupBy("day").count()

Good::

    # file: pipelines/customers.sql
    CREATE OR REFRESH STREAMING TABLE customers;
    CREATE FLOW customers_cdc AS AUTO CDC INTO customers FROM STREAM(main.bronze.customers)
    KEYS (id) SEQUENCE BY updated_at;

Good: the import is a leftover::

    import dlt
    from pyspark import pipelines as dp

    @dp.table
    def events():
        return spark.readStream.table("main.bronze.events")

Good: the load tool::

    import dlt

    @dlt.resource
    def orders():
        yield from pages()

    dlt.pipeline(destination="databricks").run(orders)

Fixed::

    from pyspark import pipelines as dp
    from pyspark.sql import functions as F

    @dp.temporary_view
    def orders():
        return spark.read.table("main.bronze.orders")

    @dp.materialized_view(comment="Revenue per day.")
    @dp.expect("known_day", "day IS NOT NULL")
    def revenue():
        return spark.read.table("orders").groupBy("day").agg(F.sum("amount").alias("revenue"))

    @dp.table(name="events")
    def load_events():
        return spark.readStream.table("main.bronze.events")
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.datasets import pipeline_name
from orchestrator.code.roles import Role
from orchestrator.rules.pipeline_architect._migration import migration
from orchestrator.rules.rule import Fix, Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.python import PythonFile
    from orchestrator.code.sql import SqlUnit

RULE = Rule(
    id="PIP001",
    name="legacy-dlt-api",
    severity=Severity.LOW,
    default=True,
    references=("https://docs.databricks.com/aws/en/ldp/concepts/where-is-dlt",),
)


@RULE.on_python
def check_python(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """The first import of the old module, with the migration of the whole file where it is certain."""
    if not file.imports_any("dlt") or facts.role(file.path) is Role.TEST:
        return
    used = sum(dataset.api == "dlt" for dataset in facts.datasets(file)) or _calls(file)
    statement = next(iter(_imports(file)), None)
    if not used or statement is None:
        return
    edits = migration(file, facts, statement)
    fix = Fix(description="use pyspark.pipelines", edits=edits, safe=True) if edits else None
    yield Hit(
        location=file.location(statement),
        message=f"`dlt` is the old module of pipelines; move this file ({used} "
        f"{'use' if used == 1 else 'uses'}) to `from pyspark import pipelines as dp`: `@dp.table` for streams, "
        "`@dp.materialized_view` for batches, `@dp.temporary_view` for views",
        fix=fix,
    )


@RULE.on_sql
def check_sql(unit: SqlUnit, facts: Facts) -> Iterator[Hit]:
    """The first APPLY CHANGES of a unit."""
    if "apply changes" not in unit.template.text.lower() or facts.role(unit.path) is Role.TEST:
        return
    for statement in unit.statements:
        if statement.kind == "APPLY CHANGES":
            target = f" for `{statement.target.text}`" if statement.target is not None else ""
            yield Hit(
                location=unit.location(statement.start, statement.target.end if statement.target else statement.end),
                message=f"APPLY CHANGES is the old name of AUTO CDC; write `CREATE FLOW ... AS AUTO CDC INTO`{target}",
            )
            return


def _imports(file: PythonFile) -> Iterator[ast.Import | ast.ImportFrom]:
    for plain in file.nodes(ast.Import):
        if any(alias.name == "dlt" for alias in plain.names):
            yield plain
    for source in file.nodes(ast.ImportFrom):
        if source.module == "dlt" and not source.level:
            yield source


def _calls(file: PythonFile) -> int:
    """How many calls there are of functions that make tables and flows."""
    found = (pipeline_name(file, call.node.func) for call in file.calls)
    return sum(1 for name in found if name is not None and name[0] == "dlt")
