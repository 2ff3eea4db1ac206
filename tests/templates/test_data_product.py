"""The template data-product: a scaffolded product is whole, explained and clean, and its promises are checked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import yaml

from tests.templates import scaffolding

TEMPLATE = "data-product"
CONTRACT = "contracts/orders.odcs.yaml"
JOBS = "resources/product.yml"
Order = tuple[str, str, int]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return scaffolding.scaffold(TEMPLATE, tmp_path_factory.mktemp(TEMPLATE))


@pytest.fixture
def own_project(tmp_path: Path) -> Path:
    """A project that a test may change."""
    return scaffolding.scaffold(TEMPLATE, tmp_path)


def test_its_contract_names_its_standard_its_sla_and_who_answers_for_it(project: Path) -> None:
    contract = yaml.safe_load(scaffolding.texts(project)[CONTRACT])
    assert (contract["kind"], contract["apiVersion"], contract["status"]) == ("DataContract", "v3.2.0", "active")
    assert [promise["property"] for promise in contract["slaProperties"]] == ["latency", "frequency"]
    assert contract["team"]["name"] == "shop-orders"
    assert {server["catalog"] for server in contract["servers"]} == {"shop_dev", "shop_staging", "shop_prod"}


@pytest.mark.parametrize(
    ("path", "before", "after", "rule"),
    [
        (CONTRACT, "        logicalType: number\n", "        logicalType: decimal\n", "CON001"),
        (CONTRACT, "element: orders.changed_at", "element: orders.loaded_at", "CON001"),
        ("sql/tables.sql", "amount_eur DECIMAL(18,2)", "amount_eur DECIMAL(10,0)", "CON002"),
        (JOBS, "quartz_cron_expression: 0 15 5 * * ?", "quartz_cron_expression: 0 15 5 ? * MON", "SLA003"),
        (
            JOBS,
            '      email_notifications:\n        on_failure: ["${var.alerts}"]\n      tasks:',
            "      tasks:",
            "SLA001",
        ),
        (JOBS, "            - task_key: check # readers", "            - task_key: checks # readers", "BND006"),
    ],
)
def test_a_promise_that_is_not_kept_is_found(own_project: Path, path: str, before: str, after: str, rule: str) -> None:
    scaffolding.change(own_project, path, before, after)
    ended = scaffolding.review(own_project)
    assert ended.returncode == 1
    assert rule in ended.stdout


def test_a_breaking_change_without_a_new_major_version_is_found(own_project: Path) -> None:
    git = ["git", "-c", "user.name=someone", "-c", "user.email=someone@example.com"]
    for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "the promise"]):
        assert scaffolding.run([*git, *command], own_project).returncode == 0
    scaffolding.change(own_project, CONTRACT, "customer_id\n", "client_id\n")
    scaffolding.change(own_project, "sql/tables.sql", "customer_id", "client_id")

    ended = scaffolding.review(own_project, "--diff", "HEAD")

    assert ended.returncode == 1
    assert "CON003" in ended.stdout


# Local Spark cannot merge without Delta. DuckDB can, and the text is the same in both: so the merge itself is run here.
@pytest.fixture
def merge(project: Path) -> Iterator[tuple[duckdb.DuckDBPyConnection, str]]:
    statement = next(part for part in scaffolding.texts(project)["sql/publish.sql"].split(";") if "MERGE INTO" in part)
    text = statement[statement.index("MERGE INTO") :].replace(
        "IDENTIFIER(:schema || '.orders_staged')", "orders_staged"
    )
    with duckdb.connect() as database:
        for table in ("orders_v1", "orders_staged"):
            database.execute(f"CREATE TABLE {table} (order_id VARCHAR, status VARCHAR, changed_at INTEGER)")
        yield database, text


def published(merge: tuple[duckdb.DuckDBPyConnection, str], *staged: Order) -> list[Order]:
    """The rows of the port after one more publication of what was staged."""
    database, text = merge
    database.execute("DELETE FROM orders_staged")
    database.executemany("INSERT INTO orders_staged VALUES (?, ?, ?)", staged)
    database.execute(text)
    rows: list[Order] = database.execute("FROM orders_v1 ORDER BY order_id").fetchall()
    return rows


def test_publishing_adds_and_updates_and_keeps_what_was_not_staged(
    merge: tuple[duckdb.DuckDBPyConnection, str],
) -> None:
    assert published(merge, ("o-1", "placed", 1), ("o-2", "placed", 5)) == [("o-1", "placed", 1), ("o-2", "placed", 5)]
    assert published(merge, ("o-1", "delivered", 2)) == [("o-1", "delivered", 2), ("o-2", "placed", 5)]


def test_publishing_twice_or_an_older_window_changes_nothing(merge: tuple[duckdb.DuckDBPyConnection, str]) -> None:
    once = published(merge, ("o-1", "delivered", 2))
    assert published(merge, ("o-1", "delivered", 2)) == once
    assert published(merge, ("o-1", "placed", 1)) == once


@pytest.mark.real
def test_its_tests_pass_on_local_spark(tmp_path: Path) -> None:
    ended = scaffolding.make_test(scaffolding.scaffold(TEMPLATE, tmp_path))
    assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-2000:]
    assert "28 passed" in ended.stdout


@pytest.mark.real
def test_its_bundle_loads_in_the_types_of_databricks(project: Path) -> None:
    loaded = scaffolding.load_bundle(project)
    assert loaded.returncode == 0, loaded.stderr
    assert set(loaded.stdout.split()) == {"schemas.internal", "schemas.ports", "jobs.publish", "jobs.sla"}
