"""A row is kept, or a key is given, by an order that Spark does not promise: each run may choose another.

What: `row_number()` = 1 over a window ordered by a constant, a random value or its own partition columns;
`dropDuplicates` of some columns after an `orderBy`; `monotonically_increasing_id()` stored as a key.

Why: which of two versions of a customer survives, or which number a person gets, depends on how the data was split.
Re-runs give other results, rows that refer to the old number point at somebody else, and no test shows it.

Silent when: a column decides the order; all columns are compared; the number is a row's position and not a key (`id`,
`row_id`, an index, a leading underscore), is dropped again, is computed further, is given after a sort or in a chosen
number of partitions, or the file writes nothing; the random order has a seed, which is a sample; it is a test.

Source: PySpark API reference, `monotonically_increasing_id` (depends on partition ids) and `dropDuplicates`; Spark SQL
reference, window functions.

Bad::

    latest = Window.partitionBy("customer_id").orderBy("customer_id")
    ranked = customers.withColumn("rn", F.row_number().over(latest))
    ranked.filter(F.col("rn") == 1).write.saveAsTable("main.silver.customers")

Bad::

    # file: src/latest.sql
    SELECT * FROM main.bronze.customers
    QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY (SELECT NULL)) = 1

Bad::

    latest = customers.orderBy(F.col("updated_at").desc()).dropDuplicates(["customer_id"])

Bad::

    persons = roots.select("root_id").distinct().withColumn("person_id", F.monotonically_increasing_id())
    persons.write.mode("overwrite").saveAsTable("main.silver.persons")

Bad::

    persons = roots.select("root_id", F.monotonically_increasing_id().alias("person_id"))
    persons.write.mode("overwrite").saveAsTable("main.silver.persons")

Bad::

    # file: src/persons.sql
    INSERT INTO main.silver.persons SELECT monotonically_increasing_id() AS person_id, name FROM main.bronze.persons

Good: a column decides::

    latest = Window.partitionBy("customer_id").orderBy(F.col("updated_at").desc(), "customer_id")
    ranked = customers.withColumn("rn", F.row_number().over(latest)).filter("rn = 1")

Good::

    # file: src/latest.sql
    SELECT * FROM main.bronze.customers
    QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY updated_at DESC, customer_id) = 1

Good: the caller's columns::

    def latest(frame, keys, order):
        window = Window.partitionBy(*keys).orderBy(*[F.col(name).desc() for name in order])
        return frame.withColumn("rn", F.row_number().over(window)).filter("rn = 1")

Good: rows are numbered, and none is chosen::

    numbered = Window.partitionBy("batch").orderBy(F.lit(1))
    frame = frame.withColumn("position", F.row_number().over(numbered))

Good: whole rows are compared, or sorting comes after::

    unique = customers.orderBy("name").dropDuplicates()
    sorted_rows = customers.dropDuplicates(["customer_id"]).orderBy("name")

Good: somebody only looks at it::

    display(customers.orderBy(F.col("updated_at").desc()).dropDuplicates(["customer_id"]))
    customers.orderBy("updated_at").dropDuplicates(["customer_id"]).show()

Good: sorted by its keys, so that the sort chooses nothing::

    unique = customers.orderBy(F.col("day").desc()).dropDuplicates(["day", "customer_id"])

Good: a position within one run::

    frame = frame.withColumn("_row_id", F.monotonically_increasing_id())
    frame = frame.withColumn("match_id", F.monotonically_increasing_id())
    frame.filter("score > 1").drop("match_id", "_row_id").write.saveAsTable("main.silver.matches")

Good: one sorted partition, and a seeded sample::

    numbered = names.coalesce(1).sort("name").withColumn("name_id", F.monotonically_increasing_id())
    numbered.write.mode("overwrite").saveAsTable("main.silver.names")
    any_row = Window.partitionBy("customer_id").orderBy(F.rand(seed=7))
    sampled = orders.withColumn("rn", F.row_number().over(any_row)).filter("rn = 1")

Good: a key made of the row itself::

    keyed = roots.withColumn("person_id", F.sha2("root_id", 256))
    keyed.write.mode("overwrite").saveAsTable("main.silver.persons")
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.python import Call, PythonFile, as_call
from orchestrator.code.roles import Role
from orchestrator.rules.data_quality_sentinel._sorted import is_only_shown, is_sorted_before
from orchestrator.rules.data_quality_sentinel._sql_windows import sql_numberings
from orchestrator.rules.data_quality_sentinel._windows import python_numbering
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.sql import SqlUnit
    from orchestrator.types import Location

RULE = Rule(
    id="DQS005",
    name="unstable-dedup",
    severity=Severity.HIGH,
    default=True,
    references=(
        "https://spark.apache.org/docs/latest/api/python/reference/pyspark.sql/api/pyspark.sql.functions.monotonically_increasing_id.html",
    ),
)
_KEY = re.compile(r"^(?!row|record|index|idx|tmp|temp|line|dup|uniq|seq|internal)[a-z]\w*_(id|key|sk|pk|nr)$|^(sk|pk)$")
_ARRANGING = frozenset({"coalesce", "repartition", "orderBy", "sort", "limit", "repartitionByRange"})
"""Steps that decide how the data is split, and so the numbers."""
_STORING = frozenset({"INSERT", "INSERT OVERWRITE", "CREATE TABLE", "MERGE"})
_NUMBERED = re.compile(r"\bmonotonically_increasing_id\s*\(\s*\)\s*(?:as\s+)?`?(\w+)", re.IGNORECASE)


@RULE.on_python
def check_python(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Unordered windows, sorted frames that are deduplicated, and partition-dependent keys."""
    if facts.role(file.path) is Role.TEST:
        return
    for call in file.calls_named("row_number"):
        found = python_numbering(file, call)
        if found is not None:
            yield _window_hit(file.call_location(call), found.keys, found.order, facts)
    for call in file.calls_named("dropDuplicates", "drop_duplicates"):
        if (
            (call.node.args or call.node.keywords)
            and is_sorted_before(file, call)
            and not is_only_shown(file, call)
            and facts.frame(file, call.receiver).is_dataframe
        ):
            yield _hit(
                file.call_location(call),
                f"`{call.name}` keeps any row of a key, whatever the `orderBy` before it says; number the rows with "
                "`row_number()` over a window in that order, and keep the first",
                facts,
            )
    yield from _keys(file, facts)


@RULE.on_sql
def check_sql(unit: SqlUnit, facts: Facts) -> Iterator[Hit]:
    """Unordered windows and partition-dependent keys in SQL."""
    text = unit.template.text.lower()
    numbers, ids = "row_number" in text, "monotonically_increasing_id" in text
    if not (numbers or ids) or facts.role(unit.path) is Role.TEST:
        return
    for statement in unit.statements:
        for found in sql_numberings(statement) if numbers else ():
            yield _window_hit(unit.location(found.start, found.end), found.keys, found.order, facts)
        matched = _NUMBERED.search(statement.text) if ids and statement.kind in _STORING else None
        if matched is not None and _KEY.match(matched[1].lower()):
            start = statement.start + matched.start()
            yield _key_hit(unit.location(start, statement.start + matched.end()), matched[1], facts)


def _keys(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Every `monotonically_increasing_id()` that a file which writes gives the name of a key, and keeps."""
    numbers = list(file.calls_named("monotonically_increasing_id"))
    if not numbers or not facts.writes(file) or facts.role(file.path) is Role.GENERATOR:
        return
    dropped = {file.string(given) for call in file.calls_named("drop") for given in call.node.args}
    for number in numbers:
        named = _named(file, number)
        name = file.string(named.argument(0, "colName")) if named is not None else None
        if named is None or name is None or name in dropped or not _KEY.match(name.lower()):
            continue
        step = named if named.name == "withColumn" else _select(file, named)
        if step is None or not facts.frame(file, step.receiver).has(*_ARRANGING):
            yield _key_hit(file.call_location(named), name, facts)


def _named(file: PythonFile, number: Call) -> Call | None:
    """The `withColumn` whose whole value the number is, or the `alias` on it."""
    parent = file.parent(number.node)
    if isinstance(parent, ast.Attribute) and parent.attr == "alias":
        return as_call(file.parent(parent))
    call = as_call(parent)
    return call if call is not None and call.name == "withColumn" else None


def _select(file: PythonFile, alias: Call) -> Call | None:
    call = as_call(file.parent(alias.node))
    return call if call is not None and call.name == "select" else None


def _window_hit(location: Location, keys: str, order: str, facts: Facts) -> Hit:
    message = (
        f"the rows of one `{keys}` are numbered in no order (`{order}` is the same for all, or random), so that "
        "any of them is kept; order by what makes a row the right one, and a tie-breaker"
    )
    return _hit(location, message, facts)


def _key_hit(location: Location, name: str, facts: Facts) -> Hit:
    message = (
        f"`{name}` depends on how Spark splits the data and differs from run to run: it is no key; use an identity "
        "column or a hash of the columns that identify the row"
    )
    return _hit(location, message, facts)


def _hit(location: Location, message: str, facts: Facts) -> Hit:
    serious = facts.role(location.path).is_serious
    return Hit(location=location, message=message, severity=RULE.severity if serious else RULE.severity.lowered())
