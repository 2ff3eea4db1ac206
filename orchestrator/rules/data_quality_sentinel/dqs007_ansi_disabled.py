"""ANSI mode is switched off, so values that cannot be cast become NULL without a word.

What: `spark.sql.ansi.enabled` set to false in Python, in SQL (`SET`), or in the Spark configuration of a bundle's
compute; the same for `ansi_mode` in SQL.

Why: with ANSI mode on, which is the default of serverless compute, SQL warehouses and Spark 4, a bad number stops the
run. Switched off, `'12,5'` becomes NULL, an overflow wraps round and a missing array element is NULL: the table is
written, and nobody learns which rows were lost.

Silent when: a comment on the line or right above gives a reason; the file uses pandas on Spark, which asks for it; the
file is a test, an example or an exploration.

Opt-in: a migration may need the old behaviour for a time, which the code does not always say.

Source: Databricks documentation, ANSI compliance in Databricks Runtime; Spark 4 migration guide.

Bad::

    spark.conf.set("spark.sql.ansi.enabled", "false")
    amounts = spark.table("main.bronze.orders").selectExpr("cast(amount as decimal(12,2)) as amount")

Bad: when the session is made::

    from pyspark.sql import SparkSession

    spark = SparkSession.builder.config("spark.sql.ansi.enabled", False).getOrCreate()

Bad: in SQL::

    # file: src/load.sql
    SET spark.sql.ansi.enabled = false;
    INSERT INTO main.silver.orders SELECT cast(amount AS DECIMAL(12, 2)) FROM main.bronze.orders;

Bad: the parameter of a warehouse::

    # file: src/load.sql
    SET ANSI_MODE = FALSE;
    INSERT INTO main.silver.orders SELECT cast(amount AS DECIMAL(12, 2)) FROM main.bronze.orders;

Bad: for a whole cluster::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        load:
          job_clusters:
            - job_cluster_key: main
              new_cluster:
                spark_version: 17.3.x-scala2.13
                spark_conf:
                  spark.sql.ansi.enabled: "false"

Good: one value may fail::

    amounts = spark.table("main.bronze.orders").selectExpr("try_cast(amount as decimal(12,2)) as amount")
    spark.conf.set("spark.sql.ansi.enabled", "true")

Good: with a reason::

    # The legacy feed sends '' for no amount; goes when feed v2 is there.
    spark.conf.set("spark.sql.ansi.enabled", "false")

Good: pandas on Spark::

    import pyspark.pandas as ps

    spark.conf.set("spark.sql.ansi.enabled", "false")
    frame = ps.read_table("main.bronze.orders")

Good: a test::

    # file: tests/test_casts.py
    def test_old_casts(spark):
        spark.conf.set("spark.sql.ansi.enabled", "false")
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.reasons import has_reason
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.bundle import Bundle
    from orchestrator.code.facts import Facts
    from orchestrator.code.python import PythonFile
    from orchestrator.code.sql import SqlUnit
    from orchestrator.types import Location

RULE = Rule(
    id="DQS007",
    name="ansi-disabled",
    severity=Severity.MEDIUM,
    default=False,
    references=("https://docs.databricks.com/aws/en/sql/language-manual/sql-ref-ansi-compliance",),
)
_SETTING = "spark.sql.ansi.enabled"
_PANDAS = ("pandas_api", "pyspark.pandas")
_NAMES = frozenset({_SETTING, "ansi_mode"})


@RULE.on_python
def check_python(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Every call that switches the mode off."""
    text = file.source.text
    if _SETTING not in text or any(sign in text for sign in _PANDAS) or not facts.role(file.path).is_serious:
        return
    for call in file.calls_named("set", "config"):
        value = call.argument(1, "value")
        if file.string(call.argument(0, "key")) != _SETTING or value is None:
            continue
        if str(file.constant(value)).lower() == "false" and not has_reason(file.source.lines, call.node.lineno):
            yield _hit(file.call_location(call))


@RULE.on_sql
def check_sql(unit: SqlUnit, facts: Facts) -> Iterator[Hit]:
    """Every SET that switches the mode off."""
    from orchestrator.code.sql import SetConf

    lowered = unit.template.text.lower()
    if not any(name in lowered for name in _NAMES) or not facts.role(unit.path).is_serious:
        return
    for statement in unit.statements:
        details = statement.details if statement.kind == "SET" else None
        if isinstance(details, SetConf) and details.key.lower() in _NAMES and (details.value or "").lower() == "false":
            yield _hit(unit.location(statement.start, statement.end))


@RULE.on_bundle
def check_bundle(bundle: Bundle, facts: Facts) -> Iterator[Hit]:
    """Every Spark configuration that switches the mode off, once for all targets."""
    seen: set[Location] = set()
    for target in bundle.targets if facts.role(bundle.path).is_serious else ():
        for _, compute in target.computes():
            conf = compute.spark_conf
            if conf is not None and conf.boolean(_SETTING) is False and conf.key_location(_SETTING) not in seen:
                seen.add(conf.key_location(_SETTING))
                yield _hit(conf.key_location(_SETTING))


def _hit(location: Location) -> Hit:
    return Hit(
        location=location,
        message="with ANSI mode off a value that cannot be cast becomes NULL and nothing tells; leave it on and use "
        "`try_cast` where a value may be bad",
    )
