"""What a notebook's parameters are when not all of it can be read."""

from __future__ import annotations

from pathlib import Path

from orchestrator.rules.notebook_reviewer._widgets import widgets_of
from tests.code.parsed import project

READS = "# Databricks notebook source\nday = dbutils.widgets.get('day')\n"


def test_parameters_are_those_that_the_code_reads(tmp_path: Path) -> None:
    facts = project(tmp_path, {"publish.py": READS})
    widgets = widgets_of(facts, facts.project.notebooks[0])
    assert widgets is not None
    assert widgets.read == ("day",)


def test_parameters_are_unknown_where_a_cell_does_not_parse(tmp_path: Path) -> None:
    facts = project(tmp_path, {"publish.py": f"{READS}\n# COMMAND ----------\n\nprint(\n"})
    assert widgets_of(facts, facts.project.notebooks[0]) is None
