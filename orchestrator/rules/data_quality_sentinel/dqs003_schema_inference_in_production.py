"""A table whose column types are guessed from the files of the day.

What: a batch read of CSV with `inferSchema`, or of JSON without a schema, that reaches a write to a table; the same in
SQL with `CREATE TABLE ... AS SELECT` from `json` files, or from `read_files` of JSON or CSV without a schema.

Why: one file with a text in a number column, or without a field, changes the type or drops the column: the write fails
at night, or an overwrite changes the table under its readers. Guessing also reads the files twice.

Silent when: a schema or schema hints are given; Auto Loader keeps the schema; the columns are cast on the way; the
frame is only looked at, or is written as files; the file is a test, a demo, set-up, an exploration or makes data. It is
low where no job or pipeline is known to run the file.

Source: PySpark API reference, `DataFrameReader.schema` and the options of the JSON and CSV sources.

Bad::

    # file: src/load.py
    regions = spark.read.option("header", True).option("inferSchema", True).csv("/Volumes/main/landing/regions.csv")
    regions.write.mode("overwrite").saveAsTable("main.silver.regions")

Bad::

    # file: src/load.py
    def load(spark, path):
        events = spark.read.json(path).filter("id IS NOT NULL")
        events.write.format("delta").mode("append").saveAsTable("main.silver.events")

Bad: a dataset of a pipeline::

    # file: pipelines/regions.py
    from pyspark import pipelines as dp

    @dp.materialized_view
    def regions():
        return spark.read.json("/Volumes/main/landing/regions")

Bad::

    # file: src/load.sql
    CREATE OR REPLACE TABLE main.silver.events AS SELECT * FROM json.`/Volumes/main/landing/events`

Bad: through the table function::

    # file: src/load.sql
    CREATE OR REPLACE TABLE main.silver.people AS
    SELECT * FROM read_files('/Volumes/main/landing/people', format => 'csv', header => true);

Good: the table function with a schema, with hints, of text alone, and as a stream that keeps what it inferred::

    # file: src/load.sql
    CREATE OR REPLACE TABLE main.silver.a AS
    SELECT * FROM read_files('/Volumes/main/a', format => 'json', schema => 'id INT');
    CREATE OR REPLACE TABLE main.silver.b AS
    SELECT * FROM read_files('/Volumes/main/b', format => 'csv', schemaHints => 'id INT');
    CREATE OR REPLACE TABLE main.bronze.c AS
    SELECT * FROM read_files('/Volumes/main/c', format => 'csv', inferColumnTypes => false);
    CREATE OR REFRESH STREAMING TABLE main.bronze.d AS
    SELECT * FROM STREAM read_files('/Volumes/main/d', format => 'json');
    CREATE OR REPLACE TABLE main.silver.e AS
    SELECT id::INT, name::STRING FROM read_files('/Volumes/main/e', format => 'csv');

Good: the schema is given::

    # file: src/load.py
    regions = spark.read.schema("store_id INT, region STRING").option("header", True).csv("/Volumes/main/regions.csv")
    regions.write.mode("overwrite").saveAsTable("main.silver.regions")
    events = spark.read.schema(EVENTS).json("/Volumes/main/events")
    events.write.mode("append").saveAsTable("main.silver.events")

Good: all columns are text::

    # file: src/load.py
    regions = spark.read.option("header", True).csv("/Volumes/main/landing/regions.csv")
    regions.write.mode("overwrite").saveAsTable("main.bronze.regions")
    events = spark.read.option("primitivesAsString", True).json("/Volumes/main/events")
    events.write.mode("append").saveAsTable("main.bronze.events")

Good: Auto Loader keeps what it inferred::

    # file: src/load.py
    events = (
        spark.readStream.format("cloudFiles")
        .option("cloudFiles.format", "json")
        .option("cloudFiles.schemaLocation", schema_path)
        .load(path)
    )
    events.writeStream.option("checkpointLocation", checkpoint).toTable("main.bronze.events")

Good: the types are set on the way::

    # file: src/load.py
    regions = spark.read.option("inferSchema", True).csv(path)
    regions = regions.select(F.col("id").cast("int"), F.col("name").cast("string"))
    regions.write.mode("overwrite").saveAsTable("main.silver.regions")

Good: somebody looks at it::

    # file: src/load.py
    display(spark.read.option("inferSchema", True).csv(path))

Good: an exploration::

    # file: notebooks/explore_regions.py
    spark.read.option("inferSchema", True).csv(path).write.saveAsTable("main.sandbox.regions")
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.frames import Frame, Root, RootKind, returned
from orchestrator.code.roles import Role
from orchestrator.rules.data_quality_sentinel._read_files import guessing_calls
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.python import Call, PythonFile
    from orchestrator.code.sql import SqlUnit
    from orchestrator.code.writes import Write

RULE = Rule(
    id="DQS003",
    name="schema-inference-in-production",
    severity=Severity.MEDIUM,
    default=False,
    references=(
        "https://spark.apache.org/docs/latest/api/python/reference/pyspark.sql/api/pyspark.sql.DataFrameReader.schema.html",
    ),
)
_ASKING = re.compile(r"inferSchema|\.json\(|format\(\s*[\"']json", re.IGNORECASE)
_SETTLED = ("schema", "schemaHints", "primitivesAsString", "cloudFiles.schemaHints", "cloudFiles.schemaLocation")
_TYPED_SQL = re.compile(r"cast|::", re.IGNORECASE)
_TYPING = frozenset({"select", "selectExpr", "withColumn", "withColumns", "to", "transform", "astype"})


@RULE.on_python
def check_python(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Every read with inferred types that reaches a table or is a dataset of a pipeline."""
    if not _ASKING.search(file.source.text) or not facts.role(file.path).is_serious:
        return
    reported: set[Root] = set()
    for frame, name in _stored(file, facts):
        if _is_typed(file, frame):
            continue
        for root in frame.roots:
            kind = _inferred(file, root)
            if kind is None or root in reported:
                continue
            reported.add(root)
            yield Hit(
                location=file.call_location(_guessing(file, root)),
                message=f"the column types of `{name}` are guessed from the {kind} files of the day; give the reader "
                "a `schema(...)`",
                severity=_severity(facts, file.path),
            )


def _stored(file: PythonFile, facts: Facts) -> Iterator[tuple[Frame, str]]:
    """What the file stores in tables: the frames that it writes, and those that its datasets return."""
    for write in facts.writes(file):
        if _is_table(file, write):
            yield write.frame, file.pattern(write.target) or "a table"
    for dataset in facts.datasets(file):
        if dataset.kind in {"table", "materialized_view"}:
            for value in returned(file, dataset.function):
                yield facts.frame(file, value), dataset.name


def _severity(facts: Facts, path: str) -> Severity:
    """Medium where a job or pipeline runs the file, low where it is not known whether one does."""
    known = facts.role(path) is Role.PRODUCTION or facts.is_pipeline_source(path)
    return RULE.severity if known else RULE.severity.lowered()


@RULE.on_sql
def check_sql(unit: SqlUnit, facts: Facts) -> Iterator[Hit]:
    """Every table created from files as they are."""
    text = unit.template.text.lower()
    if not ("json.`" in text or "read_files" in text) or not facts.role(unit.path).is_serious:
        return
    for statement in unit.statements:
        if statement.kind not in {"CREATE TABLE", "INSERT", "INSERT OVERWRITE"} or _TYPED_SQL.search(statement.text):
            continue
        for guess in guessing_calls(statement):
            yield Hit(
                location=unit.location(guess.start, guess.end),
                message=f"the column types of this table are guessed from the {guess.kind} files of the day; give "
                "`read_files` a `schema` or `schemaHints`",
                severity=_severity(facts, unit.path),
            )
        for name in statement.reads:
            if name.path is not None and name.text.lower().startswith("json.`"):
                yield Hit(
                    location=unit.location(name.start, name.end),
                    message="the column types of this table are guessed from the JSON files of the day; use "
                    "`read_files` with `schema` or `schemaHints`",
                    severity=_severity(facts, unit.path),
                )


def _guessing(file: PythonFile, root: Root) -> Call:
    """The call that asks for inference: the option, or else the end of the read."""
    options = (call for call in root.reader if call.name == "option" and call.node.args)
    asking = (call for call in options if (file.string(call.node.args[0]) or "").lower() == "inferschema")
    return next(asking, root.reader[-1])


def _is_table(file: PythonFile, write: Write) -> bool:
    """Whether the write ends in a table, by name or in Delta format."""
    step = write.step("format")
    is_delta = step is not None and file.string(step.argument(0, "source")) == "delta"
    return not write.streaming and ((write.verb != "jdbc" and write.to_table) or (write.verb == "save" and is_delta))


def _is_typed(file: PythonFile, frame: Frame) -> bool:
    """Whether the columns are cast on the way."""
    return any("cast(" in file.text(call.node) for call in frame.operations if call.name in _TYPING)


def _inferred(file: PythonFile, root: Root) -> str | None:
    """CSV or JSON, where the read guesses the types; None where it does not, or options come from a variable."""
    if root.kind is not RootKind.FILES or root.streaming or not root.reader:
        return None
    if any(call.name == "schema" or call.unpacks for call in root.reader):
        return None
    if any(root.option(name) is not None for name in _SETTLED):
        return None
    given = (file.string(root.format) or root.reader[-1].name).lower()
    if given == "json":
        return "JSON"
    wanted = file.constant(root.option("inferSchema"))
    return "CSV" if given == "csv" and str(wanted).lower() == "true" else None
