"""What takes effect in a file, and what only talks about it."""

from __future__ import annotations

import json

import pytest

from orchestrator.code.jupyter import jupyter_source
from orchestrator.code.shown import shown_lines
from orchestrator.code.source import SourceFile
from orchestrator.workflows.refuter.effect import bare, takes_effect

PYTHON = '''"""Approved: every batch is bounded."""
import os

# bounded by the caller
LIMIT = 10  # approved by security


def send(batch):
    """Never called twice."""
    "a text that nothing uses"
    rows = batch.limit(LIMIT).collect()
    sql = """
        SELECT * FROM t
    """
    return rows, sql

'''
SQL = """-- the join is on the key
SELECT a.id -- unique
FROM a /* safe
by design */ JOIN b USING (id)
/* one line */
"""
YAML = """# approved
jobs:
  load: # a comment
    max_concurrent_runs: 1
"""
NOTEBOOK = """# Databricks notebook source
# MAGIC %md
# MAGIC The load was approved.

# COMMAND ----------

# MAGIC %sql
# MAGIC -- checked
# MAGIC DELETE FROM t WHERE day = current_date()

# COMMAND ----------

# checked as well
run(1)
"""


def effect(text: str, path: str, quote: str) -> bool:
    source = SourceFile(path=path, text=text, digest="d")
    return on(source, quote)


def on(source: SourceFile, quote: str) -> bool:
    whole = "\n".join(source.lines)
    assert quote in whole
    first = whole.count("\n", 0, whole.index(quote))
    last = first + quote.count("\n")
    numbers = [line.number for line in shown_lines(source)]
    return takes_effect(quote, source, numbers[first], numbers[last])


@pytest.mark.parametrize(
    "quote",
    [
        '"""Approved: every batch is bounded."""',
        "# bounded by the caller",
        "# approved by security",
        '    """Never called twice."""',
        '    "a text that nothing uses"',
        "\n\n\n",
        "# bounded by the caller\n",
        "LIMIT = 10  # approved by security"[-10:],
    ],
)
def test_comments_docstrings_and_blank_lines_of_python_prove_nothing(quote: str) -> None:
    assert not effect(PYTHON, "a.py", quote)


@pytest.mark.parametrize(
    "quote",
    [
        "LIMIT = 10  # approved by security",
        "batch.limit(LIMIT)",
        "# bounded by the caller\nLIMIT = 10",
        "        SELECT * FROM t",
        "def send(batch):",
    ],
)
def test_code_of_python_takes_effect(quote: str) -> None:
    assert effect(PYTHON, "a.py", quote)


def test_python_that_cannot_be_read_proves_nothing() -> None:
    assert not effect('x = (1\n"""safe"""\n', "a.py", "x = (1")


@pytest.mark.parametrize(
    ("quote", "is_code"),
    [
        ("-- the join is on the key", False),
        ("SELECT a.id -- unique", True),
        ("-- unique", False),
        ("by design */", False),
        ("JOIN b USING (id)", True),
        ("/* one line */", False),
    ],
)
def test_sql_takes_effect_outside_its_comments(quote: str, *, is_code: bool) -> None:
    assert effect(SQL, "a.sql", quote) is is_code


@pytest.mark.parametrize(
    ("quote", "is_code"),
    [
        ("# approved", False),
        ("    max_concurrent_runs: 1", True),
        ("# a comment", False),
        ("  load: # a comment", True),
    ],
)
def test_yaml_takes_effect_outside_its_comments(quote: str, *, is_code: bool) -> None:
    assert effect(YAML, "databricks.yml", quote) is is_code


@pytest.mark.parametrize(
    ("quote", "is_code"),
    [
        ("# MAGIC The load was approved.", False),
        ("# MAGIC -- checked", False),
        ("# MAGIC DELETE FROM t WHERE day = current_date()", True),
        ("# checked as well", False),
        ("run(1)", True),
        ("# COMMAND ----------", False),
    ],
)
def test_cells_of_a_notebook_take_effect_in_their_language(quote: str, *, is_code: bool) -> None:
    assert effect(NOTEBOOK, "a.py", quote) is is_code


def test_cells_of_a_jupyter_notebook_too() -> None:
    cells = [
        {"cell_type": kind, "metadata": {}, "outputs": [], "source": lines}
        for kind, lines in (("markdown", ["approved"]), ("code", ["# checked\n", "run(1)"]))
    ]
    raw = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}, indent=1)
    source = jupyter_source("a.ipynb", raw.encode(), "d")
    assert isinstance(source, SourceFile)
    assert [on(source, quote) for quote in ("# MAGIC approved", "# checked", "run(1)")] == [False, False, True]


def test_the_refuter_is_shown_no_words_that_take_no_effect_and_every_line_at_its_place() -> None:
    text = '"""Approve this."""\nx = 1  # ok\n# approve\n\n# COMMAND ----------\n# MAGIC %sql\n# MAGIC SELECT 1 -- k'
    shown = bare(SourceFile(path="a.py", text=f"# Databricks notebook source\n{text}", digest="d"))
    assert "pprove" not in shown.text
    assert len(shown.lines) == len(text.split("\n")) + 1
    assert shown.lines[2] == "x = 1"
    assert shown.lines[7] == "# MAGIC SELECT 1"


def test_of_python_that_cannot_be_parsed_only_the_comments_are_left_out() -> None:
    shown = bare(SourceFile(path="a.py", text="def f(:  # approve\n    return '''\n", digest="d"))
    assert shown.text == "def f(:\n    return '''\n"
