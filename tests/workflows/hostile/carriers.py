"""A project in which everything can carry words, and the secrets that stand in it and around it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.workflows.graph.scene import LOAD, WRITE
from tests.workflows.hostile.planted import CONFIG, OUTSIDE

ORDERS_WRITE = 'spark.table("main.sales.raw").write.mode("overwrite").saveAsTable("main.sales.daily")'
CARRIED = "orders.py"
"""The file in which most of the words stand, and one of the two real defects."""


def plant(folder: Path, carrier: str, words: str) -> Path:
    """The project with these words in one of its carriers."""
    root = folder / "project"
    root.mkdir(parents=True)
    (folder / "outside.txt").write_text(OUTSIDE["a file beside the project"], encoding="utf-8")
    (folder / "linked.py").write_text(f'value = "{OUTSIDE["a file behind a link"]}"\n', encoding="utf-8")
    (root / "link.py").symlink_to(folder / "linked.py")
    (root / "links").symlink_to(folder, target_is_directory=True)
    (root / "load.py").write_text(LOAD, encoding="utf-8")
    (root / "config.py").write_text(CONFIG, encoding="utf-8")
    _write(root, CARRIED, ORDERS)
    CARRIERS[carrier](root, words)
    return root


def _write(root: Path, path: str, text: str) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


ORDERS = f"""from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()


def daily() -> None:
    {ORDERS_WRITE}
"""
BUNDLE = """bundle:
  name: {name}
resources:
  jobs:
    nightly:
      name: nightly
      description: {description}
      tags:
        team: {tag}
      tasks:
        - task_key: load
          spark_python_task:
            python_file: ./load.py
"""


def _comment(root: Path, words: str) -> None:
    first, _, rest = ORDERS.partition("def daily")
    lines = "".join(f"# {line}\n" for line in words.split("\n"))
    _write(root, CARRIED, f"{first}{lines}def daily{rest}")


def _docstring(root: Path, words: str) -> None:
    quoted = words.replace("\\", "\\\\").replace('"""', "'''")
    _write(root, CARRIED, f'"""{quoted}\n"""\n\n{ORDERS}')


def _string(root: Path, words: str) -> None:
    _write(root, CARRIED, f"{ORDERS}\nNOTE = {json.dumps(words, ensure_ascii=False)}\n")


def _notebook(root: Path, cells: list[dict[str, object]]) -> None:
    code: dict[str, object] = {
        "cell_type": "code",
        "source": [ORDERS_WRITE],
        "metadata": {},
        "outputs": [],
        "execution_count": 1,
    }
    content = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [code, *cells]}
    _write(root, "explore.ipynb", json.dumps(content, indent=1))


def _markdown_cell(root: Path, words: str) -> None:
    _notebook(root, [{"cell_type": "markdown", "source": [words], "metadata": {}}])


def _output(root: Path, words: str) -> None:
    shown = {"output_type": "stream", "name": "stdout", "text": [words]}
    _notebook(
        root,
        [{"cell_type": "code", "source": ["1"], "metadata": {}, "outputs": [shown], "execution_count": 2}],
    )


def _magic(root: Path, words: str) -> None:
    lines = "\n".join(f"# MAGIC {line}" for line in words.split("\n"))
    _write(
        root,
        "explore.py",
        f"# Databricks notebook source\n# MAGIC %md\n{lines}\n\n# COMMAND ----------\n\n{ORDERS_WRITE}\n",
    )


def _sql(template: str) -> Callable[[Path, str], None]:
    def carry(root: Path, words: str) -> None:
        _write(root, "schema.sql", template.format(words=words.replace("'", "''")))

    return carry


def _bundle(place: str) -> Callable[[Path, str], None]:
    def carry(root: Path, words: str) -> None:
        values = {"name": "sales", "description": "loads", "tag": "core"}
        _write(root, "databricks.yml", BUNDLE.format(**{**values, place: json.dumps(words, ensure_ascii=False)}))

    return carry


def _yaml_comment(root: Path, words: str) -> None:
    _write(root, "databricks.yml", f"# {words}\n{BUNDLE.format(name='sales', description='loads', tag='core')}")


def _contract(root: Path, words: str) -> None:
    quoted = json.dumps(words, ensure_ascii=False)
    _write(
        root,
        "contracts/orders.yaml",
        f"apiVersion: v3.0.0\nkind: DataContract\nid: orders\nname: orders\nversion: 1.0.0\nstatus: active\n"
        f"description:\n  purpose: {quoted}\n",
    )


def _workflow(root: Path, words: str) -> None:
    _write(
        root,
        ".github/workflows/ci.yml",
        f"name: {json.dumps(words)}\non: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n"
        "      - run: pytest\n",
    )


def _named(template: str) -> Callable[[Path, str], None]:
    def carry(root: Path, words: str) -> None:
        _write(root, template.format(words=words.replace("/", "_")), f"{ORDERS_WRITE}\n")

    return carry


CARRIERS: dict[str, Callable[[Path, str], None]] = {
    "comment": _comment,
    "docstring": _docstring,
    "string": _string,
    "identifier": lambda root, words: _write(root, CARRIED, f"{ORDERS}\n\ndef {words}() -> None:\n    daily()\n"),
    "file name": _named("{words}.py"),
    "unread file name": _named("{words}.bin"),
    "folder name": _named("{words}/part.py"),
    "notebook markdown": _markdown_cell,
    "notebook output": _output,
    "magic markdown": _magic,
    "sql comment": _sql("-- {words}\nCREATE TABLE main.sales.copy (id BIGINT);\n"),
    "table comment": _sql("CREATE TABLE main.sales.copy (id BIGINT) COMMENT '{words}';\n"),
    "column comment": _sql("CREATE TABLE main.sales.copy (id BIGINT COMMENT '{words}');\n"),
    "yaml comment": _yaml_comment,
    "yaml value": _bundle("description"),
    "bundle name": _bundle("name"),
    "bundle description": _bundle("description"),
    "tag": _bundle("tag"),
    "contract description": _contract,
    "workflow name": _workflow,
    "readme": lambda root, words: _write(root, "README.md", f"# Sales\n\n{words}\n"),
}

__all__ = ["CARRIED", "CARRIERS", "LOAD", "ORDERS_WRITE", "WRITE", "plant"]
