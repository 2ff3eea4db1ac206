"""A stream that reads a table whose rows are changed elsewhere stops at the first change.

What: `readStream` or `STREAM(...)` of a table which other code of the project merges into, updates, deletes from or
overwrites, read neither as a change feed nor with `skipChangeCommits`.

Why: a Delta stream takes a table for append-only. At the first commit that rewrites or removes rows it fails with
DELTA_SOURCE_TABLE_IGNORE_CHANGES, again after each restart, until somebody gives it a new checkpoint and reads it all.

Silent when: the read says what to do with changes (`readChangeFeed`, `skipChangeCommits`, `ignoreChanges`,
`ignoreDeletes`, or options from a variable); the merge only inserts; schema and table are not both known; what changes
the table is a test, set-up or demo, or prepares it in the same file.

Source: Databricks documentation, "Delta table streaming reads": the section on updates and deletes in the source.

Bad::

    # file: src/orders.py
    from delta.tables import DeltaTable

    def upsert(batch, batch_id):
        target = DeltaTable.forName(batch.sparkSession, f"{catalog}.silver.orders")
        target.alias("t").merge(batch.alias("s"), "t.id = s.id").whenMatchedUpdateAll().execute()
    # file: src/gold.py
    orders = spark.readStream.table(f"{config.catalog}.silver.orders")
    orders.writeStream.option("checkpointLocation", path).toTable(f"{config.catalog}.gold.orders")

Bad::

    # file: src/erase.sql
    DELETE FROM main.silver.customers WHERE customer_id IN (SELECT customer_id FROM main.ops.erasures);
    # file: pipelines/gold.sql
    CREATE OR REFRESH STREAMING TABLE customers_gold AS SELECT * FROM STREAM(main.silver.customers);

Good: the change feed, or changes left out::

    # file: src/orders.sql
    MERGE INTO main.silver.orders AS t USING main.bronze.orders AS s ON t.id = s.id
    WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *;
    # file: src/gold.py
    changes = spark.readStream.option("readChangeFeed", "true").table("main.silver.orders")
    others = spark.readStream.options(skipChangeCommits=True).table("main.silver.orders")
    more = spark.readStream.options(**reader_options).table("main.silver.orders")

Good: the table only grows::

    # file: src/orders.sql
    INSERT INTO main.silver.orders SELECT * FROM main.bronze.orders;
    MERGE INTO main.silver.orders AS t USING main.bronze.late AS s ON t.id = s.id WHEN NOT MATCHED THEN INSERT *;
    # file: src/gold.py
    orders = spark.readStream.table("main.silver.orders")

Good: a table of the same name in another schema::

    # file: src/orders.sql
    UPDATE main.bronze.orders SET state = 'done' WHERE state = 'new';
    # file: src/gold.py
    orders = spark.readStream.table("main.silver.orders")

Good: set-up before the stream ever runs::

    # file: src/setup_tables.sql
    INSERT OVERWRITE main.silver.orders SELECT * FROM main.bronze.orders;
    # file: src/gold.py
    orders = spark.readStream.table("main.silver.orders")
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.tables import TableUse, Use
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts

RULE = Rule(
    id="PIP004",
    name="stream-from-mutable-table",
    severity=Severity.HIGH,
    default=False,
    references=("https://docs.databricks.com/aws/en/structured-streaming/delta-lake",),
)
_OPTIONS = ("readChangeFeed", "readChangeData", "skipChangeCommits", "ignoreChanges", "ignoreDeletes")
_VERBS = {Use.MERGE: "merges into", Use.CHANGE: "changes rows of", Use.OVERWRITE: "overwrites"}


@RULE.on_project
def check(facts: Facts) -> Iterator[Hit]:
    """Every stream over a table that serious code of the project rewrites."""
    if not any(_mentions_stream(source.text) for source in facts.project.sources):
        return
    streams = [use for use in facts.tables.uses if use.use is Use.STREAM and not _is_told(use)]
    if not streams:
        return
    rewriting: dict[str, list[TableUse]] = defaultdict(list)
    for use in facts.tables.uses:
        if use.use.rewrites and (key := _key(use)) is not None and facts.role(use.location.path).is_serious:
            rewriting[key].append(use)
    for stream in streams:
        cause = _cause(stream, rewriting, facts)
        if cause is None:
            continue
        serious = facts.role(stream.location.path).is_serious
        yield Hit(
            location=stream.location,
            message=f"this stream fails at the first change: {cause.location.path}:{cause.location.start_line} "
            f"{_VERBS[cause.use]} `{stream.name}`; read its change feed, or set `skipChangeCommits`",
            severity=RULE.severity if serious else RULE.severity.lowered(),
        )


def _mentions_stream(text: str) -> bool:
    return "readStream" in text or "read_stream" in text or "STREAM" in text or "stream(" in text


def _is_told(use: TableUse) -> bool:
    """Whether the read says what to do with changes, or may."""
    if use.root is not None:
        return any(call.unpacks for call in use.root.reader) or any(
            use.root.option(name) is not None for name in _OPTIONS
        )
    text = use.statement.text.lower() if use.statement is not None else ""
    return any(name.lower() in text for name in _OPTIONS)


def _key(use: TableUse) -> str | None:
    """Schema and table where both are known; a known catalog goes before them."""
    *before, schema, table = ("", "", *use.parts)
    if not schema or "{" in schema or "{" in table or "/" in use.name:
        return None
    return f"{schema}.{table}" if len([part for part in before if part]) < 2 else None


def _cause(stream: TableUse, rewriting: dict[str, list[TableUse]], facts: Facts) -> TableUse | None:
    """What rewrites the streamed table: never the same file's overwrite, and never a merge that only inserts."""
    key = _key(stream)
    for use in rewriting.get(key, ()) if key is not None else ():
        prepared = use.use is Use.OVERWRITE and use.location.path == stream.location.path
        if not prepared and _same_catalog(use, stream) and _rewrites(use, facts):
            return use
    return None


def _same_catalog(one: TableUse, other: TableUse) -> bool:
    """Whether the catalogs are equal, or one of them is not known."""
    first, second = (use.parts[-3] if len(use.parts) > 2 else "{}" for use in (one, other))
    return first == second or "{" in first or "{" in second


def _rewrites(use: TableUse, facts: Facts) -> bool:
    """Whether the use touches rows that are there: a merge that only inserts does not."""
    if use.use is not Use.MERGE:
        return True
    if use.statement is not None:
        from orchestrator.code.sql import Merge

        details = use.statement.details
        return isinstance(details, Merge) and any(clause.matched != "not matched" for clause in details.clauses)
    file = facts.project.python_by_path[use.location.path]
    merge = next((merge for merge in facts.merges(file) if file.call_location(merge.call) == use.location), None)
    return merge is not None and any(clause.name not in _INSERTS for clause in merge.clauses)


_INSERTS = frozenset({"whenNotMatchedInsert", "whenNotMatchedInsertAll", "withSchemaEvolution", "alias"})
