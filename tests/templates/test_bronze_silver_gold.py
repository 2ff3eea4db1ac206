"""The template bronze-silver-gold: the project is whole, explained and clean, its merge is right, its tests pass."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.templates import scaffolding

TEMPLATE = "bronze-silver-gold"
Change = tuple[str, str, int]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return scaffolding.scaffold(TEMPLATE, tmp_path_factory.mktemp(TEMPLATE))


@pytest.mark.parametrize(
    ("path", "text", "instead", "rule"),
    [
        ("databricks.yml", "run_as:\n      service_principal_name: ${var.runner}", "run_as: {}", "BND002"),
        ("databricks.yml", "/Workspace/Applications", "/Workspace/Shared", "BND004"),
        ("resources/orders.job.yml", 'on_failure: ["${var.alerts}"]', "no_alert_for_skipped_runs: true", "SLA001"),
        ("src/shop_orders/bronze.py", '.option("checkpointLocation", checkpoint)', "", "STR001"),
        ("src/shop_orders/tables.sql", "-- The tables", "VACUUM IDENTIFIER(:orders) RETAIN 1 HOURS;\n--", "DEL001"),
    ],
)
def test_the_review_would_see_a_defect_there(path: str, text: str, instead: str, rule: str, tmp_path: Path) -> None:
    project = scaffolding.scaffold(TEMPLATE, tmp_path)
    file = project / path
    whole = file.read_text(encoding="utf-8")
    assert text in whole
    file.write_text(whole.replace(text, instead), encoding="utf-8")
    reviewed = scaffolding.review(project)
    assert reviewed.returncode == 1
    assert rule in reviewed.stdout


# Local Spark cannot merge without Delta. DuckDB can, and the text is the same in both: so the merge itself is run here.
@pytest.fixture
def merge(project: Path) -> Iterator[tuple[duckdb.DuckDBPyConnection, str]]:
    module = ast.parse((project / "src" / "shop_orders" / "tables.py").read_text(encoding="utf-8"))
    texts = {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in module.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    text = texts["MERGE_ORDERS"].replace("IDENTIFIER(:orders)", "orders").replace("{newest}", "newest")
    with duckdb.connect() as database:
        for table in ("orders", "newest"):
            database.execute(f"CREATE TABLE {table} (order_id VARCHAR, status VARCHAR, changed_at INTEGER)")
        yield database, text


def run_of(merge: tuple[duckdb.DuckDBPyConnection, str], *changes: Change) -> list[Change]:
    """The orders after one more run that finds these changes, at most one an order."""
    database, text = merge
    database.execute("DELETE FROM newest")
    database.executemany("INSERT INTO newest VALUES (?, ?, ?)", changes)
    database.execute(text)
    rows: list[Change] = database.execute("FROM orders ORDER BY order_id").fetchall()
    return rows


def test_the_merge_inserts_updates_and_keeps(merge: tuple[duckdb.DuckDBPyConnection, str]) -> None:
    assert run_of(merge, ("o-1", "placed", 1), ("o-2", "paid", 5)) == [("o-1", "placed", 1), ("o-2", "paid", 5)]
    assert run_of(merge, ("o-1", "paid", 2)) == [("o-1", "paid", 2), ("o-2", "paid", 5)]


def test_a_merge_twice_or_of_an_older_change_leaves_the_orders(merge: tuple[duckdb.DuckDBPyConnection, str]) -> None:
    once = run_of(merge, ("o-1", "paid", 2), ("o-2", "paid", 5))
    assert run_of(merge, ("o-1", "paid", 2), ("o-2", "paid", 5)) == once
    assert run_of(merge, ("o-1", "placed", 1)) == once


def test_runs_in_any_order_end_in_the_same_orders(merge: tuple[duckdb.DuckDBPyConnection, str]) -> None:
    changes = [(f"o-{number % 3}", status, number) for number, status in enumerate(["placed", "paid", "cancelled"] * 4)]
    expected = [("o-0", "placed", 9), ("o-1", "paid", 10), ("o-2", "cancelled", 11)]
    for seed in range(10):
        merge[0].execute("DELETE FROM orders")
        found: list[Change] = []
        for change in random.Random(seed).sample(changes, len(changes)):
            found = run_of(merge, change)
        assert found == expected


@pytest.mark.real
def test_its_tests_pass_on_local_spark(tmp_path: Path) -> None:
    ended = scaffolding.make_test(scaffolding.scaffold(TEMPLATE, tmp_path))
    assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-2000:]
    assert "22 passed" in ended.stdout


@pytest.mark.real
def test_its_bundle_loads_in_the_types_of_databricks(tmp_path: Path) -> None:
    project = scaffolding.scaffold(TEMPLATE, tmp_path)
    loaded = scaffolding.load_bundle(project)
    assert loaded.returncode == 0, loaded.stderr
    assert set(loaded.stdout.split()) == {
        "jobs.orders", "schemas.bronze", "schemas.silver", "schemas.gold", "volumes.landing", "volumes.checkpoints",
    }  # fmt: skip
    job = project / "resources" / "orders.job.yml"
    job.write_text(job.read_text(encoding="utf-8").replace("python_wheel_task", "python_whl_task"), encoding="utf-8")
    refused = scaffolding.load_bundle(project)
    assert refused.returncode == 1
    assert "python_whl_task" in refused.stderr
