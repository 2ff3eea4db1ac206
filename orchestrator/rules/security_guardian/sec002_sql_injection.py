"""A value from outside becomes part of an SQL text.

What: `spark.sql` of a text in which a widget, an argument of the command line, a part of a request, or what a public
function is given as free text (an e-mail, a comment, a search term) stands where a value of the query belongs.

Why: whoever gives the value can end the literal and go on in SQL: read other rows, delete more than was meant. Even an
honest name such as O'Brien breaks the statement. A parameter marker hands the value over as data.

Silent when: the value goes through `args=`, is converted (`int`, a date), compared with a list, checked by a pattern or
its quotes are doubled; it comes from a widget with fixed choices, from a constant, from configuration or from the
environment; the hole is a name of a catalog, schema, table or column, which a job's owner gives; a parameter is by its
name no free text, or takes SQL by design (a condition, a query); the text is no query and changes no rows; the function
is private; the session is another engine's; or the file is a test.

Source: Databricks documentation, parameter markers; CWE-89.

Bad: a widget in a literal::

    email = dbutils.widgets.get("email")
    spark.sql(f"DELETE FROM main.silver.customers WHERE email = '{email}'")

Bad: a part of a condition::

    import sys

    spark.sql("SELECT * FROM main.silver.orders WHERE " + sys.argv[1]).show()

Bad: a parameter of a public function::

    def orders_of(spark, email):
        query = "SELECT * FROM main.silver.orders WHERE email = '{}'".format(email)
        return spark.sql(query)

Bad: the query inside of a CREATE::

    region = dbutils.widgets.get("region")
    spark.sql(f"CREATE OR REPLACE TABLE main.gold.r AS SELECT * FROM main.silver.orders WHERE region = '{region}'")

Good::

    email = dbutils.widgets.get("email")
    spark.sql("DELETE FROM main.silver.customers WHERE email = :email", args={"email": email})

Good: a name, not a value::

    catalog = dbutils.widgets.get("catalog")
    spark.sql(f"SELECT count(*) FROM {catalog}.silver.customers")

Good: converted or checked::

    import re

    days = int(dbutils.widgets.get("days"))
    spark.sql(f"DELETE FROM main.silver.events WHERE age > {days}")
    region = dbutils.widgets.get("region")
    if region not in ("EU", "US"):
        raise ValueError(region)
    spark.sql(f"SELECT * FROM main.silver.orders WHERE region = '{region}'")
    day = dbutils.widgets.get("day")
    if not re.fullmatch(r"\\d{4}-\\d\\d-\\d\\d", day):
        raise ValueError(day)
    spark.sql(f"SELECT * FROM main.silver.orders WHERE day = '{day}'")

Good: fixed choices::

    dbutils.widgets.dropdown("region", "EU", ["EU", "US"])
    region = dbutils.widgets.get("region")
    spark.sql(f"SELECT * FROM main.silver.orders WHERE region = '{region}'")

Good: constants and what the catalog lists::

    DAY = "2026-11-01"
    for table in spark.catalog.listTables("main.silver"):
        spark.sql(f"SELECT '{table.name}', count(*) FROM {table.name} WHERE day = '{DAY}'").show()

Good: a number by its type or default::

    def newest(spark, days: int, keep=10):
        return spark.sql(f"SELECT * FROM main.silver.orders WHERE age < {days} LIMIT {keep}")

Good: text that is a number by its default::

    def rows(spark, user_limit=10, *, note_days=3):
        return spark.sql(f"SELECT * FROM main.silver.orders WHERE age < '{user_limit}' AND days < '{note_days}'")

Good: a private helper, whose callers are at hand::

    def _of(spark, email):
        return spark.sql(f"SELECT * FROM main.silver.orders WHERE email = '{email}'")

Good: what the code itself gives, and a function that takes SQL::

    def seen(spark, table_name):
        return spark.sql(f"SELECT max(at) FROM main.ops.seen WHERE table_name = '{table_name}'")

    def rows(spark, condition):
        return spark.sql(f"SELECT * FROM main.silver.orders WHERE {condition}")

Good: quotes are doubled::

    def notes(spark, comment):
        text = comment.replace("'", "''")
        return spark.sql(f"SELECT * FROM main.silver.notes WHERE comment = '{text}'")

Good: another engine::

    def notes(duckdb, comment):
        return duckdb.sql(f"SELECT * FROM notes WHERE comment = '{comment}'")

Good: no rows are read or changed::

    path = dbutils.widgets.get("path")
    spark.sql(f"CREATE TABLE main.bronze.raw (id BIGINT) LOCATION '{path}'")
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.roles import Role
from orchestrator.code.taint import Taint, TaintKind
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.python import PythonFile
    from orchestrator.code.sql import Hole, SqlUnit, Statement

RULE = Rule(
    id="SEC002",
    name="sql-injection",
    severity=Severity.HIGH,
    default=True,
    references=(
        "https://docs.databricks.com/aws/en/sql/language-manual/sql-ref-parameter-marker",
        "https://cwe.mitre.org/data/definitions/89.html",
    ),
)
_CHANGES = frozenset({"SELECT", "INSERT", "INSERT OVERWRITE", "UPDATE", "DELETE", "MERGE"})
_SOURCES = {
    TaintKind.WIDGET: "the widget `{}`",
    TaintKind.ARGUMENT: "the argument `{}`",
    TaintKind.REQUEST: "the request's `{}`",
    TaintKind.PARAMETER: "the parameter `{}`",
}
_FREE_TEXT = re.compile(
    r"(?:\A|_)(?:e?mail|user|username|customer|keyword|search|term|comment|reason|description|desc|phone|address|city"
    r"|country|title|notes?|text|message|msg|error|question|prompt|first_name|last_name|full_name|display_name)(?:_|\Z)"
)
"""Names of parameters whose values people type, or programs take over from elsewhere."""


@RULE.on_sql
def check(unit: SqlUnit, facts: Facts) -> Iterator[Hit]:
    """The first outside value in each statement that Python puts together."""
    file = facts.project.python_by_path.get(unit.path)
    if unit.host != "python" or file is None or not unit.template.holes or facts.role(unit.path) is Role.TEST:
        return
    if _is_other_engine(file, unit):
        return
    for statement in unit.statements:
        for hole in statement.holes:
            taint = facts.taint(file, hole.node) if _is_value(statement, hole) else None
            if taint is None or taint.kind not in _SOURCES or not _is_text(file, hole, taint):
                continue
            yield _hit(facts, unit, statement, hole, taint)
            break


def _is_value(statement: Statement, hole: Hole) -> bool:
    """Whether a hole stands in a query or a change of rows, where a value or a condition belongs."""
    if hole.node is None or not (hole.quoted or hole.position == "value"):
        return False
    if statement.kind in _CHANGES:
        return True
    query = statement.query
    return query is not None and hole.start >= query.start


def _is_other_engine(file: PythonFile, unit: SqlUnit) -> bool:
    """Whether the SQL goes to DuckDB, Snowflake or the like, by the name of what runs it."""
    call = next((call for call, other in file.sql_units.items() if other is unit), None)
    receiver = file.text(call.func.value) if call is not None and isinstance(call.func, ast.Attribute) else ""
    return any(name in receiver.lower() for name in ("duck", "snow", "sqlite", "postgres", "ibis"))


def _is_text(file: PythonFile, hole: Hole, taint: Taint) -> bool:
    """Whether the value may be any text: a parameter only by its name, and not where its default is a number."""
    if taint.kind is not TaintKind.PARAMETER:
        return True
    return hole.quoted and _FREE_TEXT.search(taint.name.lower()) is not None and not _is_number(file, taint)


def _is_number(file: PythonFile, taint: Taint) -> bool:
    """Whether a parameter's default is a number, so that its callers give numbers."""
    arguments = next(parent for parent in file.ancestors(taint.node) if isinstance(parent, ast.arguments))
    plain = [*arguments.posonlyargs, *arguments.args]
    defaults: list[tuple[ast.arg, ast.expr | None]] = list(
        zip(reversed(plain), reversed(arguments.defaults), strict=False)
    )
    defaults += list(zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True))
    given = next((default for argument, default in defaults if argument is taint.node), None)
    return isinstance(given, ast.Constant) and isinstance(given.value, int | float)


def _hit(facts: Facts, unit: SqlUnit, statement: Statement, hole: Hole, taint: Taint) -> Hit:
    source = _SOURCES[taint.kind].format(taint.name)
    serious = facts.role(unit.path).is_serious
    severity = Severity.HIGH if taint.kind is not TaintKind.PARAMETER else Severity.MEDIUM
    place = "between quotes of" if hole.quoted else "as a piece of"
    return Hit(
        location=unit.location(hole.start, hole.end),
        message=f"{source} goes {place} this {statement.kind} unchecked, so its text can change the statement; write a "
        "parameter marker such as `:value` and pass it with `args=`",
        severity=severity if serious else severity.lowered(),
    )
