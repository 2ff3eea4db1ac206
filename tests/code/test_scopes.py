"""Which definitions reach a use."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from orchestrator.code.python import PythonFile
from tests.code.parsed import last, project, python


def reaching(file: PythonFile) -> list[int]:
    """The lines of the definitions that reach the name in the last statement."""
    name = next(node for node in ast.walk(last(file)) if isinstance(node, ast.Name))
    return [getattr(binding.node, "lineno", 0) for binding in file.definitions(name)]


def test_the_last_assignment_hides_the_earlier_one() -> None:
    assert reaching(python("a = 1\na = 2\na")) == [2]


def test_both_arms_of_a_branch_reach_and_so_does_what_stood_before() -> None:
    assert reaching(python("a = 1\nif x:\n    a = 2\na")) == [1, 3]


def test_an_assignment_in_the_same_arm_hides_what_stood_before() -> None:
    file = python("""
        def f(x):
            a = 1
            if x:
                a = 2
                print(a)
    """)
    use = next(node for node in file.nodes(ast.Name) if node.id == "a" and isinstance(node.ctx, ast.Load))
    assert [getattr(b.node, "lineno", 0) for b in file.definitions(use)] == [4]


def test_an_assignment_later_in_the_loop_reaches_the_next_turn() -> None:
    file = python("""
        a = 1
        for i in y:
            print(a)
            a = 2
    """)
    use = next(node for node in file.nodes(ast.Name) if node.id == "a" and isinstance(node.ctx, ast.Load))
    assert [getattr(b.node, "lineno", 0) for b in file.definitions(use)] == [1, 4]


def test_a_parameter_hides_the_module_s_name() -> None:
    file = python("a = 1\ndef f(a):\n    return a\n")
    use = next(node for node in file.nodes(ast.Name) if node.id == "a" and isinstance(node.ctx, ast.Load))
    (binding,) = file.definitions(use)
    assert binding.kind == "parameter"


def test_a_comprehension_has_its_own_names() -> None:
    file = python("a = 1\n[a for a in rows]")
    use = next(node for node in ast.walk(last(file)) if isinstance(node, ast.Name) and node.id == "a")
    (binding,) = file.definitions(use)
    assert binding.kind == "loop"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("'a' 'b'", "ab"),
        ("x = 'a'\ny = x + '.b'\ny", "a.b"),
        ("x = 'a'\nf'{x}.b'", "a.b"),
        ("24 * 7", 168),
        ("-1", -1),
        ("x = input()\nf'{x}.b'", None),
        ("if z:\n    x = 'a'\nelse:\n    x = 'b'\nx", None),
    ],
)
def test_constants_are_folded_through_names_that_are_assigned_once(text: str, value: object) -> None:
    file = python(text)
    assert file.constant(last(file)) == value


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("f'{catalog}.silver.orders'", "{catalog}.silver.orders"),
        ("c = 'main'\nf'{c}.silver.orders'", "main.silver.orders"),
        ("catalog + '.silver.orders'", "{catalog}.silver.orders"),
        ("settings.table", "{settings.table}"),
        ("1", None),
    ],
)
def test_a_pattern_names_the_unknown_parts(text: str, pattern: str | None) -> None:
    file = python(text)
    assert file.pattern(last(file)) == pattern


def test_columns_count_code_points_and_not_bytes() -> None:
    file = python("x = 'äöü' + name")
    name = next(node for node in file.nodes(ast.Name) if node.id == "name")
    assert file.columns(name) == (13, 17)
    assert file.text(name) == "name"


def test_a_name_from_an_import_is_resolved() -> None:
    file = python("from pyspark.sql import functions as F\nimport mlflow.sklearn\nF.col('a')\nmlflow.sklearn.log_model")
    assert file.dotted(last(file)) == "mlflow.sklearn.log_model"
    assert file.dotted(file.calls[0].node.func) == "pyspark.sql.functions.col"


def test_columns_in_a_python_cell_of_a_sql_notebook_count_the_magic_prefix(tmp_path: Path) -> None:
    text = "-- Databricks notebook source\n-- MAGIC %python\n-- MAGIC rows = df.collect()"
    facts = project(tmp_path, {"nb.sql": text})
    (file,) = facts.project.python
    (call,) = file.calls_named("collect")
    assert file.text(call.node) == "df.collect()"
    assert file.location(call.node).start_column == len("-- MAGIC rows = ") + 1
