"""Fixtures for tests that need Unity Catalog itself: grants, MERGE, constraints. Copy to `tests/workspace/conftest.py`.

Needs Databricks and `databricks-connect`, which cannot share an environment with `pyspark`: give these tests their own.
The run makes a schema that nobody else has, and drops it, also after a failure.
"""

import os
import uuid
from collections.abc import Iterator

import pytest
from databricks.connect import DatabricksSession
from pyspark.sql import SparkSession

CATALOG = os.environ.get("TEST_CATALOG", "dev")


@pytest.fixture(scope="session")
def spark() -> SparkSession:
    """The session of the job that runs the tests; on a laptop one on the compute of the profile or environment.

    `DATABRICKS_SERVERLESS_COMPUTE_ID=auto` chooses serverless compute.
    """
    return DatabricksSession.builder.getOrCreate()


@pytest.fixture(scope="session")
def schema(spark: SparkSession) -> Iterator[str]:
    """The full name of an empty schema of this run."""
    name = f"{CATALOG}.test_{uuid.uuid4().hex[:12]}"
    spark.sql("CREATE SCHEMA IDENTIFIER(:name) COMMENT 'Made by a test run; may be dropped'", {"name": name})
    yield name
    spark.sql("DROP SCHEMA IDENTIFIER(:name) CASCADE", {"name": name})
