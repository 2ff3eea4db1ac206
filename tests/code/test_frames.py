"""Where frames come from, which are small, and which are streams."""

from __future__ import annotations

import ast

import pytest

from orchestrator.code.bound import Bound, Bounds
from orchestrator.code.frames import Frame, Frames, RootKind
from orchestrator.code.python import PythonFile, as_call
from tests.code.parsed import last, python


def frame(text: str) -> Frame:
    file = python(text)
    return Frames.over(file).of(last(file))


def bound(text: str) -> Bound:
    file = python(text)
    return Bounds(Frames.over(file)).of(last(file))


def test_a_chain_over_several_names_leads_back_to_its_table() -> None:
    found = frame("""
        df = spark.read.table("main.silver.orders")
        df = df.filter("a = 1")
        out = df.groupBy("a").count()
        out
    """)
    assert [root.kind for root in found.roots] == [RootKind.TABLE]
    assert [call.name for call in found.operations] == ["filter", "groupBy", "count"]


def test_a_frame_that_grows_in_a_loop_ends() -> None:
    found = frame("""
        df = spark.table("a.b.c")
        for c in columns:
            df = df.withColumn(c, 1)
        df
    """)
    assert [root.kind for root in found.roots] == [RootKind.TABLE]
    assert found.has("withColumn")


def test_a_hundred_steps_are_followed_to_the_source() -> None:
    steps = "\n".join(f"df = df.withColumn('c{i}', x)" for i in range(300))
    assert [root.kind for root in frame(f"df = spark.table('a.b.c')\n{steps}\ndf").roots] == [RootKind.TABLE]


def test_a_chain_of_five_hundred_calls_is_followed() -> None:
    chain = ".withColumn('a', x)" * 500
    assert [root.kind for root in frame(f"spark.table('a.b.c'){chain}").roots] == [RootKind.TABLE]


def test_a_function_of_the_file_gives_the_frame_of_what_it_returns() -> None:
    found = frame("""
        def load(name):
            return spark.readStream.table(name)
        load("a.b.c").select("x")
    """)
    assert found.streaming
    assert [call.name for call in found.operations] == ["select"]


def test_a_function_s_parameter_is_replaced_by_what_the_call_passes() -> None:
    found = frame("""
        def clean(df):
            return df.dropna()
        clean(spark.table("a.b.c"))
    """)
    assert [root.kind for root in found.roots] == [RootKind.TABLE]
    assert found.has("dropna")


def test_both_sides_of_a_join_can_make_it_a_stream() -> None:
    assert frame("s = spark.readStream.table('a.b.c')\nspark.table('d.e.f').join(s, 'id')").streaming


def test_a_reader_kept_in_a_variable_keeps_its_options() -> None:
    found = frame("""
        reader = spark.readStream.format("cloudFiles").option("cloudFiles.schemaLocation", path)
        reader.load(source)
    """)
    (root,) = found.roots
    assert root.streaming
    assert root.option("cloudfiles.schemalocation") is not None


def test_functions_that_call_each_other_do_not_loop_for_ever() -> None:
    found = frame("""
        def a(x):
            return b(x)
        def b(x):
            return a(x)
        a(1)
    """)
    assert found.streaming is False


def test_a_pandas_frame_is_no_spark_frame() -> None:
    assert not frame("import pandas as pd\ndf = pd.read_csv('x')\ndf.filter(['a'])").is_dataframe


@pytest.mark.parametrize(
    "text",
    [
        "spark.sql('SHOW TABLES IN main.silver')",
        "spark.sql('DESCRIBE DETAIL main.silver.orders')",
        "spark.sql('SELECT max(day) FROM main.silver.orders')",
        "spark.sql('SELECT 1')",
        "spark.sql('SELECT * FROM main.silver.orders LIMIT 10')",
        "spark.sql('SELECT * FROM system.billing.usage')",
        "spark.table('main.silver.orders').limit(5)",
        "spark.table('main.silver.orders').agg(F.max('day'))",
        "spark.table('main.silver.orders').select(F.max('day'))",
        "spark.createDataFrame([(1, 'a')], 'id int, name string')",
        "spark.catalog.listTables('main.silver')",
        "spark.range(10)",
        "spark.table('main.information_schema.tables')",
        "spark.table('x.y.z').limit(5).join(spark.range(3), 'id')",
    ],
)
def test_frame_is_known_to_be_small(text: str) -> None:
    assert bound(text) is Bound.BOUNDED


@pytest.mark.parametrize(
    "text",
    [
        "spark.table('main.silver.orders')",
        "spark.sql('SELECT * FROM main.silver.orders')",
        "spark.sql(f'SELECT * FROM {table} WHERE day = 1')",
        "spark.sql('SELECT a, max(b) FROM main.silver.orders GROUP BY a')",
        "spark.table('main.silver.orders').groupBy('a').agg(F.max('b'))",
        "spark.read.parquet(path)",
        "spark.range(100_000_000)",
        "spark.table('x.y.z').limit(5).join(spark.table('a.b.c'), 'id')",
    ],
)
def test_frame_is_not_known_to_be_small(text: str) -> None:
    assert bound(text) is Bound.UNBOUNDED


@pytest.mark.parametrize("text", ["df", "load(x)", "def f(df):\n    return df\nf"])
def test_frame_of_unknown_origin_is_unknown(text: str) -> None:
    assert bound(text) is Bound.UNKNOWN


def test_the_parameter_of_a_function_is_a_parameter() -> None:
    file: PythonFile = python("def f(df):\n    return df.count()\n")
    call = as_call(file.nodes(ast.Call)[0])
    assert call is not None
    assert [root.kind for root in Frames.over(file).of(call.receiver).roots] == [RootKind.PARAMETER]
