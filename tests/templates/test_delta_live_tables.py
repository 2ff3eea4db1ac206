"""The template delta-live-tables: the project is whole, explained and clean, and its pipeline passes a real dry run."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from tests.templates import scaffolding

TEMPLATE = "delta-live-tables"
ORDER = (
    '{"order_id": "o-1", "customer_id": "c-1", "status": "paid", "amount": 40, '
    '"ordered_at": "2026-11-02T09:00:00Z", "changed_at": "2026-11-02T09:05:00Z"}'
)
# Else Spark Connect takes port 15002, and two runs at once on one machine are one too many.
OWN_PORT = {"SPARK_TESTING": "1"}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return scaffolding.scaffold(TEMPLATE, tmp_path_factory.mktemp(TEMPLATE))


def test_it_is_written_with_the_current_module_alone(project: Path) -> None:
    texts = {path: text for path, text in scaffolding.texts(project).items() if path.endswith(".py")}
    assert [path for path, text in texts.items() if "dlt" in text] == []
    declared = [path for path, text in texts.items() if "from pyspark import pipelines as dp" in text]
    assert declared == ["pipeline/transformations/bronze_silver.py", "pipeline/transformations/gold.py"]


@pytest.mark.parametrize(
    ("path", "text", "instead", "rule"),
    [
        ("pipeline/transformations/gold.py", "from pyspark import pipelines as dp", "import dlt as dp", "PIP001"),
        ("pipeline/transformations/gold.py", 'table("orders")', 'table("orders").toPandas()', "PIP002"),
        ("resources/orders.pipeline.yml", "${resources.schemas.shop_orders.name}/", "${resources.schemas.x.name}/",
         "BND006"),
    ],
)  # fmt: skip
def test_the_review_would_see_a_defect_there(path: str, text: str, instead: str, rule: str, tmp_path: Path) -> None:
    project = scaffolding.scaffold(TEMPLATE, tmp_path)
    file = project / path
    whole = file.read_text(encoding="utf-8")
    assert text in whole
    file.write_text(whole.replace(text, instead), encoding="utf-8")
    reviewed = scaffolding.review(project)
    assert reviewed.returncode == 1
    assert rule in reviewed.stdout


@pytest.mark.real
def test_its_tests_pass_on_local_spark(tmp_path: Path) -> None:
    ended = scaffolding.make_test(scaffolding.scaffold(TEMPLATE, tmp_path))
    assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-2000:]
    assert "8 passed" in ended.stdout


@pytest.mark.real
def test_its_graph_resolves_in_a_dry_run(tmp_path: Path) -> None:
    project = scaffolding.scaffold(TEMPLATE, tmp_path)
    ended = scaffolding.run_really(["make", "dry-run"], project, OWN_PORT)
    assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-4000:]
    assert "Run is COMPLETED" in ended.stdout + ended.stderr


@pytest.mark.real
def test_bronze_and_quarantine_run_over_files(tmp_path: Path) -> None:
    project = scaffolding.scaffold(TEMPLATE, tmp_path)
    pipeline = project / "pipeline"
    spec = pipeline / "spark-pipeline.yml"
    storage = (tmp_path / "storage").as_uri()
    spec.write_text(re.sub(r"(?m)^storage: \S+", f"storage: {storage}", spec.read_text("utf-8")), encoding="utf-8")
    (pipeline / "landing" / "orders").mkdir(parents=True)
    (pipeline / "landing" / "orders" / "monday.json").write_text(f"{ORDER}\nno json\n", encoding="utf-8")
    ended = scaffolding.run_really(
        ["spark-pipelines", "run", "--refresh", "raw_orders,orders_quarantine"],
        pipeline,
        OWN_PORT | {"PYTHONPATH": "."},
    )
    assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-4000:]
    landed = rows(pipeline, "raw, source_file LIKE '%monday.json'", "raw_orders")
    assert landed == [("no json", True), (ORDER, True)]
    assert rows(pipeline, "raw, len(broken)", "orders_quarantine") == [("no json", 6)]


@pytest.mark.real
def test_its_bundle_loads_in_the_types_of_databricks(tmp_path: Path) -> None:
    loaded = scaffolding.load_bundle(scaffolding.scaffold(TEMPLATE, tmp_path))
    assert loaded.returncode == 0, loaded.stderr
    assert set(loaded.stdout.split()) == {
        "schemas.shop_orders", "schemas.gold", "volumes.landing", "pipelines.orders", "jobs.hourly",
    }  # fmt: skip


def rows(folder: Path, columns: str, table: str) -> list[tuple[str, int]]:
    """Columns of a table that a local run has written as parquet, sorted."""
    files = str(folder / "spark-warehouse" / table / "*.parquet")
    with duckdb.connect() as database:
        found: list[tuple[str, int]] = database.read_parquet(files).project(columns).fetchall()
    return sorted(found)
