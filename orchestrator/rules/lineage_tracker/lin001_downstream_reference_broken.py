"""A column is dropped or renamed, or a table renamed, that other code of the project still reads.

What: `ALTER TABLE ... DROP COLUMN`, `RENAME COLUMN` and `RENAME TO`, while another file reads that table, and that
column of it, by the old name. With `--diff` also a column that a CREATE of a table or view had at the base and has no
more; the readers may be anywhere in the repository.

Why: the statement succeeds. The readers fail at their next run, in another job and at another hour, or a stream stops
and has to be started with a new checkpoint.

Silent when: the readers are in the same file, or in migration scripts or scripts of a lower number, which ran before;
the column is added again; a table or view is made under the old name; the reader joins several tables, so that the
column's owner is not certain; the table's name is computed; reader or statement is a test, a demo or set-up code.

Source: Databricks documentation, rename and drop columns, and schema changes of streaming sources.

Bad: a column::

    # file: sql/010_drop_fax.sql
    ALTER TABLE main.silver.customers DROP COLUMN fax;
    # file: sql/directory.sql
    CREATE OR REPLACE VIEW main.gold.directory AS SELECT customer_id, phone, fax FROM main.silver.customers;

Bad: a column that Python reads::

    # file: sql/rename.sql
    ALTER TABLE main.silver.orders RENAME COLUMN amount TO net_amount;
    # file: src/revenue.py
    from pyspark.sql import functions as F

    orders = spark.table("main.silver.orders")
    revenue = orders.filter(F.col("amount") > 0).groupBy("day").agg(F.sum("amount"))

Bad: a column in an expression of Python::

    # file: sql/rename.sql
    ALTER TABLE main.silver.orders RENAME COLUMN amount TO net_amount;
    # file: src/revenue.py
    spark.table("main.silver.orders").where("amount > 0 AND day IS NOT NULL").write.saveAsTable("main.gold.orders")

Good: a literal, an alias and a function of that name::

    # file: sql/rename.sql
    ALTER TABLE main.silver.orders RENAME COLUMN amount TO net_amount;
    # file: src/revenue.py
    orders = spark.table("main.silver.orders")
    orders.where("kind = 'amount'").write.saveAsTable("main.gold.amounts")
    orders.selectExpr("net_amount AS amount", "amount(day) AS day").write.saveAsTable("main.gold.orders")

Bad: a table::

    # file: src/rename.py
    spark.sql("ALTER TABLE main.silver.orders RENAME TO main.silver.order_lines")
    # file: src/gold.py
    spark.table("main.silver.orders").write.mode("overwrite").saveAsTable("main.gold.orders")

Bad: with `--diff`, a view that lost a column::

    # before: sql/orders.sql
    CREATE OR REPLACE VIEW main.silver.order_totals AS
    SELECT order_id, day, net + vat AS amount FROM main.silver.orders;
    # file: sql/orders.sql
    CREATE OR REPLACE VIEW main.silver.order_totals AS
    SELECT order_id, day, net + vat AS gross FROM main.silver.orders;
    # file: sql/revenue.sql
    SELECT day, sum(amount) FROM main.silver.order_totals GROUP BY day;

Good: with `--diff`, a view that gained a column::

    # before: sql/orders.sql
    CREATE OR REPLACE VIEW main.silver.order_totals AS SELECT order_id, day, amount FROM main.silver.orders;
    # file: sql/orders.sql
    CREATE OR REPLACE VIEW main.silver.order_totals AS SELECT order_id, day, amount, vat FROM main.silver.orders;
    # file: sql/revenue.sql
    SELECT day, sum(amount) FROM main.silver.order_totals GROUP BY day;

Good: the readers went along::

    # file: sql/rename.sql
    ALTER TABLE main.silver.orders RENAME COLUMN amount TO net_amount;
    # file: sql/gold.sql
    SELECT day, sum(net_amount) AS amount FROM main.silver.orders GROUP BY day;

Good: a view under the old name::

    # file: sql/rename.sql
    ALTER TABLE main.silver.orders RENAME TO main.silver.order_lines;
    CREATE VIEW main.silver.orders AS SELECT * FROM main.silver.order_lines;
    # file: sql/gold.sql
    SELECT count(*) FROM main.silver.orders;

Good: a column of another table::

    # file: sql/drop.sql
    ALTER TABLE main.silver.customers DROP COLUMNS (fax, telex);
    # file: sql/gold.sql
    SELECT s.fax, c.name FROM main.silver.customers c JOIN main.silver.suppliers s ON s.id = c.id;
    SELECT fax FROM main.silver.suppliers;

Good: an earlier migration::

    # file: migrations/002_drop.sql
    ALTER TABLE main.silver.customers DROP COLUMN fax;
    # file: migrations/001_fill.sql
    INSERT OVERWRITE main.silver.faxes SELECT customer_id, fax FROM main.silver.customers;

Good: scripts that run in order::

    # file: sql/03_drop.sql
    ALTER TABLE main.silver.customers DROP COLUMN fax;
    # file: sql/01_fill.sql
    INSERT OVERWRITE main.silver.faxes SELECT customer_id, fax FROM main.silver.customers;

Good: it comes back::

    # file: sql/retype.sql
    ALTER TABLE main.silver.customers DROP COLUMN fax;
    ALTER TABLE main.silver.customers ADD COLUMN fax BIGINT;
    # file: sql/gold.sql
    SELECT fax FROM main.silver.customers;

Good: a test::

    # file: sql/drop.sql
    ALTER TABLE main.silver.customers DROP COLUMN fax;
    # file: tests/old.sql
    SELECT fax FROM main.silver.customers;
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.tables import Use
from orchestrator.rules.lineage_tracker._declared import undeclared
from orchestrator.rules.lineage_tracker._readers import readers
from orchestrator.rules.lineage_tracker._removals import Removal, added_columns, removals
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.types import Location

RULE = Rule(
    id="LIN001",
    name="downstream-reference-broken",
    severity=Severity.HIGH,
    default=False,
    references=("https://docs.databricks.com/aws/en/delta/column-mapping",),
)
_PAST = re.compile(r"migrat|(?:\A|/)[vr]\d*__|flyway|liquibase|alembic|changelog|upgrade|rollback|(?:\A|/)V\d")
_SHOWN = 3


@RULE.on_project
def check(facts: Facts) -> Iterator[Hit]:
    """Every name that is taken away while somebody else reads it."""
    gone = [
        removal
        for removal in (*removals(facts), *undeclared(facts))
        if facts.role(removal.statement.unit.path).is_serious
    ]
    added = added_columns(facts) if gone else frozenset()
    for removal in gone:
        if (removal.table, removal.column) in added or (removal.column is None and _is_made_again(facts, removal)):
            continue
        path = removal.statement.unit.path
        broken = [place for place in readers(facts, removal.table, removal.column) if _counts(facts, place, path)]
        if broken:
            yield Hit(location=removal.statement.location(), message=_message(removal, broken))


def _is_made_again(facts: Facts, removal: Removal) -> bool:
    """Whether something is created or written under the old name."""
    uses = facts.tables.of(removal.table)
    return any(use.use is Use.DECLARE or use.use.writes for use in uses)


def _counts(facts: Facts, place: Location, path: str) -> bool:
    """Whether a reader is alive: production code, in another file, that did not run before the statement."""
    step, reader_step = _step(path), _step(place.path)
    is_past = _PAST.search(place.path) is not None or (step is not None and (reader_step or step) < step)
    return place.path != path and not is_past and facts.role(place.path).is_serious


def _step(path: str) -> int | None:
    """The number that a script's name begins with, by which scripts are run in order."""
    number = re.match(r"\d+", path.rpartition("/")[2])
    return int(number[0]) if number else None


def _message(removal: Removal, broken: list[Location]) -> str:
    places = sorted({f"{place.path}:{place.start_line}" for place in broken})
    shown = ", ".join(f"`{place}`" for place in places[:_SHOWN])
    more = f" and {len(places) - _SHOWN} more" if len(places) > _SHOWN else ""
    what = f"column `{removal.column}` of `{removal.table}`" if removal.column else f"table `{removal.table}`"
    change = f"is renamed to `{removal.new_name}`" if removal.new_name else "is dropped"
    return f"the {what} {change}, and {shown}{more} still read it by that name: change them in the same step"
