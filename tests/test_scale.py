"""The time of a review grows with the length of a file, not with its square."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path

import pytest

from orchestrator.workflows.cache import cached_review
from orchestrator.workflows.request import Request

FEW, MANY = 200, 1_600
ALLOWED = 3 * MANY / FEW
"""Eight times the file may take 24 times as long: a square would take 64 times, and machines are noisy."""

SHAPES = {
    "functions with a loop": "def step_{n}(df):\n    for name in df.columns:\n"
    "        df = df.withColumn(name, F.trim(name))\n"
    "    spark.sql(f'INSERT INTO main.gold.t{n} SELECT * FROM {{df}}')\n    return df\n",
    "guarded writes": "try:\n    spark.table('a').write.saveAsTable('b{n}')\nexcept Exception:\n    print(1)\n",
    "pipeline tables": "@dlt.table\ndef t{n}():\n    return dlt.read('t').withColumn('a', F.lit(1))\n",
    "suppressed writes": "# orchestrate: ignore[UC001] known\nspark.table('a').write.saveAsTable('b{n}')\n",
    "counts": "n{n} = df.filter('x = {n}').count()\nif n{n} > 0:\n    print(n{n})\n",
}


def seconds(folder: Path, text: str, times: int) -> float:
    """The processor time of the review of one file that holds the text so many times, numbered."""
    body = "".join(text.format(n=number) for number in range(times))
    (folder / "job.py").write_text(f"import dlt\ndf = spark.table('main.a.b')\n{body}", encoding="utf-8")
    request = Request(path=folder, today=dt.date(2026, 1, 1))
    started = time.process_time()
    cached_review(request, use_cache=False)
    return time.process_time() - started


@pytest.mark.parametrize("shape", SHAPES)
def test_a_file_eight_times_as_long_takes_no_square_of_the_time(tmp_path: Path, shape: str) -> None:
    seconds(tmp_path, SHAPES[shape], 1)
    few = min(seconds(tmp_path, SHAPES[shape], FEW) for _ in range(2))
    assert seconds(tmp_path, SHAPES[shape], MANY) < ALLOWED * few
