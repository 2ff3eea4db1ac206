"""VACUUM that keeps less than seven days removes files which readers and writers still need.

What: `VACUUM ... RETAIN n HOURS` or `DeltaTable.vacuum(n)` with a constant n below 168, and switching off
`spark.databricks.delta.retentionDurationCheck.enabled`, the check that refuses such a VACUUM.

Why: files of running transactions and of versions that a slow reader, a stream or time travel still uses are deleted
for good. Queries fail, and a write that was under way can leave a table which points at files that are gone.

Severity: critical for a VACUUM; high for the switch alone, which deletes nothing yet; low for a switch in a file whose
every VACUUM keeps seven days, so that it is not even needed. Medium at most in demos and explorations.

Silent when: it is a DRY RUN, which removes nothing; the number of hours is not constant; the file is a test or set-up
code; the file reads old versions too, as lessons on time travel do; it says that it erases personal data, which must
not outlive the request. A file that does both is reported once, at its VACUUM.

Source: Databricks SQL reference, VACUUM: the warning on retention and the safety check.

Bad::

    # file: src/cleanup.sql
    VACUUM main.silver.orders RETAIN 24 HOURS;

Bad: a constant in an f-string::

    KEEP_HOURS = 2 * 24
    spark.conf.set("spark.databricks.delta.retentionDurationCheck.enabled", "false")
    for table in tables:
        spark.sql(f"VACUUM {table} RETAIN {KEEP_HOURS} HOURS")

Bad::

    from delta.tables import DeltaTable

    DeltaTable.forName(spark, "main.silver.orders").vacuum(0)

Bad: the check is off for whatever number a caller passes::

    def clean(spark, table, hours):
        spark.conf.set("spark.databricks.delta.retentionDurationCheck.enabled", False)
        spark.sql(f"VACUUM {table} RETAIN {hours} HOURS")

Bad::

    # file: src/cleanup.sql
    SET spark.databricks.delta.retentionDurationCheck.enabled = false;
    VACUUM main.silver.orders;

Bad: for every task on the cluster::

    # file: databricks.yml
    bundle:
      name: shop
    resources:
      jobs:
        nightly:
          job_clusters:
            - job_cluster_key: main
              new_cluster:
                spark_version: 17.3.x-scala2.13
                num_workers: 2
                spark_conf:
                  spark.databricks.delta.retentionDurationCheck.enabled: "false"

Good::

    # file: src/cleanup.sql
    VACUUM main.silver.orders;
    VACUUM main.silver.customers RETAIN 168 HOURS;
    VACUUM main.silver.web_events RETAIN 720 HOURS;

Good: nothing is removed::

    # file: src/cleanup.sql
    SET spark.databricks.delta.retentionDurationCheck.enabled = false;
    VACUUM main.silver.orders RETAIN 0 HOURS DRY RUN;

Good: the check is switched on again::

    spark.conf.set("spark.databricks.delta.retentionDurationCheck.enabled", "true")

Good: the caller decides, and the safety check still stands::

    def clean(spark, table, hours=168):
        spark.sql(f"VACUUM {table} RETAIN {hours} HOURS")

Good: another library, which lists files unless told otherwise::

    from deltalake import DeltaTable

    DeltaTable("/data/orders").vacuum(24)

Good: a test of the clean-up itself::

    # file: tests/test_cleanup.py
    spark.sql("VACUUM orders RETAIN 0 HOURS")

Good: a lesson on time travel::

    # file: notebooks/movies.py
    spark.sql("SELECT * FROM demo.movies VERSION AS OF 1").show()
    spark.sql("VACUUM demo.movies RETAIN 0 HOURS")

Good: personal data has to go at once::

    # file: src/erase.py
    # Erasure on request (GDPR, article 17): the old files go with the rows.
    spark.sql("DELETE FROM main.silver.people WHERE id = :id", args={"id": person})
    spark.sql("VACUUM main.silver.people RETAIN 0 HOURS")

Good: set-up code of a course::

    # file: scripts/lab_setup.py
    spark.sql("VACUUM sandbox.orders RETAIN 0 HOURS")
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.roles import Role
from orchestrator.rules.delta_lake_expert._vacuum import VacuumUse, python_vacuums, sql_vacuums
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.bundle import Bundle
    from orchestrator.code.facts import Facts
    from orchestrator.code.python import PythonFile
    from orchestrator.code.source import SourceFile
    from orchestrator.code.sql import SqlUnit
    from orchestrator.types import Location

RULE = Rule(
    id="DEL001",
    name="vacuum-under-168h",
    severity=Severity.CRITICAL,
    default=True,
    references=("https://docs.databricks.com/aws/en/sql/language-manual/delta-vacuum",),
)
_SWITCH = "spark.databricks.delta.retentiondurationcheck.enabled"
_MEANT = re.compile(
    r"version\s+as\s+of|timestamp\s+as\s+of|versionasof|timestampasof|gdpr|ccpa|right to be forgotten|erasure",
    re.IGNORECASE,
)
"""Lessons on time travel, and erasure under privacy law: there the old files are to go."""


@RULE.on_sql
def check_sql(unit: SqlUnit, facts: Facts) -> Iterator[Hit]:
    """Every short VACUUM of the unit; without one, every SET that switches the check off."""
    text = unit.template.text.lower()
    if ("vacuum" not in text and _SWITCH not in text) or _is_meant(unit.source, facts):
        return
    yield from (_short(use, facts, unit.path) for use in sql_vacuums(unit, facts) if use.is_short)
    if _SWITCH in text and not _is_settled(unit.path, facts):
        yield from _switched_in_sql(unit, facts)


@RULE.on_python
def check_python(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Every short `DeltaTable.vacuum`; without one, every setting that switches the check off."""
    lowered = file.source.text.lower()
    if ("vacuum" not in lowered and _SWITCH not in lowered) or _is_meant(file.source, facts):
        return
    yield from (_short(use, facts, file.path) for use in python_vacuums(file) if use.is_short)
    if _SWITCH not in lowered or _is_settled(file.path, facts):
        return
    for call in file.calls_named("set", "config"):
        key = file.string(call.argument(0, "key"))
        value = file.constant(call.argument(1, "value"))
        if key is not None and key.lower() == _SWITCH and str(value).lower() == "false":
            yield _off(file.call_location(call), facts, file.path)


def _is_meant(source: SourceFile, facts: Facts) -> bool:
    """Whether old files go on purpose, or nothing that lasts can be hurt."""
    role = facts.role(source.path)
    prepares = role is Role.SETUP and "setup" in source.path.lower()
    return role is Role.TEST or prepares or _MEANT.search(source.text) is not None


@RULE.on_bundle
def check_bundle(bundle: Bundle, _facts: Facts) -> Iterator[Hit]:
    """Every cluster whose Spark configuration switches the check off, once for all targets."""
    for target in bundle.targets:
        for key, compute in target.computes():
            conf = compute.spark_conf
            name = next((name for name in conf or () if name.lower() == _SWITCH), None)
            if conf is not None and name is not None and conf.boolean(name) is False:
                yield Hit(
                    location=conf.key_location(name),
                    message=f"the cluster of `{key}` lets every VACUUM remove files that are in use: the check on "
                    "retention is off; remove the setting",
                    severity=Severity.HIGH,
                    symbol=key,
                )


def _switched_in_sql(unit: SqlUnit, facts: Facts) -> Iterator[Hit]:
    from orchestrator.code.sql import SetConf

    for statement in unit.statements:
        details = statement.details if statement.kind == "SET" else None
        if isinstance(details, SetConf) and details.key.lower() == _SWITCH and (details.value or "").lower() == "false":
            yield _off(statement.location(), facts, unit.path)


def _is_settled(path: str, facts: Facts) -> bool:
    """Whether a short VACUUM of the file is reported anyway, or all that the file runs are dry runs."""
    uses = list(_uses(path, facts))
    return any(use.is_short for use in uses) or (bool(uses) and all(use.dry_run for use in uses))


def _uses(path: str, facts: Facts) -> Iterator[VacuumUse]:
    file = facts.project.python_by_path.get(path)
    if file is not None:
        yield from python_vacuums(file)
        for unit in file.sql_units.values():
            yield from sql_vacuums(unit, facts)
    for unit in facts.project.sql:
        if unit.path == path:
            yield from sql_vacuums(unit, facts)


def _short(use: VacuumUse, facts: Facts, path: str) -> Hit:
    hours = f"{use.hours:g} hours" if use.hours != 1 else "1 hour"
    return Hit(
        location=use.location,
        message=f"VACUUM of {use.table} keeps {hours}: files that running queries, streams and time travel need are "
        "deleted; keep at least 168 hours, or leave RETAIN out",
        severity=_severity(facts, path),
    )


def _off(location: Location, facts: Facts, path: str) -> Hit:
    uses = list(_uses(path, facts))
    needless = bool(uses) and all(use.hours is not None for use in uses)
    severity = Severity.LOW if needless else Severity.HIGH
    return Hit(
        location=location,
        message="this switches off the check that stops a VACUUM from removing files that are in use; leave it on"
        + (": the VACUUM here passes it" if needless else " and keep at least 168 hours"),
        severity=severity if facts.role(path).is_serious or needless else Severity.MEDIUM,
    )


def _severity(facts: Facts, path: str) -> Severity:
    return RULE.severity if facts.role(path).is_serious else Severity.MEDIUM
