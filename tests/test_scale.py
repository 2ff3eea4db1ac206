"""The time of a review grows with the length of a file, not with its square."""

from __future__ import annotations

import datetime as dt
import gc
import time
from pathlib import Path

import pytest

from orchestrator.workflows.cache import cached_review
from orchestrator.workflows.request import Request

FEW, MANY = 400, 3_200
ALLOWED = 2 * MANY / FEW
"""Eight times the file may take 16 times as long: a line takes 8 times, a square takes 64 times."""
RUNS = 3
"""A run may be disturbed and none can be too quick: the quickest of each size counts."""

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
    gc.collect()
    # A full collection in the middle would walk the objects of all tests before, which are not of this review.
    gc.disable()
    started = time.process_time()
    try:
        cached_review(request, use_cache=False)
        return time.process_time() - started
    finally:
        gc.enable()


def quickest(folder: Path, text: str, times: int, *, enough: float = 0.0) -> float:
    """The least time of several runs, or of those until one is quick enough."""
    least = seconds(folder, text, times)
    for _ in range(RUNS - 1):
        if least < enough:
            break
        least = min(least, seconds(folder, text, times))
    return least


@pytest.mark.parametrize("shape", SHAPES)
def test_a_file_eight_times_as_long_takes_no_square_of_the_time(tmp_path: Path, shape: str) -> None:
    seconds(tmp_path, SHAPES[shape], 1)
    allowed = ALLOWED * quickest(tmp_path, SHAPES[shape], FEW)
    assert quickest(tmp_path, SHAPES[shape], MANY, enough=allowed) < allowed
