"""One Spark session for the whole test run, and lines as the source delivers them. Needs Java 17, no workspace.

Time zone and ANSI mode are those of serverless compute, where they change results. The other settings make tests quick.
"""

import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from pyspark.sql import DataFrame, SparkSession

SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.ui.enabled": "false",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
}
ARRIVED = datetime(2026, 11, 3, 6, 0, tzinfo=UTC)

Line = Callable[..., str]
Lines = Callable[..., DataFrame]


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """A local session with a warehouse folder of its own."""
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")  # else Spark may advertise an address that nothing can reach
    builder = SparkSession.builder.master("local[1]").appName("tests")
    builder = builder.config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("warehouse")))
    for key, value in SETTINGS.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    yield session
    session.stop()


@pytest.fixture
def order() -> Line:
    """Makes the line of an order; what a test leaves out has a usual value, so that it shows only what it is about."""

    def line(**changes: object) -> str:
        usual = {
            "order_id": "o-1",
            "customer_id": "c-1",
            "status": "paid",
            "amount": 40.0,
            "ordered_at": "2026-11-02T09:00:00Z",
            "changed_at": "2026-11-02T09:05:00Z",
        }
        return json.dumps(usual | changes)

    return line


@pytest.fixture
def landed(spark: SparkSession) -> Lines:
    """Makes bronze rows of lines that arrived in one file."""

    def rows(*lines: str, file: str = "monday.json") -> DataFrame:
        schema = "raw STRING, source_file STRING, ingested_at TIMESTAMP"
        return spark.createDataFrame([(line, file, ARRIVED) for line in lines], schema)

    return rows
