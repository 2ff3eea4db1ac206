"""Which table is written from which: SQL, frames, merges and pipeline datasets, and nothing where it is not certain."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.code.edges import edges
from tests.code.parsed import project


def found(folder: Path, **files: str) -> set[tuple[str, str, bool]]:
    facts = project(folder, {name.replace("__", "."): text for name, text in files.items()})
    return {(edge.source, edge.target, edge.is_view) for edge in edges(facts)}


@pytest.mark.parametrize(
    "files",
    [
        {"a__sql": "INSERT INTO m.g.kpis SELECT * FROM m.s.orders;"},
        {"a__sql": "CREATE OR REPLACE TABLE m.g.kpis AS WITH o AS (SELECT * FROM m.s.orders) SELECT * FROM o;"},
        {"a__py": "spark.table('m.s.orders').filter('x > 1').write.saveAsTable('m.g.kpis')"},
        {"a__py": "frame = spark.sql('SELECT * FROM m.s.orders')\nframe.write.saveAsTable('m.g.kpis')"},
        {"a__py": "spark.sql('INSERT INTO m.g.kpis SELECT * FROM m.s.orders')"},
        {
            "a__py": "from delta.tables import DeltaTable\n"
            "t = DeltaTable.forName(spark, 'm.g.kpis')\n"
            "t.merge(spark.table('m.s.orders'), 'a = b').whenMatchedUpdateAll().execute()"
        },
        {
            "a__py": "from pyspark import pipelines as dp\n\n@dp.table(name='m.g.kpis')\ndef kpis():\n"
            "    return spark.read.table('m.s.orders')\n"
        },
    ],
)
def test_the_source_of_a_written_table_is_found(files: dict[str, str], tmp_path: Path) -> None:
    assert found(tmp_path, **files) == {("m.s.orders", "m.g.kpis", False)}


def test_a_joined_table_is_a_source_too(tmp_path: Path) -> None:
    text = "spark.table('m.s.a').join(spark.table('m.s.b'), 'id').write.saveAsTable('m.g.c')"
    assert {source for source, _target, _view in found(tmp_path, a__py=text)} == {"m.s.a", "m.s.b"}


def test_a_view_is_marked(tmp_path: Path) -> None:
    text = "CREATE VIEW m.g.v AS SELECT * FROM m.s.a;"
    assert found(tmp_path, a__sql=text) == {("m.s.a", "m.g.v", True)}


def test_two_statements_of_one_file_are_not_mixed(tmp_path: Path) -> None:
    text = "INSERT INTO m.g.a SELECT * FROM m.s.a;\nINSERT INTO m.g.b SELECT * FROM m.s.b;"
    assert found(tmp_path, a__sql=text) == {("m.s.a", "m.g.a", False), ("m.s.b", "m.g.b", False)}


def test_tests_and_tables_that_are_written_from_themselves_are_left_out(tmp_path: Path) -> None:
    facts = project(
        tmp_path,
        {
            "tests/test_a.sql": "INSERT INTO m.g.a SELECT * FROM m.s.a;",
            "a.sql": "INSERT OVERWRITE m.g.b SELECT * FROM m.g.b;",
        },
    )
    assert edges(facts) == ()
