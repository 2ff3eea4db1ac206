"""Run: python -m pytest. Needs Java 17 and `pip install 'pyspark[pipelines]==4.3.*' 'pandas<3' pytest`."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from order_rules import SCHEMA, checked
from pyspark.sql import SparkSession

HERE = Path(__file__).parent
SPARK_PIPELINES = Path(sys.executable).parent / "spark-pipelines"


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", False)
    session = (
        builder.config("spark.sql.shuffle.partitions", 2).config("spark.sql.session.timeZone", "UTC").getOrCreate()
    )
    yield session
    session.stop()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the pipeline whose checkpoints go to the test's own folder."""
    copy = tmp_path / "orders"
    shutil.copytree(HERE, copy, ignore=shutil.ignore_patterns("__pycache__", "spark-warehouse"))
    spec = copy / "spark-pipeline.yml"
    storage = (tmp_path / "storage").as_uri()
    spec.write_text(spec.read_text(encoding="utf-8").replace("file:///STORAGE_FOLDER", storage), encoding="utf-8")
    return copy


def dry_run(project: Path) -> subprocess.CompletedProcess[str]:
    """What `spark-pipelines dry-run` says: it resolves every table and column and writes no table."""
    environment = os.environ | {
        "PATH": f"{SPARK_PIPELINES.parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(project),  # Databricks adds the pipeline's root folder by itself
        "PYSPARK_PYTHON": sys.executable,
    }
    command = [str(SPARK_PIPELINES), "dry-run"]
    output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    return subprocess.run(command, cwd=project, env=environment, timeout=300, check=False, **output)


def test_the_graph_resolves(project: Path) -> None:
    result = dry_run(project)
    assert result.returncode == 0, result.stdout
    assert "Run is COMPLETED" in result.stdout


def test_a_misspelled_source_is_named_before_anything_runs(project: Path) -> None:
    gold = project / "transformations" / "gold.py"
    gold.write_text(gold.read_text(encoding="utf-8").replace('table("orders")', 'table("ordrs")'), encoding="utf-8")
    result = dry_run(project)
    assert result.returncode != 0
    assert "ordrs" in result.stdout


def test_each_broken_rule_is_named_and_a_missing_value_breaks_its_rule(spark: SparkSession) -> None:
    landed = spark.read.schema(SCHEMA).json(str(HERE / "landing" / "orders"))
    broken = {row["order_id"]: row["broken"] for row in checked(landed).collect()}
    assert broken == {"o-1": [], "o-2": [], "o-3": ["has_customer", "amount_in_range"]}
    nothing = spark.createDataFrame([(None,) * 6], SCHEMA)
    assert checked(nothing).first()["broken"] == ["has_order_id", "has_customer", "amount_in_range", "known_status"]
