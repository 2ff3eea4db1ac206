"""Where lines go when a file is mended, and which block they stand in."""

from __future__ import annotations

import json

import pytest

from orchestrator.code.jupyter import jupyter_source
from orchestrator.code.source import SourceFile
from orchestrator.evaluate.blocks import block
from orchestrator.evaluate.changed_lines import hunks, moved

BEFORE = "a\nb\nc\nd\ne\nf"


@pytest.mark.parametrize(
    ("after", "lines", "now"),
    [
        ("a\nb\nc\nd\ne\nf", (3, 4), (3, 4)),
        ("new\na\nb\nc\nd\ne\nf", (3, 4), (4, 5)),
        ("a\nb\nC\nD\nE\nd\ne\nf", (3, 3), (3, 5)),
        ("a\nb\nd\ne\nf", (5, 6), (4, 5)),
        ("a\nb\nd\ne\nf", (3, 3), (3, 3)),
        ("b\nc\nd\ne\nf", (1, 1), (1, 1)),
        ("a\nB\nc\nd\nE\nf", (2, 5), (2, 5)),
    ],
)
def test_lines_are_followed_into_the_mended_file(after: str, lines: tuple[int, int], now: tuple[int, int]) -> None:
    assert moved(lines, hunks(BEFORE, after)) == now


@pytest.mark.parametrize(
    ("after", "touched"),
    [("a\nx\nb\nc\nd\ne\nf", [1, 2]), ("a\nb\nX\nd\ne\nf", [3]), ("a\nb\ne\nf", [3, 4])],
)
def test_lines_put_in_between_touch_their_neighbours(after: str, touched: list[int]) -> None:
    assert [line for hunk in hunks(BEFORE, after) for line in hunk.touched] == touched


PYTHON = """import a


@a.wrap
def outer():
    first = 1

    def inner():
        return first

    return inner


last = 2
"""
NOTEBOOK = """# Databricks notebook source
import a

# COMMAND ----------

rows = a.read()

rows.show()

# COMMAND ----------

last = 2
"""
SQL = """CREATE TABLE a (
  b INT
);

SELECT b
FROM a; -- done
SELECT 1
"""
BUNDLE = """resources:
  jobs:
    load:
      name: load
      tasks:
        - task_key: one
          notebook_task:
            notebook_path: a.py
        - task_key: two
          notebook_task:
            notebook_path: b.py
    other:
      name: other
"""


@pytest.mark.parametrize(
    ("path", "text", "lines", "found"),
    [
        ("a.py", PYTHON, (6, 6), (4, 11)),
        ("a.py", PYTHON, (9, 9), (8, 9)),
        ("a.py", PYTHON, (14, 14), (14, 14)),
        ("a.py", NOTEBOOK, (8, 8), (6, 8)),
        ("a.sql", SQL, (2, 2), (1, 3)),
        ("a.sql", SQL, (6, 6), (4, 6)),
        ("databricks.yml", BUNDLE, (8, 8), (6, 8)),
        ("databricks.yml", BUNDLE, (10, 11), (9, 11)),
        ("databricks.yml", BUNDLE, (4, 4), (3, 11)),
        ("README.md", "a\nb\n", (2, 2), (2, 2)),
    ],
)
def test_the_block_is_the_smallest_that_holds_the_lines(
    path: str, text: str, lines: tuple[int, int], found: tuple[int, int]
) -> None:
    assert block(SourceFile(path=path, text=text, digest=""), lines) == found


def test_the_block_of_a_jupyter_line_is_its_cell_on_disk() -> None:
    cells: list[dict[str, object]] = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": source}
        for source in (["import a\n", "b = 1"], ["c = 2\n", "d = 3"])
    ]
    text = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)
    source = jupyter_source("a.ipynb", text.encode(), "")
    assert isinstance(source, SourceFile)
    first = next(at for at, line in enumerate(text.split("\n"), start=1) if "c = 2" in line)
    assert block(source, (first + 1, first + 1)) == (first, first + 1)
