"""The way of a line through the layers: the stream into bronze, the tables, the gate, gold."""

import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from pyspark.errors import AnalysisException, PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.testing import assertDataFrameEqual, assertSchemaEqual

from template_project import bronze, checks, gold, main, silver, tables
from template_project.tables import Tables

Line = Callable[..., str]
Lines = Callable[..., DataFrame]
NOW = datetime(2026, 11, 3, 8, tzinfo=UTC)
MONDAY = date(2026, 11, 2)


@pytest.fixture
def local(spark: SparkSession) -> Iterator[Tables]:
    """The tables as parquet, without what only Databricks has: automatic clustering and keys."""
    names = Tables(landed="landed", orders="orders", refused="refused", revenue="revenue")
    for statement in tables.definitions():
        plain = re.sub(r"CLUSTER BY .*|TBLPROPERTIES .*|,\n *CONSTRAINT .*", "", statement)
        spark.sql(plain, asdict(names))
    yield names
    for name in asdict(names).values():
        spark.sql(f"DROP TABLE {name}")


def days(frame: DataFrame) -> list[tuple[date, float, int]]:
    """Day, revenue and number of orders of each row, by day."""
    return sorted((row["order_date"], float(row["revenue"]), row["orders"]) for row in frame.collect())


def observed(results: list[checks.Result]) -> dict[str, float | None]:
    """What each check measured, by its name."""
    return {result.name: result.observed for result in results}


# Bronze: a real stream over files. The second run is the test.
def test_a_file_is_loaded_once_and_a_broken_line_of_it_too(
    spark: SparkSession, local: Tables, order: Line, tmp_path: Path, checkpoint: str
) -> None:
    folder = tmp_path / "orders"
    folder.mkdir()

    def load() -> list[str]:
        lines = bronze.landed(spark, str(folder), reader="text")
        bronze.ingest(lines, checkpoint=checkpoint, table=local.landed)
        return sorted(row["raw"] for row in spark.read.table(local.landed).collect())

    monday = sorted([order(), " no json"])
    (folder / "monday.json").write_text("\n".join(monday), encoding="utf-8")
    assert load() == monday
    assert load() == monday
    (folder / "tuesday.json").write_text(order(order_id="o-2") + "\n", encoding="utf-8")
    assert load() == sorted([*monday, order(order_id="o-2")])
    files = {Path(row["source_file"]).name for row in spark.read.table(local.landed).collect()}
    assert files == {"monday.json", "tuesday.json"}


# The tables: what the layers write has the columns that are defined.
def test_the_tables_have_the_columns_that_the_layers_write(
    spark: SparkSession, local: Tables, order: Line, landed: Lines
) -> None:
    rows = silver.judged(landed(order()))
    assertSchemaEqual(landed(order()).schema, spark.read.table(local.landed).schema)
    assertSchemaEqual(silver.newest(rows).schema, spark.read.table(local.orders).schema)
    assertSchemaEqual(silver.refused(rows).schema, spark.read.table(local.refused).schema)
    revenue = gold.daily_revenue(silver.newest(rows), from_day=MONDAY)
    assertSchemaEqual(revenue.schema, spark.read.table(local.revenue).schema)


def test_every_column_of_every_table_has_a_comment(spark: SparkSession, local: Tables) -> None:
    fields = [field for name in asdict(local).values() for field in spark.read.table(name).schema.fields]
    assert [field.name for field in fields if not field.metadata.get("comment")] == []


# The writes. Open-source Spark resolves a merge against the tables and then says that parquet cannot do it. It refuses
# REPLACE WHERE outright, so that statement is run written out: the rows that the condition keeps, and the new ones.
def replaced(spark: SparkSession, statement: str, values: dict[str, object], **frames: DataFrame) -> DataFrame:
    """The rows of the table after an `INSERT INTO table REPLACE WHERE condition query`."""
    parts = re.fullmatch(r"\s*INSERT INTO (\S+) REPLACE WHERE (.+)\n(SELECT .+)\s*", statement)
    table, condition, query = parts.groups()
    return spark.sql(f"SELECT * FROM {table} WHERE NOT ({condition}) UNION ALL {query}", values, **frames)


def test_the_writes_need_delta(spark: SparkSession, local: Tables, order: Line, landed: Lines) -> None:
    rows = silver.judged(landed(order()))
    with pytest.raises(PySparkException, match="MERGE INTO TABLE"):
        tables.merge_orders(spark, silver.newest(rows), local)
    with pytest.raises(PySparkException, match=r"REPLACE WHERE|v1 table"):
        tables.replace_refused(spark, silver.refused(rows), local, NOW)
    with pytest.raises(PySparkException, match=r"REPLACE WHERE|v1 table"):
        tables.replace_revenue(spark, gold.daily_revenue(silver.newest(rows), from_day=MONDAY), local, MONDAY)


def test_refused_lines_replace_those_of_an_earlier_attempt(spark: SparkSession, local: Tables, landed: Lines) -> None:
    since = NOW - timedelta(days=3)
    before = silver.refused(silver.judged(landed("long ago", arrived=since - timedelta(days=1))))
    earlier = silver.refused(silver.judged(landed("no json")))
    before.union(earlier).write.insertInto(local.refused)
    values = {"refused": local.refused, "since": since}
    again = replaced(spark, tables.REPLACE_REFUSED, values, lines=earlier)
    assert sorted(row["raw"] for row in again.collect()) == ["long ago", "no json"]


def test_late_days_of_revenue_are_replaced_and_earlier_ones_stay(
    spark: SparkSession, local: Tables, order: Line, landed: Lines
) -> None:
    sunday, schema = date(2026, 11, 1), "order_date DATE, revenue DECIMAL(22, 2), orders BIGINT"
    old = [(sunday, Decimal(5), 1), (MONDAY, Decimal(40), 1), (date(2026, 11, 3), Decimal(7), 1)]
    spark.createDataFrame(old, schema).write.insertInto(local.revenue)
    orders = silver.newest(silver.judged(landed(order(), order(order_id="o-2", amount=60))))
    values = {"revenue": local.revenue, "from_day": MONDAY}
    new = replaced(spark, tables.REPLACE_REVENUE, values, days=gold.daily_revenue(orders, from_day=MONDAY))
    assert days(new) == [(sunday, 5.0, 1), (MONDAY, 100.0, 2)]


def test_a_merge_of_other_columns_is_refused(spark: SparkSession, local: Tables, order: Line, landed: Lines) -> None:
    orders = silver.newest(silver.judged(landed(order()))).withColumnRenamed("order_id", "id")
    with pytest.raises(AnalysisException, match="order_id"):
        tables.merge_orders(spark, orders, local)


# Gold.
def test_only_paid_orders_count_each_on_its_own_day_in_utc(order: Line, landed: Lines) -> None:
    lines = [
        order(),
        order(order_id="o-2", amount=60, ordered_at="2026-11-03T00:30:00+01:00"),
        order(order_id="o-3", amount=5, ordered_at="2026-11-01T23:59:59Z"),
        order(order_id="o-4", status="placed"),
        order(order_id="o-5", status="cancelled"),
    ]
    orders = silver.newest(silver.judged(landed(*lines)))
    expected = [(date(2026, 11, 1), 5.0, 1), (MONDAY, 100.0, 2)]
    assert days(gold.daily_revenue(orders, from_day=date(2026, 11, 1))) == expected
    assert days(gold.daily_revenue(orders, from_day=MONDAY)) == [(MONDAY, 100.0, 2)]


def test_a_late_cancellation_corrects_the_day_of_the_order(order: Line, landed: Lines) -> None:
    cancelled = order(status="cancelled", changed_at="2026-11-03T05:00:00Z")
    orders = silver.newest(silver.judged(landed(order(), order(order_id="o-2", amount=60), cancelled)))
    assert days(gold.daily_revenue(orders, from_day=MONDAY)) == [(MONDAY, 60.0, 1)]


def test_files_twice_and_in_another_order_give_the_same_revenue(order: Line, landed: Lines) -> None:
    monday = landed(order(), order(order_id="o-2", amount=60), "no json")
    tuesday = landed(order(status="cancelled", changed_at="2026-11-03T05:00:00Z"), file="tuesday.json")

    def revenue(lines: DataFrame) -> DataFrame:
        return gold.daily_revenue(silver.newest(silver.judged(lines)), from_day=MONDAY)

    assertDataFrameEqual(revenue(tuesday.union(monday).union(monday)), revenue(monday.union(tuesday)))


# The gate.
def test_a_good_load_passes_the_gate_with_its_numbers(order: Line, landed: Lines) -> None:
    rows = silver.judged(landed(order(), order(status="placed", changed_at="2026-11-02T09:00:00Z")))
    results = checks.measure(rows, silver.newest(rows), silver.refused(rows), now=NOW)
    assert observed(results) == {
        "lost lines": 0,
        "repeated orders": 0,
        "share of refused lines": 0.0,
        "hours since a line arrived": 2.0,
    }
    checks.gate(results)


def test_each_check_fails_on_what_it_is_for(order: Line, landed: Lines) -> None:
    rows = silver.judged(landed(order(), order(order_id="o-2"), "no json"))
    orders, refused = silver.newest(rows), silver.refused(rows)
    late = NOW + timedelta(days=2)
    results = checks.measure(rows, orders.filter("order_id = 'o-1'").union(orders), refused.filter("false"), now=late)
    assert observed(results) == {
        "lost lines": 1,
        "repeated orders": 1,
        "share of refused lines": pytest.approx(1 / 3),
        "hours since a line arrived": 50.0,
    }
    assert [result.name for result in results if result.passed] == []
    lost = checks.measure(rows, orders.filter("order_id = 'o-1'"), refused, now=NOW)
    assert observed(lost)["lost lines"] == 1
    with pytest.raises(checks.QualityError, match="lost lines is 1, at most 0 is allowed"):
        checks.gate(lost)


def test_an_empty_load_is_not_called_clean(order: Line, landed: Lines) -> None:
    rows = silver.judged(landed(order())).filter("false")
    results = checks.measure(rows, silver.newest(rows), silver.refused(rows), now=NOW)
    assert {result.name for result in results if not result.passed} == {
        "share of refused lines",
        "hours since a line arrived",
    }


# The parameters of the job.
@pytest.fixture
def given() -> list[str]:
    """What the job passes to a task."""
    values = {"step": "silver", "catalog": "c", "bronze": "b", "silver": "s", "gold": "g", "landing": "files"}
    values |= {"checkpoints": "marks", "day": "2026-11-02", "overlap-days": "3", "late-days": "30"}
    return [f"--{name}={value}" for name, value in values.items()]


def test_the_parameters_of_a_task_name_its_tables_folders_and_days(given: list[str]) -> None:
    step, run = main.parsed(given)
    assert step == "silver"
    assert run.tables == Tables(
        landed="c.b.orders", orders="c.s.orders", refused="c.s.orders_quarantine", revenue="c.g.daily_revenue"
    )
    assert (run.landing, run.checkpoints) == ("/Volumes/c/b/files", "/Volumes/c/b/marks")
    assert (run.since, run.from_day) == (datetime(2026, 10, 30, tzinfo=UTC), date(2026, 10, 3))


def test_a_run_looks_at_the_lines_that_arrived_from_its_first_day_on(
    spark: SparkSession, local: Tables, order: Line, landed: Lines, given: list[str]
) -> None:
    run = replace(main.parsed(given)[1], tables=local)
    before = landed("before", arrived=run.since - timedelta(seconds=1))
    before.union(landed(order(), arrived=run.since)).write.insertInto(local.landed)
    assert [row["raw"] for row in main.judged(spark, run, run.since).collect()] == [order()]
