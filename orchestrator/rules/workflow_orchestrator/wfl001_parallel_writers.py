"""Two tasks of a job without an order between them write the same rows of one table.

What: two tasks of which neither waits for the other, directly or not, and whose files both rewrite one table: MERGE,
UPDATE or DELETE in one and MERGE in the other, or a full overwrite in one and any write in the other. Also a `for_each`
with `concurrency` above 1 whose task overwrites one and the same table in every turn.

Why: Delta lets one of two overlapping transactions win and stops the other with a concurrent-modification error, so the
job fails on some nights; a full overwrite undoes the other's rows, or not, by which task is faster that night.

Silent when: both append; a dependency orders them; they hang on opposite outcomes of one condition; each replaces only
a slice (REPLACE WHERE, partitions), or their conditions name different constants; both change rows by UPDATE or DELETE
alone; the tasks run the same file (with other parameters), or get different values for a parameter while the names
are not complete; a name's table is not known, or its schema is neither known nor a parameter that both tasks get.

Source: Databricks documentation, isolation levels and write conflicts.

Bad::

    # file: databricks.yml
    bundle:
      name: customers
    resources:
      jobs:
        nightly:
          tasks:
            - task_key: profile
              sql_task:
                file:
                  path: sql/profile.sql
            - task_key: loyalty
              sql_task:
                file:
                  path: sql/loyalty.sql
    # file: sql/profile.sql
    MERGE INTO gold.customers t USING silver.profiles s ON t.id = s.id WHEN MATCHED THEN UPDATE SET *;
    # file: sql/loyalty.sql
    MERGE INTO main.gold.customers t USING silver.loyalty s ON t.id = s.id WHEN MATCHED THEN UPDATE SET *;

Bad: an overwrite beside an append::

    # file: databricks.yml
    bundle:
      name: customers
    resources:
      jobs:
        nightly:
          tasks:
            - task_key: full
              notebook_task:
                notebook_path: src/full.py
            - task_key: extra
              spark_python_task:
                python_file: src/extra.py
    # file: src/full.py
    # Databricks notebook source
    df.write.mode("overwrite").saveAsTable(f"{catalog}.gold.customers")
    # file: src/extra.py
    df.write.mode("append").saveAsTable(f"{config.catalog}.gold.customers")

Bad: in a schema that both tasks get from the job::

    # file: databricks.yml
    bundle:
      name: customers
    resources:
      jobs:
        nightly:
          parameters:
            - name: schema
              default: gold
          tasks:
            - task_key: full
              notebook_task:
                notebook_path: src/full.py
            - task_key: extra
              notebook_task:
                notebook_path: src/extra.py
    # file: src/full.py
    # Databricks notebook source
    schema = dbutils.widgets.get("schema")
    df.write.mode("overwrite").saveAsTable(f"main.{schema}.customers")
    # file: src/extra.py
    # Databricks notebook source
    schema = dbutils.widgets.get("schema")
    df.write.mode("append").saveAsTable(f"main.{schema}.customers")

Bad: every turn overwrites what the others wrote::

    # file: databricks.yml
    bundle:
      name: customers
    resources:
      jobs:
        nightly:
          tasks:
            - task_key: regions
              for_each_task:
                inputs: '["eu", "us"]'
                concurrency: 2
                task:
                  task_key: region
                  spark_python_task:
                    python_file: src/region.py
    # file: src/region.py
    df.write.mode("overwrite").saveAsTable("main.gold.customers")

Good: in order::

    # file: databricks.yml
    bundle:
      name: customers
    resources:
      jobs:
        nightly:
          tasks:
            - task_key: profile
              sql_task:
                file:
                  path: sql/profile.sql
            - task_key: check
              depends_on:
                - task_key: profile
              notebook_task:
                notebook_path: src/check.py
            - task_key: loyalty
              depends_on:
                - task_key: check
              sql_task:
                file:
                  path: sql/loyalty.sql
    # file: sql/profile.sql
    MERGE INTO gold.customers t USING silver.profiles s ON t.id = s.id WHEN MATCHED THEN UPDATE SET *;
    # file: sql/loyalty.sql
    MERGE INTO gold.customers t USING silver.loyalty s ON t.id = s.id WHEN MATCHED THEN UPDATE SET *;

Good: appends, slices, and other tables::

    # file: databricks.yml
    bundle:
      name: customers
    resources:
      jobs:
        nightly:
          tasks:
            - task_key: eu
              sql_task:
                file:
                  path: sql/eu.sql
            - task_key: us
              sql_task:
                file:
                  path: sql/us.sql
    # file: sql/eu.sql
    INSERT INTO gold.events SELECT * FROM silver.eu;
    INSERT INTO gold.sales REPLACE WHERE region = 'eu' SELECT * FROM silver.eu;
    MERGE INTO gold.customers t USING silver.eu s ON t.id = s.id AND t.region = 'eu' WHEN MATCHED THEN UPDATE SET *;
    INSERT OVERWRITE gold.eu SELECT * FROM silver.eu;
    MERGE INTO eu.gold.all t USING silver.eu s ON t.id = s.id WHEN MATCHED THEN UPDATE SET *;
    # file: sql/us.sql
    INSERT INTO gold.events SELECT * FROM silver.us;
    INSERT INTO gold.sales REPLACE WHERE region = 'us' SELECT * FROM silver.us;
    MERGE INTO gold.customers t USING silver.us s ON t.id = s.id AND t.region = 'us' WHEN MATCHED THEN UPDATE SET *;
    INSERT OVERWRITE gold.us SELECT * FROM silver.us;
    MERGE INTO us.gold.all t USING silver.us s ON t.id = s.id WHEN MATCHED THEN UPDATE SET *;

Good: one or the other::

    # file: databricks.yml
    bundle:
      name: customers
    resources:
      jobs:
        nightly:
          tasks:
            - task_key: is_full
              condition_task:
                left: "{{job.parameters.full}}"
                op: EQUAL_TO
                right: "true"
            - task_key: full
              depends_on:
                - task_key: is_full
                  outcome: "true"
              notebook_task:
                notebook_path: src/full.py
            - task_key: delta
              depends_on:
                - task_key: is_full
                  outcome: "false"
              notebook_task:
                notebook_path: src/delta.py
    # file: src/full.py
    # Databricks notebook source
    df.write.mode("overwrite").saveAsTable("main.gold.customers")
    # file: src/delta.py
    # Databricks notebook source
    df.write.mode("append").saveAsTable("main.gold.customers")

Good: one file, or other values for what the names leave open::

    # file: databricks.yml
    bundle:
      name: customers
    resources:
      jobs:
        nightly:
          tasks:
            - task_key: eu
              notebook_task:
                notebook_path: src/region.py
                base_parameters:
                  catalog: eu
            - task_key: us
              notebook_task:
                notebook_path: src/region.py
                base_parameters:
                  catalog: us
            - task_key: apac
              notebook_task:
                notebook_path: src/apac.py
                base_parameters:
                  catalog: apac
    # file: src/region.py
    # Databricks notebook source
    df.write.mode("overwrite").saveAsTable(f"{catalog}.gold.customers")
    # file: src/apac.py
    # Databricks notebook source
    df.write.mode("overwrite").saveAsTable(f"{catalog}.gold.customers")

Good: in schemas of which nothing is known, and slices that only the run knows::

    # file: databricks.yml
    bundle:
      name: customers
    resources:
      jobs:
        nightly:
          tasks:
            - task_key: one
              notebook_task:
                notebook_path: src/one.py
            - task_key: two
              notebook_task:
                notebook_path: src/two.py
    # file: src/one.py
    # Databricks notebook source
    schema = schema_of("orders")
    df.write.mode("overwrite").saveAsTable(f"main.{schema}.customers")
    df.write.mode("overwrite").option("replaceWhere", eu).saveAsTable("main.gold.sales")
    spark.sql("INSERT OVERWRITE main.gold.visits PARTITION (region) SELECT * FROM eu_visits")
    # file: src/two.py
    # Databricks notebook source
    schema = schema_of("returns")
    df.write.mode("append").saveAsTable(f"main.{schema}.customers")
    df.write.mode("overwrite").option("replaceWhere", us).saveAsTable("main.gold.sales")
    spark.sql("INSERT OVERWRITE main.gold.visits PARTITION (region) SELECT * FROM us_visits")

Good: by partitions::

    # file: databricks.yml
    bundle:
      name: customers
    resources:
      jobs:
        nightly:
          tasks:
            - task_key: one
              notebook_task:
                notebook_path: src/one.py
            - task_key: two
              notebook_task:
                notebook_path: src/two.py
    # file: src/one.py
    # Databricks notebook source
    spark.conf.set("spark.sql.sources.partitionOverwriteMode", "dynamic")
    df.write.mode("overwrite").saveAsTable("main.gold.sales")
    # file: src/two.py
    # Databricks notebook source
    spark.conf.set("spark.sql.sources.partitionOverwriteMode", "dynamic")
    df.write.mode("overwrite").saveAsTable("main.gold.sales")

Good: a turn for each table, one after the other::

    # file: databricks.yml
    bundle:
      name: customers
    resources:
      jobs:
        nightly:
          tasks:
            - task_key: tables
              for_each_task:
                inputs: '["eu", "us"]'
                concurrency: 5
                task:
                  task_key: table
                  spark_python_task:
                    python_file: src/table.py
            - task_key: regions
              for_each_task:
                inputs: '["eu", "us"]'
                task:
                  task_key: region
                  spark_python_task:
                    python_file: src/region.py
    # file: src/table.py
    df.write.mode("overwrite").saveAsTable(f"main.gold.{name}")
    # file: src/region.py
    df.write.mode("overwrite").saveAsTable("main.gold.customers")
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from orchestrator.code.facts import Facts
from orchestrator.code.roles import role_of
from orchestrator.rules.rule import Hit, Rule, Severity
from orchestrator.rules.workflow_orchestrator._collisions import collisions
from orchestrator.rules.workflow_orchestrator._order import Order, shared_values
from orchestrator.rules.workflow_orchestrator._writers import Writer, writers_by_path

if TYPE_CHECKING:
    from orchestrator.code.bundle import Bundle, Job, Task

RULE = Rule(
    id="WFL001",
    name="parallel-writers",
    severity=Severity.HIGH,
    default=False,
    references=("https://docs.databricks.com/aws/en/optimizations/isolation-level",),
)
Writers = Mapping[str, tuple[Writer, ...]]


@RULE.on_bundle
def check(bundle: Bundle, facts: Facts) -> Iterator[Hit]:
    """Each task that collides with an earlier one, once for all targets."""
    jobs = [job for target in bundle.targets for job in target.jobs]
    if not any(len(job.all_tasks) > 1 for job in jobs):
        return
    writers = writers_by_path(facts)
    severity = Severity.HIGH if role_of(bundle.path).is_serious else Severity.MEDIUM
    seen: set[tuple[str, str]] = set()
    for job in jobs:
        for task, message in (*_parallel(job, writers), *_repeated(job, writers)):
            if (job.key, task.key) in seen:
                continue
            seen.add((job.key, task.key))
            yield Hit(
                location=task.key_location("task_key"),
                message=message,
                severity=severity,
                symbol=f"{job.key}.{task.key}",
            )


def _parallel(job: Job, writers: Writers) -> Iterator[tuple[Task, str]]:
    order = Order.of(job)
    writing = [task for task in job.tasks if task.path in writers]
    for at, task in enumerate(writing):
        for other in writing[:at]:
            if task.path == other.path or order.is_fixed(task.key, other.key):
                continue
            pair = _first(job, task, other, writers)
            if pair is None:
                continue
            message = (
                f"tasks `{other.key}` and `{task.key}` have no order and both write `{pair[0].name}` ({pair[1]}, "
                f"{pair[0]}): when they overlap one fails or undoes the other; add `depends_on` to one of them"
            )
            yield task, message
            break


def _first(job: Job, task: Task, other: Task, writers: Writers) -> tuple[Writer, Writer] | None:
    same = shared_values(job, task, other)
    for mine, yours in collisions(writers[task.path or ""], writers[other.path or ""]):
        if mine.is_complete and yours.is_complete:
            return mine, yours
        if all(same.values()) and (mine.schema_hole is None or mine.schema_hole in same):
            return mine, yours
    return None


def _repeated(job: Job, writers: Writers) -> Iterator[tuple[Task, str]]:
    for task in job.tasks:
        turns = task.body.integer("concurrency") if task.body is not None else None
        if task.inner is None or turns is None or turns < 2:
            continue
        known = (each for each in writers.get(task.inner.path or "", ()) if not {"{", ":"} & set(each.name))
        writer = next((each for each in known if each.replaces_all), None)
        if writer is None:
            continue
        message = (
            f"`{task.key}` runs {turns} turns at once and each replaces all of `{writer.name}` ({writer}), so only the "
            "last one's rows stay; replace the turn's own slice"
        )
        yield task, message
