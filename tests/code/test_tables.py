"""The tables of a project, over Python, SQL files and cells."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.code.roles import Role, role_of
from orchestrator.code.tables import is_resolved, normalised
from tests.code.parsed import project


def test_one_table_is_seen_from_python_sql_and_cells(tmp_path: Path) -> None:
    facts = project(
        tmp_path,
        {
            "ddl/orders.sql": "CREATE TABLE Main.Silver.Orders (id BIGINT);",
            "src/write.py": "df.write.mode('append').saveAsTable('main.silver.orders')",
            "src/merge.py": "spark.sql('MERGE INTO main.silver.orders t USING u s ON t.id = s.id "
            "WHEN MATCHED THEN UPDATE SET *')",
            "nb/read.py": "# Databricks notebook source\n# MAGIC %sql\n# MAGIC SELECT * FROM `main`.silver.orders",
            "src/stream.py": "spark.readStream.table('main.silver.orders')",
        },
    )
    uses = {(use.location.path, use.use.value) for use in facts.tables.of("main.silver.orders")}
    assert uses == {
        ("ddl/orders.sql", "declare"),
        ("src/write.py", "append"),
        ("src/merge.py", "merge"),
        ("nb/read.py", "read"),
        ("src/stream.py", "stream"),
    }


def test_names_with_the_same_unknown_part_are_the_same_table(tmp_path: Path) -> None:
    facts = project(
        tmp_path,
        {
            "src/a.py": "df.write.saveAsTable(f'{catalog}.silver.orders')",
            "src/b.py": "spark.sql(f'SELECT * FROM {catalog}.silver.orders')",
            "src/c.py": "spark.sql(f'SELECT * FROM {other}.silver.orders')",
        },
    )
    paths = {use.location.path for use in facts.tables.of("{catalog}.silver.orders")}
    assert paths == {"src/a.py", "src/b.py"}


def test_a_delta_table_merge_counts_under_its_name(tmp_path: Path) -> None:
    facts = project(
        tmp_path,
        {
            "src/a.py": """
                t = DeltaTable.forName(spark, 'a.b.c')
                t.alias('t').merge(s, 'x').whenMatchedDelete().execute()
            """
        },
    )
    assert [use.use.value for use in facts.tables.of("a.b.c")] == ["merge"]


@pytest.mark.parametrize(
    ("name", "plain"),
    [("`Main`.Silver.ORDERS", "main.silver.orders"), ("{Catalog}.Silver.X", "{Catalog}.silver.x")],
)
def test_names_compare_without_case_and_quotes(name: str, plain: str) -> None:
    assert normalised(name) == plain


@pytest.mark.parametrize(
    ("name", "known"),
    [("a.b", True), ("{c}.b.t", True), ("t", False), ("a.{t}", False), ("{c.d}.b.t", True), ("{c.t}", False)],
)
def test_a_name_is_resolved_when_its_table_is_known(name: str, *, known: bool) -> None:
    assert is_resolved(name) is known


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("tests/test_job.py", Role.TEST),
        ("src/conftest.py", Role.TEST),
        ("demo/orders.py", Role.DEMO),
        ("src/training/train.py", Role.CODE),
        ("src/generate_orders.py", Role.GENERATOR),
        ("notebooks/exploration/look.py", Role.EXPLORATION),
        ("setup.py", Role.SETUP),
        ("notebooks/01-install.py", Role.SETUP),
        ("src/pipeline.py", Role.CODE),
    ],
)
def test_a_path_suggests_a_role(path: str, role: Role) -> None:
    assert role_of(path) is role


def test_a_file_that_a_job_runs_is_production_code(tmp_path: Path) -> None:
    facts = project(
        tmp_path,
        {
            "databricks.yml": """
                bundle:
                  name: b
                resources:
                  jobs:
                    nightly:
                      name: nightly
                      tasks:
                        - task_key: load
                          notebook_task:
                            notebook_path: ./src/generate_report.py
                targets:
                  dev: {}
            """,
            "src/generate_report.py": "print(1)",
        },
    )
    assert facts.role("src/generate_report.py") is Role.PRODUCTION


@pytest.mark.parametrize("path", [".github/workflows/ci.yml", "contracts/orders.odcs.yaml"])
def test_a_broken_contract_or_workflow_is_an_entry_of_the_ledger(tmp_path: Path, path: str) -> None:
    facts = project(tmp_path, {path: "kind: DataContract\non: [push\njobs: {"})
    entries = [entry for entry in facts.project.ledger if entry.path == path and entry.incomplete]
    assert entries
