"""A real Spark run of a project, and the review of that project with the log of the run."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from orchestrator.types import Review, Severity
from orchestrator.workflows.measured.request import Measuring
from orchestrator.workspace.spark.event_log import read_event_log
from tests.workflows.measured.logs import project, request, reviewed

pytestmark = pytest.mark.real
ROOT = Path(__file__).parents[3]
PYTHON = ROOT / ".venv-real" / "bin" / "python"
JVM = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
JOB = """\
import sys
from pyspark.sql import SparkSession

spark = (
    SparkSession.builder.master("local[2]")
    .config("spark.ui.enabled", "false")
    .config("spark.eventLog.enabled", "true")
    .config("spark.eventLog.dir", sys.argv[1])
    .config("spark.sql.warehouse.dir", sys.argv[2])
    .getOrCreate()
)
spark.range(20_000).selectExpr("id", "id % 97 AS key").write.mode("overwrite").saveAsTable("orders")
rows = (
    spark.table("orders")
    .select("id")
    .collect()
)
frame = spark.table("orders").toPandas()
for key in range(20):
    print(spark.table("orders").filter(f"key = {key}").collect())
number = spark.table("orders").filter("key > 3").count()
spark.stop()
"""


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> Review:
    if not PYTHON.exists():
        pytest.fail(f"there is no {PYTHON.relative_to(ROOT)}: run `make env-real`, which needs Java 17 to be installed")
    folder = tmp_path_factory.mktemp("run")
    project(folder / "project", job=JOB)
    (folder / "logs").mkdir()
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"JAVA_TOOL_OPTIONS": JVM, "SPARK_LOCAL_IP": "127.0.0.1"}
    places = [(folder / name).as_uri() for name in ("logs", "warehouse")]
    ran = subprocess.run(
        [PYTHON, folder / "project" / "src" / "job.py", *places],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3_000:]
    measuring = Measuring(profile=read_event_log(folder / "logs"))
    return reviewed(request(folder / "project"), measuring)


def test_each_fetch_is_measured_by_its_own_execution(review: Review) -> None:
    fetched = [finding for finding in review.findings if finding.rule == "PYS001"]
    assert [finding.location.start_line for finding in fetched] == [16, 18]
    assert all(finding.severity is Severity.INFO for finding in fetched)
    assert all(" read; lowered from medium to info by that" in finding.message for finding in fetched)


def test_a_count_has_no_line_of_code_in_the_log_of_pyspark(review: Review) -> None:
    """The limit that docs/runtime-evidence.md names: when Spark tells it some day, the page has to change."""
    (note,) = [note for note in review.notes if "line of code" in note]
    assert "the line of code of 22 of " in note
