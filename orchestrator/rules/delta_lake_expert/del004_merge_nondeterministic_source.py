'''A merge whose source can hold a key twice fails, or updates the row with whichever version comes last.

What: `MERGE ... WHEN MATCHED` (in SQL or through `DeltaTable`) whose source shows in the code that a key may stand in
it more than once: a union, a micro-batch, a change feed, exploded arrays, files, or a table that is only appended to.

Why: when two source rows match one target row, Delta stops with DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE.
Where a condition lets one of them through, the result depends on the data of the day.

Silent when: something on the way makes keys unique (dropDuplicates, distinct, GROUP BY, a window function, a step
whose name says so) or hides whether it does, unless it makes other columns unique than those of the condition, is
never used, or ranks a union so that rows which tie share the first place; there is no WHEN MATCHED, or it only
deletes; a key is declared; the source is the caller's; the batch is of a stream that aggregates; a union repeats rows
with a null key, which is how a history is written; it is a test.

Source: Delta Lake documentation, "Upsert into a table using merge": the note on several matching source rows.

Bad::

    # file: src/load.sql
    MERGE INTO main.silver.customers AS t
    USING (
      SELECT * FROM main.bronze.crm_customers
      UNION ALL
      SELECT * FROM main.bronze.web_customers
    ) AS s
    ON t.customer_id = s.customer_id
    WHEN MATCHED THEN UPDATE SET *
    WHEN NOT MATCHED THEN INSERT *;

Bad::

    from functools import reduce

    from delta.tables import DeltaTable

    def save(spark, frames):
        links = reduce(DataFrame.unionByName, frames)
        target = DeltaTable.forName(spark, "main.silver.links")
        target.alias("t").merge(links.alias("s"), "t.id = s.id").whenMatchedUpdateAll().execute()

Bad: a micro-batch as it comes::

    from delta.tables import DeltaTable

    def upsert(batch, batch_id):
        target = DeltaTable.forName(batch.sparkSession, "main.silver.orders")
        (
            target.alias("t")
            .merge(batch.alias("s"), "t.order_id = s.order_id")
            .whenMatchedUpdateAll()
            .whenNotMatchedInsertAll()
            .execute()
        )

Bad: unique, but by another column::

    from delta.tables import DeltaTable

    def save(spark):
        people = spark.read.table("main.silver.web").unionByName(spark.read.table("main.silver.app"))
        people = people.dropDuplicates(["email"])
        target = DeltaTable.forName(spark, "main.silver.customers")
        target.alias("t").merge(people.alias("s"), "t.customer_id = s.customer_id").whenMatchedUpdateAll().execute()

Bad: the newest rows are found, and all are merged::

    from delta.tables import DeltaTable

    def upsert(batch, batch_id):
        order = Window.partitionBy("order_id").orderBy(F.desc("changed_at"))
        newest = batch.withColumn("place", F.row_number().over(order)).where("place = 1")
        target = DeltaTable.forName(batch.sparkSession, "main.silver.orders")
        target.alias("t").merge(batch.alias("s"), "t.order_id = s.order_id").whenMatchedUpdateAll().execute()

Bad: rows that tie are both first::

    # file: src/load.sql
    MERGE INTO main.silver.accounts AS t
    USING (
      SELECT * FROM (SELECT * FROM main.bronze.accounts_eu UNION ALL SELECT * FROM main.bronze.accounts_us)
      QUALIFY rank() OVER (PARTITION BY account_id ORDER BY changed_at DESC) = 1
    ) AS s
    ON t.account_id = s.account_id
    WHEN MATCHED THEN UPDATE SET *;

Bad: a change feed::

    def publish(spark):
        changes = spark.read.option("readChangeFeed", "true").option("startingVersion", 5).table("main.silver.orders")
        changes.createOrReplaceTempView("changes")
        spark.sql("""
            MERGE INTO main.gold.orders AS t USING changes AS s ON t.order_id = s.order_id
            WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *
        """)

Good: one row a key::

    # file: src/load.sql
    MERGE INTO main.silver.customers AS t
    USING (
      SELECT * FROM main.bronze.crm_customers
      QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY updated_at DESC, file_name) = 1
    ) AS s
    ON t.customer_id = s.customer_id
    WHEN MATCHED THEN UPDATE SET *;

Good::

    # file: src/load.sql
    MERGE INTO main.gold.totals AS t
    USING (SELECT customer_id, sum(amount) AS amount FROM main.bronze.orders GROUP BY customer_id) AS s
    ON t.customer_id = s.customer_id
    WHEN MATCHED THEN UPDATE SET *;

Good: only new rows are inserted::

    # file: src/load.sql
    MERGE INTO main.silver.events AS t
    USING (SELECT * FROM main.bronze.a UNION ALL SELECT * FROM main.bronze.b) AS s
    ON t.event_id = s.event_id
    WHEN NOT MATCHED THEN INSERT *;

Good: deleting a row twice is deleting it::

    # file: src/load.sql
    MERGE INTO main.silver.customers AS t
    USING (SELECT id FROM main.bronze.erased UNION ALL SELECT id FROM main.bronze.merged) AS s
    ON t.id = s.id
    WHEN MATCHED THEN DELETE;

Good: the condition's column is computed from the columns that are unique::

    from delta.tables import DeltaTable

    def save(spark):
        lines = spark.read.table("main.silver.web").unionByName(spark.read.table("main.silver.app"))
        lines = lines.dropDuplicates(["order_id", "line"]).withColumn("line_key", F.concat("order_id", "line"))
        target = DeltaTable.forName(spark, "main.silver.lines")
        target.alias("t").merge(lines.alias("s"), "t.line_key = s.line_key").whenMatchedUpdateAll().execute()

Good: a helper makes keys unique::

    from delta.tables import DeltaTable

    def upsert(batch, batch_id):
        updates = latest_per_key(batch, ["order_id"])
        target = DeltaTable.forName(batch.sparkSession, "main.silver.orders")
        target.alias("t").merge(updates.alias("s"), "t.order_id = s.order_id").whenMatchedUpdateAll().execute()

Good: the caller's frame::

    from delta.tables import DeltaTable

    def merge(spark, updates, table):
        DeltaTable.forName(spark, table).merge(updates, "id = updates.id").whenMatchedUpdateAll().execute()

Good: a history, whose new versions have a null key::

    # file: src/history.sql
    MERGE INTO main.silver.customer_history AS t
    USING (
      SELECT customer_id AS merge_key, * FROM main.silver.updates
      UNION ALL
      SELECT NULL AS merge_key, * FROM main.silver.updates
    ) AS s
    ON t.customer_id = s.merge_key
    WHEN MATCHED THEN UPDATE SET t.current = false
    WHEN NOT MATCHED THEN INSERT *;

Good: rows that are written out, or one added to a table::

    # file: src/seed.sql
    MERGE INTO main.ops.states AS t USING (SELECT 1 AS id, 'new' AS name UNION ALL SELECT 2, 'done') AS s ON t.id = s.id
    WHEN MATCHED THEN UPDATE SET *;
    MERGE INTO main.gold.shops AS t
    USING (SELECT id, name FROM main.silver.shops UNION ALL SELECT -1, 'unknown') AS s ON t.id = s.id
    WHEN MATCHED THEN UPDATE SET *;

Good: a history in Python::

    from delta.tables import DeltaTable

    def save(updates, table):
        staged = updates.selectExpr("id AS mergeKey", "*").union(updates.selectExpr("NULL AS mergeKey", "*"))
        table.alias("t").merge(staged.alias("s"), "t.id = mergeKey").whenMatchedUpdateAll().execute()

Good: the stream holds one row a key::

    from delta.tables import DeltaTable

    def upsert(batch, batch_id):
        target = DeltaTable.forName(batch.sparkSession, "main.gold.totals")
        target.alias("t").merge(batch.alias("s"), "t.id = s.id").whenMatchedUpdateAll().execute()

    totals = spark.readStream.table("main.silver.orders").groupBy("id").agg(F.sum("amount").alias("amount"))
    totals.writeStream.option("checkpointLocation", path).outputMode("update").foreachBatch(upsert).start()

Good: a declared key::

    # file: src/load.sql
    CREATE TABLE main.bronze.stores (store_id INT, city STRING, CONSTRAINT pk PRIMARY KEY (store_id));
    MERGE INTO main.silver.stores AS t USING main.bronze.stores AS s ON t.store_id = s.store_id
    WHEN MATCHED THEN UPDATE SET *;
'''

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.roles import Role
from orchestrator.rules.delta_lake_expert._merge_source import frame_evidence, name_evidence, query_evidence
from orchestrator.rules.delta_lake_expert._unique import NULL_KEY, is_unique_before, unique_by_others
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.python import Call, PythonFile
    from orchestrator.code.sql import Merge, SqlUnit, Statement

RULE = Rule(
    id="DEL004",
    name="merge-nondeterministic-source",
    severity=Severity.HIGH,
    default=True,
    references=("https://docs.databricks.com/aws/en/delta/merge",),
)


@RULE.on_python
def check_python(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Every `DeltaTable` merge whose source shows how a key can repeat."""
    if facts.role(file.path) is Role.TEST:
        return
    for merge in facts.merges(file):
        on = file.text(merge.condition) if merge.condition is not None else ""
        if not _updates(merge.clauses) or NULL_KEY.search(on):
            continue
        why = frame_evidence(file, facts, merge.source, on=on)
        # The function around the merge is read last: that is dear, and most sources show nothing.
        others = unique_by_others(file, facts.frame(file, merge.source), on) if why is not None else ()
        if why is not None and not is_unique_before(file, merge.call.node, others):
            shown = file.text(merge.source) if merge.source is not None else "the source"
            yield Hit(
                location=file.call_location(merge.call),
                message=_message(shown.split(".", maxsplit=1)[0].split("(", maxsplit=1)[0], why),
                severity=_severity(facts, file.path),
            )


@RULE.on_sql
def check_sql(unit: SqlUnit, facts: Facts) -> Iterator[Hit]:
    """Every MERGE whose source shows how a key can repeat."""
    if "merge" not in unit.template.text.lower() or facts.role(unit.path) is Role.TEST:
        return
    for statement in unit.statements:
        details = _merge(statement)
        if details is None or not _matches(details) or details.on is None or NULL_KEY.search(details.on.text):
            continue
        why = _evidence(unit, statement, details, facts)
        if why is not None:
            end = details.target.end if details.target is not None else statement.end
            yield Hit(
                location=unit.location(statement.start, end),
                message=_message(details.source_alias or (details.source.text if details.source else "source"), why),
                severity=_severity(facts, unit.path),
            )


def _merge(statement: Statement) -> Merge | None:
    from orchestrator.code.sql import Merge

    details = statement.details if statement.kind == "MERGE" else None
    return details if isinstance(details, Merge) else None


def _evidence(unit: SqlUnit, statement: Statement, details: Merge, facts: Facts) -> str | None:
    if details.source is not None:
        return name_evidence(unit, details.source, facts)
    return query_evidence(unit, details.source_query, facts, statement.reads) if details.source_query else None


def _matches(details: Merge) -> bool:
    """Whether a matched row is updated, or deleted under a condition."""
    return any(
        clause.matched == "matched" and (clause.action != "DELETE" or clause.condition is not None)
        for clause in details.clauses
    )


def _updates(clauses: tuple[Call, ...]) -> bool:
    return any(
        clause.name.startswith("whenMatched")
        and (clause.name != "whenMatchedDelete" or bool(clause.node.args or clause.node.keywords))
        for clause in clauses
    )


def _message(source: str, why: str) -> str:
    return (
        f"two rows of `{source}` can match one row of the target, because {why}: the merge then fails or picks either; "
        "keep one row per key first"
    )


def _severity(facts: Facts, path: str) -> Severity:
    return RULE.severity if facts.role(path).is_serious else RULE.severity.lowered()
