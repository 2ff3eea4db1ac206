"""Every pinned linter, installed from the package index, over a small project."""

from __future__ import annotations

import pytest

from orchestrator.evaluate.peers.environment import install
from orchestrator.evaluate.peers.known import linter, linters
from orchestrator.evaluate.peers.mapping import mapping
from orchestrator.evaluate.peers.reviewing import predictions

pytestmark = pytest.mark.real

TEXTS = {
    "src/load.py": (
        "import hashlib\n\nfrom pyspark.sql import DataFrame\n\n\n"
        "def load(spark, names):\n"
        '    frame = spark.table("shop.raw.orders")\n'
        "    for name in names:\n"
        '        frame = frame.withColumn(name, frame["x"])\n'
        "    rows = frame.collect()\n"
        '    frame.write.mode("append").saveAsTable("shop.clean.orders")\n'
        "    return rows, hashlib.md5(b'x')\n"
    ),
    "src/files.py": 'def copy(dbutils):\n    dbutils.fs.mount("s3://a", "/mnt/a")\n',
    "sql/union.sql": "SELECT a FROM x\nUNION\nSELECT a FROM y\n",
}
SEEN = {
    "cylint": ("cylint:CY003", "src/load.py", 9),
    "databricks-labs-pylint": ("databricks-labs-pylint:dbutils-fs-mount", "src/files.py", 2),
    "pipeline-lint": ("pipeline-lint:DE001", "src/load.py", 11),
    "pyspark-antipattern": ("pyspark-antipattern:D001", "src/load.py", 10),
    "ruff": ("ruff:S324", "src/load.py", 12),
    "sqlfluff": ("sqlfluff:AM02", "sql/union.sql", 2),
}


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    install()


@pytest.mark.parametrize("name", tuple(linters()))
def test_a_linter_finds_what_it_is_known_for_twice_alike(name: str) -> None:
    found = predictions(linter(name), TEXTS)
    assert SEEN[name] in [(one.rule, one.path, one.lines[0]) for one in found]
    assert all(one.evidence and one.evidence in TEXTS[one.path] for one in found)
    assert predictions(linter(name), TEXTS) == found
    known = mapping().linters[name]
    assert SEEN[name][0].partition(":")[2] in known
