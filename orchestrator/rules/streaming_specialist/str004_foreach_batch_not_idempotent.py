"""A `foreachBatch` handler appends, so a batch that is run again after a failure is written twice.

What: a handler given to `foreachBatch` (a function, method, closure, `partial` or lambda, also of another file of the
project) that writes its batch in append mode or by INSERT INTO.

Why: `foreachBatch` guarantees each batch at least once. When the query dies between the handler's write and the
checkpoint's commit, the same batch comes again with the same number, and the appended rows are there twice. Nothing
fails and nothing tells.

Silent when: the write carries `txnAppId` and `txnVersion`; the handler merges, overwrites, replaces a slice, deletes
the batch before it inserts, or keeps only rows that the target lacks (anti join, NOT EXISTS); the append makes the
table that later batches merge into; a condition asks for the batch's number; the save mode or the options are not
constant; the sink is a queue or the console, which cannot do better, or a store that writes by key; it is a test. Lower
for tables of logs, audits and metrics.

Source: Databricks documentation, foreachBatch: idempotent writes with `txnVersion` and `txnAppId`.

Bad::

    def handle(batch, batch_id):
        batch.filter("customer_id IS NOT NULL").write.mode("append").saveAsTable("main.silver.consents")

    stream = spark.readStream.table("main.bronze.consents")
    stream.writeStream.option("checkpointLocation", path).foreachBatch(handle).start()

Bad: a closure, handed on, that stores the number and never asks for it::

    def append_to(table):
        def handle(batch, batch_id):
            batch.withColumn("batch_id", F.lit(batch_id)).write.format("delta").mode("append").saveAsTable(table)
        return handle

    def start(source, handler):
        spark.readStream.table(source).writeStream.foreachBatch(handler).start()

    start("main.bronze.orders", append_to("main.silver.orders"))

Bad: a method behind a lambda, and INSERT::

    class Loader:
        def write(self, batch, target):
            batch.createOrReplaceTempView("updates")
            batch.sparkSession.sql(f"INSERT INTO {target} SELECT * FROM updates")

        def run(self, stream):
            stream.writeStream.foreachBatch(lambda batch, _: self.write(batch, self.target)).start()

Bad: from another file::

    # file: src/sinks.py
    def write(batch, batch_id, table):
        batch.writeTo(table).append()
    # file: src/job.py
    from functools import partial
    from sinks import write

    stream = spark.readStream.table("main.bronze.orders")
    stream.writeStream.foreachBatch(partial(write, table="main.silver.orders")).start()

Bad: a lambda around a function of another file::

    # file: src/postgres.py
    def write_to(batch, epoch, table):
        batch.write.format("jdbc").option("url", URL).option("dbtable", table).mode("append").save()
    # file: src/job.py
    from postgres import write_to

    events = spark.readStream.table("main.bronze.events")
    events.writeStream.foreachBatch(lambda df, epoch: write_to(df, epoch, "events")).start()

Bad: the class has its own method of the name::

    class Orders:
        def load(self, batch, batch_id):
            batch.write.mode("append").jdbc(url=self.url, table="orders")

        def run(self, stream):
            stream.writeStream.foreachBatch(self.load).option("checkpointLocation", self.path).start()

    class Products:
        def load(self, batch, batch_id):
            merge_products(batch)

Good::

    def handle(batch, batch_id):
        (batch.write.mode("append").option("txnAppId", "consents").option("txnVersion", batch_id)
            .saveAsTable("main.silver.consents"))

    spark.readStream.table("main.bronze.consents").writeStream.foreachBatch(handle).start()

Good: a merge, an overwritten slice::

    def merge(batch, batch_id):
        batch.createOrReplaceTempView("updates")
        batch.sparkSession.sql("MERGE INTO silver.orders t USING updates s ON t.id = s.id "
            "WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *")

    def replace(batch, batch_id):
        batch.write.mode("overwrite").option("replaceWhere", f"batch = {batch_id}").saveAsTable("silver.batches")
        batch.createOrReplaceTempView("updates")
        batch.sparkSession.sql(f"INSERT INTO silver.copies REPLACE WHERE batch = {batch_id} SELECT * FROM updates")

    stream = spark.readStream.table("main.bronze.orders")
    stream.writeStream.foreachBatch(merge).start()
    stream.writeStream.foreachBatch(replace).start()

Good: deleted first::

    def handle(batch, batch_id):
        spark.sql(f"DELETE FROM silver.orders WHERE batch_id = {batch_id}")
        batch.withColumn("batch_id", F.lit(batch_id)).write.mode("append").saveAsTable("silver.orders")

    spark.readStream.table("main.bronze.orders").writeStream.foreachBatch(handle).start()

Good: only what is not there yet::

    def handle(batch, batch_id):
        known = spark.table("silver.orders")
        batch.join(known, "order_id", "left_anti").write.mode("append").saveAsTable("silver.orders")

    spark.readStream.table("main.bronze.orders").writeStream.foreachBatch(handle).start()

Good: the first batch makes the table::

    def handle(batch, batch_id):
        if not spark.catalog.tableExists("silver.orders"):
            batch.write.mode("append").saveAsTable("silver.orders")
        else:
            merge_into_orders(batch)

    def other(batch, batch_id):
        batch.limit(0).write.mode("append").saveAsTable("silver.others")
        merge_into_others(batch)

    stream = spark.readStream.table("main.bronze.orders")
    stream.writeStream.foreachBatch(handle).start()
    stream.writeStream.foreachBatch(other).start()

Good: it asks whether the batch was done::

    def handle(batch, batch_id):
        if batch_id <= last_written("silver.orders"):
            return
        batch.write.mode("append").saveAsTable("silver.orders")

    spark.readStream.table("main.bronze.orders").writeStream.foreachBatch(handle).start()

Good: a queue, and a mode that is not known::

    def publish(batch, batch_id):
        batch.write.format("kafka").mode("append").option("topic", "orders").save()

    def write(batch, batch_id):
        batch.write.mode(mode).options(**options).saveAsTable("silver.orders")

    stream = spark.readStream.table("main.bronze.orders")
    stream.writeStream.foreachBatch(publish).start()
    stream.writeStream.foreachBatch(write).start()

Good: a store that writes by key::

    def write(batch, batch_id):
        batch.write.format("org.apache.spark.sql.cassandra").mode("append").options(table="orders").save()

    spark.readStream.table("main.bronze.orders").writeStream.foreachBatch(write).start()

Good: an append that no stream runs::

    def load(batch, batch_id):
        batch.write.mode("append").saveAsTable("silver.orders")

Good: a test::

    # file: tests/test_orders.py
    def handle(batch, batch_id):
        batch.write.mode("append").saveAsTable("orders")

    def test_orders(spark):
        spark.readStream.table("source").writeStream.foreachBatch(handle).start()
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.facts import Facts
from orchestrator.code.python import PythonFile
from orchestrator.code.roles import Role
from orchestrator.rules.rule import Hit, Rule, Severity
from orchestrator.rules.streaming_specialist._appends import Append, appends
from orchestrator.rules.streaming_specialist._handlers import handlers
from orchestrator.rules.streaming_specialist._queries import queries

if TYPE_CHECKING:
    from orchestrator.rules.streaming_specialist._handlers import Handler

RULE = Rule(
    id="STR004",
    name="foreach-batch-not-idempotent",
    severity=Severity.HIGH,
    default=True,
    references=("https://docs.databricks.com/aws/en/structured-streaming/foreach",),
)


@RULE.on_python
def check(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Each append of each handler that a query of the file runs."""
    if "foreachBatch" not in file.source.text or facts.role(file.path) is Role.TEST:
        return
    serious = facts.role(file.path).is_serious
    for write in queries(file, facts):
        for handler in handlers(file, facts, write):
            for append in appends(handler, facts):
                severity = Severity.LOW if append.to_log else Severity.HIGH
                yield Hit(
                    location=append.location,
                    message=_message(handler, append),
                    severity=severity if serious else severity.lowered(),
                    symbol=handler.file.symbol(append.node),
                )


def _message(handler: Handler, append: Append) -> str:
    function = handler.file.function(append.node)
    name = f"`{function.name}`" if function in handler.reach and function is not None else "the handler"
    remedy = (
        "set `txnAppId` and `txnVersion` (the batch's number) on the write, or merge"
        if append.by_writer and append.to_delta
        else "merge on a key, or replace the batch's own rows"
    )
    return (
        f"{name} appends to {append.target}: a batch that `foreachBatch` runs again after a failure is there "
        f"twice; {remedy}"
    )
