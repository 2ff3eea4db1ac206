"""Each check is seen to pass and to fail. Run: python -m pytest (pyspark 4, Java 17)."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from orders_checks import orders_checks
from pyspark.sql import DataFrame, SparkSession
from quality_gate import QualityError, gate, measure, orphans, record

NOW = datetime(2026, 11, 3, 6, 0, tzinfo=UTC)
MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
SCHEMA = (
    "order_id STRING, status STRING, amount DECIMAL(12, 2), ordered_at TIMESTAMP, changed_at TIMESTAMP, email STRING"
)
GOOD = ("o-1", "paid", Decimal(40), MONDAY, MONDAY, "a@example.com")


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", False)
    session = (
        builder.config("spark.sql.shuffle.partitions", 2).config("spark.sql.session.timeZone", "UTC").getOrCreate()
    )
    yield session
    session.stop()


def order(**changes: object) -> tuple[object, ...]:
    names = ("order_id", "status", "amount", "ordered_at", "changed_at", "email")
    return tuple((dict(zip(names, GOOD, strict=True)) | changes).values())


def failed(spark: SparkSession, *orders: tuple[object, ...], usual_rows: int = 2) -> list[str]:
    table: DataFrame = spark.createDataFrame(list(orders), SCHEMA)
    results = measure(table, orders_checks(now=NOW, usual_rows=usual_rows))
    return [result.check.name for result in results if not result.passed]


def test_good_orders_pass_every_check(spark: SparkSession) -> None:
    assert failed(spark, order(), order(order_id="o-2")) == []


@pytest.mark.parametrize(
    ("bad", "check"),
    [
        (order(), "duplicate order_id"),
        (order(order_id="o-2", amount=Decimal(-1)), "amount out of range"),
        (order(order_id="o-2", amount=None), "amount out of range"),
        (order(order_id="o-2", status="lost"), "unknown status"),
        (order(order_id="o-2", ordered_at=NOW), "changed before ordered"),
        (order(order_id="o-2", email=None), "no e-mail"),
    ],
)
def test_one_bad_row_fails_its_own_check_alone(spark: SparkSession, bad: tuple[object, ...], check: str) -> None:
    assert failed(spark, order(), bad) == [check]


def test_an_empty_table_passes_nothing_but_the_duplicates(spark: SparkSession) -> None:
    names = failed(spark)
    assert "rows" in names
    assert "hours since changed_at" in names
    assert "duplicate order_id" not in names


def test_a_load_of_a_tenth_of_the_usual_rows_is_stopped(spark: SparkSession) -> None:
    assert failed(spark, order(), usual_rows=10) == ["rows"]


def test_old_data_is_stopped(spark: SparkSession) -> None:
    sunday = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
    assert failed(spark, order(ordered_at=sunday, changed_at=sunday), usual_rows=1) == ["hours since changed_at"]


def test_the_gate_names_value_and_limit_and_lets_warnings_pass(spark: SparkSession) -> None:
    checks = orders_checks(now=NOW, usual_rows=1)
    gate(measure(spark.createDataFrame([order(email=None)], SCHEMA), checks))
    with pytest.raises(QualityError, match=r"unknown status is 1\.0, allowed is -inf to 0\.0"):
        gate(measure(spark.createDataFrame([order(status="lost")], SCHEMA), checks))


def test_the_log_keeps_failures_too(spark: SparkSession) -> None:
    results = measure(spark.createDataFrame([order(status="lost")], SCHEMA), orders_checks(now=NOW, usual_rows=1))
    log = record(spark, results, run_id="r-1", table_name="silver.orders", checked_at=NOW)
    assert log.filter("NOT passed").select("check_name", "observed").collect() == [("unknown status", 1.0)]
    assert log.count() == 7


def test_orphans_are_counted_and_missing_keys_are_not(spark: SparkSession) -> None:
    orders = spark.createDataFrame(
        [("o-1", "c-1"), ("o-2", "c-9"), ("o-3", None)], "order_id STRING, customer_id STRING"
    )
    customers = spark.createDataFrame([("c-1",)], "customer_id STRING")
    assert orphans(orders, customers, "customer_id") == 1
