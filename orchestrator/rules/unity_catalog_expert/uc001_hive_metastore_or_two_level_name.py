"""A table is named in the Hive metastore, or without its catalog.

What: a table of `hive_metastore` that is read or written, `USE CATALOG hive_metastore`, and a scheduled task that
writes a table named without a catalog where nothing in the project chooses one and other tables do have theirs.

Why: the Hive metastore has no grants that Unity Catalog knows, no lineage and no audit, and new accounts lack it. A
name without a catalog means whatever the workspace, cluster or warehouse defaults to, so that the same code writes to
two tables in two places.

Silent when: the code moves tables out of the Hive metastore (CLONE, SYNC, a file called migrate or upgrade), drops or
describes them; it is a test; the name is a temporary view's, a path's, or built of a variable, which may hold a
catalog; a catalog or schema is chosen anywhere in the project (`USE`, `setCurrentCatalog`, the cluster's setting); or a
declarative pipeline, which has a catalog of its own, runs the file.

Source: Databricks documentation, working with the legacy Hive metastore alongside Unity Catalog.

Bad::

    # file: sql/campaign.sql
    CREATE OR REPLACE TABLE main.gold.campaign AS
    SELECT r.id, c.label FROM main.silver.responses AS r JOIN hive_metastore.crm.codes AS c ON c.code = r.code;

Bad::

    codes = spark.table("hive_metastore.crm.codes")

Bad::

    spark.sql("USE CATALOG hive_metastore")

Bad: no catalog, in a task of a project that has catalogs::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        nightly:
          schedule:
            quartz_cron_expression: 0 0 5 * * ?
            timezone_id: UTC
          tasks:
            - task_key: load
              spark_python_task:
                python_file: src/load.py
    # file: src/load.py
    orders = spark.table("main.bronze.orders")
    orders.dropDuplicates(["id"]).write.mode("overwrite").saveAsTable("silver.orders")

Good::

    codes = spark.table("main.crm.codes")

Good: on the way out::

    # file: sql/out.sql
    CREATE TABLE main.crm.codes DEEP CLONE hive_metastore.crm.codes;
    DROP TABLE hive_metastore.crm.codes;

Good: a migration::

    # file: migrations/upgrade_crm.py
    spark.table("hive_metastore.crm.codes").write.saveAsTable("main.crm.codes")

Good: the catalog is chosen::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        nightly:
          schedule:
            quartz_cron_expression: 0 0 5 * * ?
            timezone_id: UTC
          tasks:
            - task_key: load
              spark_python_task:
                python_file: src/load.py
    # file: src/load.py
    spark.catalog.setCurrentCatalog("main")
    orders = spark.table("main.bronze.orders")
    orders.dropDuplicates(["id"]).write.mode("overwrite").saveAsTable("silver.orders")

Good: a test::

    # file: tests/test_codes.py
    def test_codes(spark):
        assert spark.table("hive_metastore.crm.codes").count() == 3
    # file: tests/codes.sql
    SELECT * FROM hive_metastore.crm.codes;

Good: a text that is no table::

    METASTORE = "hive_metastore"
    spark.table("main.crm.codes").where("origin = 'hive_metastore'")

Good: no task of a bundle that has a task writes it::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        nightly:
          tasks:
            - task_key: load
              spark_python_task:
                python_file: src/load.py
    # file: src/load.py
    orders = spark.table("main.bronze.orders")
    orders.dropDuplicates(["id"]).write.mode("overwrite").saveAsTable("silver.orders")

Good: no task, or a name built elsewhere::

    schema = dbutils.widgets.get("schema")
    spark.table("main.bronze.orders").write.saveAsTable(f"{schema}.orders")
    spark.table("main.bronze.orders").write.saveAsTable("silver.orders")
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.roles import Role
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.python import PythonFile
    from orchestrator.code.sql import SqlUnit
    from orchestrator.code.tables import TableUse
    from orchestrator.types import Location

RULE = Rule(
    id="UC001",
    name="hive-metastore-or-two-level-name",
    severity=Severity.MEDIUM,
    default=True,
    references=("https://docs.databricks.com/aws/en/data-governance/unity-catalog/hive-metastore",),
)
_HIVE = "hive_metastore"
_LEAVING = re.compile(r"migrat|upgrade|ucx|cutover|decommission|legacy_copy", re.IGNORECASE)
_REMOVING = frozenset({"CLONE", "DROP TABLE", "DROP VIEW", "DROP SCHEMA", "DESCRIBE", "SHOW", ""})
_READERS = ("table", "saveAsTable", "insertInto", "forName", "toTable", "writeTo", "setCurrentCatalog")
_CHOOSING = tuple(
    re.compile(pattern)
    for pattern in (
        r"use\s+(?:catalog|schema|database)\b",
        r"setcurrentcatalog",
        r"setcurrentdatabase",
        r"initial\.catalog",
        r"use\s+[\w{`$.]+[\"'\s;]",
        r"catalog\s*=\s*[\"']\w+[\"']",
    )
)
"""Ways to choose a catalog, on text in lower case; each begins with a letter, which makes the search fast."""
_PARTS = 3


@RULE.on_sql
def check_sql(unit: SqlUnit, facts: Facts) -> Iterator[Hit]:
    """Tables of the Hive metastore in statements that are there to stay."""
    if _HIVE not in unit.template.text.lower() or not _stays(facts, unit.path):
        return
    seen: set[str] = set()
    for statement in unit.statements:
        if statement.kind == "USE CATALOG" and _HIVE in statement.text.lower():
            yield _hive(facts, statement.location(), f"{statement.text[:60]}` makes every short name one")
        for name in (*statement.reads, *statement.writes) if statement.kind not in _REMOVING else ():
            if name.catalog == _HIVE and name.qualified not in seen:
                seen.add(name.qualified)
                shown = unit.template.source_of(name.start, name.end)
                yield _hive(facts, unit.location(name.start, name.end), f"{shown}` is")


@RULE.on_python
def check_python(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Tables of the Hive metastore in reads and writes of Python."""
    if _HIVE not in file.source.text or not _stays(facts, file.path):
        return
    seen: set[str] = set()
    for call in file.calls_named(*_READERS):
        places = (0, 1) if call.name == "forName" else (0,)
        for name in (file.pattern(call.argument(place, "tableName")) or "" for place in places):
            if name.replace("`", "").lower().startswith((f"{_HIVE}.", _HIVE)) and name not in seen:
                seen.add(name)
                yield _hive(facts, file.call_location(call), f"{name}` is")


@RULE.on_project
def check_names(facts: Facts) -> Iterator[Hit]:
    """The first write of each scheduled file to a name without a catalog, where nothing chooses one."""
    if not facts.project.bundles:
        return
    writes = [use for use in facts.tables.uses if use.use.writes and _is_plain(use)]
    full = next((use for use in writes if len(use.parts) == _PARTS), None) or next(
        (use for use in facts.tables.uses if len(use.parts) == _PARTS and _is_plain(use)), None
    )
    if full is None or any(_chooses(source.text.lower()) for source in facts.project.sources):
        return
    seen: set[str] = set()
    for use in writes:
        path = use.location.path
        if len(use.parts) == _PARTS or path in seen or not _is_scheduled(facts, path):
            continue
        seen.add(path)
        yield Hit(
            location=use.location,
            message=f"`{use.name}` has no catalog, and nothing in the project chooses one, so the task writes to the "
            f"default of wherever it runs; name the catalog, as `{full.name}` does",
            severity=Severity.LOW,
        )


def _stays(facts: Facts, path: str) -> bool:
    return facts.role(path) is not Role.TEST and _LEAVING.search(path) is None


def _hive(facts: Facts, location: Location, what: str) -> Hit:
    return Hit(
        location=location,
        message=f"`{what} in the Hive metastore, outside of Unity Catalog's grants, lineage and audit; upgrade the "
        "table and use its new name",
        severity=Severity.MEDIUM if facts.role(location.path).is_serious else Severity.LOW,
    )


def _is_plain(use: TableUse) -> bool:
    """Whether a name is written out and names a catalog object."""
    return not any(mark in use.name for mark in "{}/:$ ") and use.parts[0] not in {_HIVE, "global_temp", "system"}


def _is_scheduled(facts: Facts, path: str) -> bool:
    bindings = facts.bindings(path)
    return any(binding.scheduled and binding.task is not None for binding in bindings) and not (
        facts.is_pipeline_source(path)
    )


def _chooses(text: str) -> bool:
    return any(pattern.search(text) for pattern in _CHOOSING)
