"""What the product promises, on local Spark: pyspark 4 and Java 17, no workspace."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from product import ContractError, late, latest_orders, main, refused_events, violations
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import StructType

ROOT = Path(__file__).parent.parent
CONTRACT: dict[str, Any] = yaml.safe_load((ROOT / "contracts" / "orders.odcs.yaml").read_text(encoding="utf-8"))
PORT = CONTRACT["schema"][0]
TABLES = (ROOT / "sql" / "tables.sql").read_text(encoding="utf-8")
PUBLISH = (ROOT / "sql" / "publish.sql").read_text(encoding="utf-8")
NOW = datetime(2026, 11, 23, 5, 15, tzinfo=UTC)
MORNING = NOW - timedelta(hours=2)
EVENT = {
    "event_id": "e-1",
    "received_at": MORNING,
    "order_id": "o-1",
    "customer_id": "c-1",
    "ordered_at": MORNING,
    "changed_at": MORNING,
    "status": "placed",
    "amount_eur": Decimal("9.90"),
}
EVENTS = (
    "event_id STRING, received_at TIMESTAMP, order_id STRING, customer_id STRING, ordered_at TIMESTAMP,"
    " changed_at TIMESTAMP, status STRING, amount_eur DECIMAL(18,2)"
)


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    """One small session for all tests, in a time zone that shows where one is assumed."""
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")  # else Spark may bind an address that nothing can reach
    session = (
        SparkSession.builder.master("local[1]")
        .config("spark.sql.shuffle.partitions", 1)
        .config("spark.sql.session.timeZone", "America/New_York")
        .config("spark.ui.enabled", "false")
        .getOrCreate()
    )
    yield session
    session.stop()


def events(spark: SparkSession, *changes: Mapping[str, Any]) -> DataFrame:
    """Order events: each is the usual one with these fields changed."""
    return spark.createDataFrame([tuple((EVENT | dict(change)).values()) for change in changes], EVENTS)


def orders(spark: SparkSession, *changes: Mapping[str, Any]) -> DataFrame:
    """Rows of the port, by the same fields, whatever is wrong with them."""
    return events(spark, *changes).drop("event_id", "received_at")


def statuses(frame: DataFrame) -> dict[str, str]:
    return {row["order_id"]: row["status"] for row in frame.collect()}


def test_of_several_events_of_an_order_the_newest_counts_however_they_arrive(spark: SparkSession) -> None:
    placed_late = {"event_id": "e-9", "received_at": NOW, "status": "placed"}
    delivered = {"event_id": "e-2", "changed_at": MORNING + timedelta(minutes=5), "status": "delivered"}

    latest = latest_orders(events(spark, delivered, placed_late, {"order_id": "o-2"}), NOW)

    assert statuses(latest) == {"o-1": "delivered", "o-2": "placed"}


def test_two_events_of_one_moment_and_a_repeated_one_make_one_row_and_the_same_in_each_run(spark: SparkSession) -> None:
    first, second = {"event_id": "e-1", "status": "placed"}, {"event_id": "e-2", "status": "cancelled"}

    assert statuses(latest_orders(events(spark, first, second, second), NOW)) == {"o-1": "cancelled"}
    assert latest_orders(events(spark, second, second, first), NOW).count() == 1


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ({"order_id": None}, "order_id is missing"),
        ({"customer_id": None}, "customer_id is missing"),
        ({"changed_at": NOW + timedelta(hours=2)}, "changed_at is missing or in the future"),
        ({"ordered_at": None}, "ordered_at is missing or after changed_at"),
        ({"status": "lost"}, "status is unknown"),
        ({"status": None}, "status is unknown"),
        ({"amount_eur": Decimal("-0.01")}, "amount_eur is missing or out of range"),
        ({"amount_eur": None}, "amount_eur is missing or out of range"),
    ],
)
def test_a_bad_event_is_refused_with_its_reason_and_makes_no_order(
    spark: SparkSession, bad: Mapping[str, Any], reason: str
) -> None:
    frame = events(spark, bad)

    assert [row["reasons"] for row in refused_events(frame, NOW).collect()] == [[reason]]
    assert latest_orders(frame, NOW).isEmpty()


def test_an_event_without_a_time_has_both_reasons_and_the_state_before_it_stays(spark: SparkSession) -> None:
    frame = events(spark, {}, {"event_id": "e-2", "changed_at": None, "status": "cancelled"})

    assert [len(row["reasons"]) for row in refused_events(frame, NOW).collect()] == [2]
    assert statuses(latest_orders(frame, NOW)) == {"o-1": "placed"}


def test_what_is_staged_from_good_and_bad_events_keeps_the_contract(spark: SparkSession) -> None:
    frame = events(spark, {}, {"order_id": None}, {"order_id": "o-2"}, {"order_id": "o-2", "event_id": "e-2"})

    staged = latest_orders(frame, NOW)

    assert violations(CONTRACT, staged, NOW) == []
    # Each event is an order, superseded by a newer one of the order, or refused.
    assert (staged.count(), refused_events(frame, NOW).count()) == (2, 1)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"customer_id": None}, "customer_id is required and missing, in 1 rows"),
        ({"status": "lost"}, "status is none of placed, delivered, cancelled, in 1 rows"),
        ({"order_id": "o-1"}, "order_id stands there already, in 1 rows"),
        ({"amount_eur": Decimal("-0.01")}, "amount_in_range is 1, promised is mustBe 0"),
        ({"changed_at": MORNING - timedelta(days=1)}, "changed_after_ordered is 1, promised is mustBe 0"),
    ],
)
def test_one_bad_row_breaks_its_own_promise_alone(spark: SparkSession, bad: Mapping[str, Any], said: str) -> None:
    assert violations(CONTRACT, orders(spark, {}, {"order_id": "o-2"} | dict(bad)), NOW) == [said]


def test_a_missing_column_and_another_type_are_named(spark: SparkSession) -> None:
    rows = orders(spark, {}).drop("status").withColumn("amount_eur", F.col("amount_eur").cast("double"))

    assert violations(CONTRACT, rows, NOW) == ["status is missing", "amount_eur is double, promised is DECIMAL(18,2)"]


def test_no_rows_break_the_volume_and_the_latency(spark: SparkSession) -> None:
    assert violations(CONTRACT, orders(spark), NOW) == [
        "not_empty is 0, promised is mustBeGreaterThan 0",
        "there are no rows; promised is an orders.changed_at at most 1 day, 2:00:00 old",
    ]


def test_the_sla_is_broken_after_26_hours_and_not_hidden_by_a_time_in_the_future(spark: SparkSession) -> None:
    rows = orders(spark, {})

    assert list(late(CONTRACT, rows, MORNING + timedelta(hours=26))) == []
    assert list(late(CONTRACT, rows, MORNING + timedelta(hours=27))) == [
        "the newest orders.changed_at is 1 day, 3:00:00 old; promised is at most 1 day, 2:00:00"
    ]
    assert "3:00:00 in the future" in next(late(CONTRACT, rows, MORNING - timedelta(hours=3)))


@pytest.mark.parametrize(
    "rule", [{"metric": "nullValues", "mustBe": 0}, {"metric": "rowCount", "mustBeBetween": [1, 2]}]
)
def test_a_rule_that_cannot_be_checked_is_an_error_and_not_a_pass(spark: SparkSession, rule: Mapping[str, Any]) -> None:
    contract = CONTRACT | {"schema": [PORT | {"quality": [{"name": "unknown", **rule}]}]}

    with pytest.raises(ContractError, match="rule unknown"):
        violations(contract, orders(spark, {}), NOW)


def test_the_tasks_end_with_what_is_broken_and_say_nothing_where_nothing_is(spark: SparkSession) -> None:
    orders(spark, {}).createOrReplaceTempView("good")
    orders(spark, {"status": "lost"}).createOrReplaceTempView("bad")
    task = ["--contract", str(ROOT / "contracts" / "orders.odcs.yaml"), "--now", "2026-11-23T05:15:00"]

    main(["check", *task, "--rows", "good"])
    with pytest.raises(SystemExit, match=r"bad breaks contract .*\n.*status is none of"):
        main(["check", *task, "--rows", "bad"])
    main(["sla", *task, "--rows", "bad"])
    with pytest.raises(SystemExit, match="promised is at most 1 day, 2:00:00"):
        main(["sla", *task[:2], "--now", "2026-11-25T05:15:00Z", "--rows", "good"])


def test_the_table_of_the_port_is_what_the_contract_says() -> None:
    promised = [
        (column["name"], column["physicalType"].lower(), not column["required"], column["description"])
        for column in PORT["properties"]
    ]

    assert [
        (field.name, field.dataType.simpleString(), field.nullable, field.metadata["comment"])
        for field in declared(PORT["physicalName"])
    ] == promised


def test_what_is_staged_has_the_columns_of_the_port_in_its_order(spark: SparkSession) -> None:
    port = declared(PORT["physicalName"])

    assert [(field.name, field.dataType) for field in declared("orders_staged")] == [(f.name, f.dataType) for f in port]
    assert latest_orders(events(spark, {}), NOW).columns == port.names


def declared(table: str) -> StructType:
    """The columns of a table in tables.sql."""
    body = re.search(rf"CREATE TABLE IF NOT EXISTS {table} \(\n(.*?)\n\)", TABLES, re.DOTALL)
    assert body is not None
    columns = [line.strip().removesuffix(",") for line in body[1].splitlines() if re.match(r"  [a-z]", line)]
    return StructType.fromDDL(", ".join(columns))


def test_what_is_published_names_the_port_and_the_version_of_the_contract() -> None:
    assert f"MERGE INTO {PORT['physicalName']} " in PUBLISH
    assert f"'contract_version' = '{CONTRACT['version']}'" in PUBLISH


def test_the_readers_of_the_contract_have_a_grant_on_the_ports_and_on_nothing_else() -> None:
    schemas = yaml.safe_load((ROOT / "resources" / "product.yml").read_text(encoding="utf-8"))["resources"]["schemas"]
    readers = {role["role"] for role in CONTRACT["roles"]}

    granted = {
        key: {grant["principal"] for grant in schema["grants"]} - {"${var.runner}"} for key, schema in schemas.items()
    }

    assert granted == {"internal": set(), "ports": readers}


def test_each_server_of_the_contract_is_a_target_of_the_bundle_with_its_catalog() -> None:
    targets = yaml.safe_load((ROOT / "databricks.yml").read_text(encoding="utf-8"))["targets"]

    assert {server["server"]: (server["catalog"], server["host"]) for server in CONTRACT["servers"]} == {
        name: (target["variables"]["catalog"], target["workspace"]["host"]) for name, target in targets.items()
    }
