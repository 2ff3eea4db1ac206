"""Units: trees, dialects that are not ours, and text that wants to do harm."""

from __future__ import annotations

import ast
import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.code.source import SourceFile
from orchestrator.code.sql import SqlUnit, from_python, is_tsql, sql_file_units
from orchestrator.code.sql.tokens import MAX_CHARACTERS, lex


def unit_of(text: str) -> SqlUnit:
    return sql_file_units(SourceFile(path="a.sql", text=text, digest=""))[0]


def ask_everything(unit: SqlUnit) -> int:
    """Ask every question of every statement, and give the number of statements."""
    for statement in unit.statements:
        assert unit.template.text[statement.start : statement.end] == statement.text
        assert statement.location().start_line >= 1
        assert (statement.kind, statement.details, statement.query) is not None
        for name in (*statement.reads, *statement.writes):
            assert statement.location_of(name.start, name.end).start_line >= 1
        assert statement.tree is None or statement.tree.key
        assert statement.query_tree is None or statement.query_tree.key
    return len(unit.statements)


TREES = [
    "SELECT a FROM t QUALIFY row_number() OVER (PARTITION BY a ORDER BY b) = 1",
    "MERGE WITH SCHEMA EVOLUTION INTO t USING s ON t.a = s.a WHEN MATCHED THEN UPDATE SET *",
    "SELECT a FROM STREAM(t) WATERMARK ts DELAY OF INTERVAL 10 MINUTES",
    "CREATE TABLE t (a STRING MASK s.f)",
    "CREATE OR REPLACE TEMP VIEW v AS SELECT 1 AS a",
    "INSERT INTO t REPLACE WHERE a = 1 SELECT * FROM s",
    "SELECT * FROM ${c}.{{ t }} WHERE a = '${b}'",
    "{{ explain }} SELECT * FROM s JOIN t USING (a) {{ where }} {{ limit }}",
]


@pytest.mark.parametrize("text", TREES)
def test_statement_has_a_tree(text: str) -> None:
    assert unit_of(text).statements[0].tree is not None


BODIES = [
    "CREATE OR REFRESH STREAMING TABLE t (CONSTRAINT c EXPECT (a > 0)) AS SELECT a FROM STREAM(s)",
    "CREATE LIVE TABLE t COMMENT 'x' AS SELECT a FROM LIVE.s",
    "CREATE MATERIALIZED VIEW t AS (SELECT a FROM s)",
    "CREATE FLOW f AS INSERT INTO t BY NAME SELECT a FROM STREAM(s)",
    "INSERT OVERWRITE t PARTITION (d) SELECT a FROM s",
]


@pytest.mark.parametrize("text", BODIES)
def test_body_of_a_definition_has_a_tree(text: str) -> None:
    from sqlglot import exp

    tree = unit_of(text).statements[0].query_tree

    assert tree is not None
    assert [column.name for column in tree.find_all(exp.Column)] == ["a"]


def test_expression_of_a_tree_has_its_place() -> None:
    from sqlglot import exp

    unit = unit_of("SELECT 1;\nCREATE VIEW v AS\n  SELECT x,\n    s.total FROM s;\nSELECT y AS q")
    _, view, select = unit.statements
    assert view.query_tree is not None
    assert select.tree is not None
    total = next(column for column in view.query_tree.find_all(exp.Column) if column.name == "total")
    plain = next(iter(select.tree.find_all(exp.Column)))

    place = view.location_of_expression(total)
    assert (place.start_line, place.start_column, place.end_column) == (4, 5, 12)
    assert (select.location_of_expression(plain).start_line, select.location_of_expression(plain).start_column) == (
        5,
        8,
    )


def test_opaque_statements_have_no_tree() -> None:
    assert unit_of("VACUUM t RETAIN 1 HOURS").statements[0].tree is None


def test_sqlglot_is_loaded_only_for_trees() -> None:
    code = (
        "import sys\n"
        "from orchestrator.code.source import SourceFile\n"
        "from orchestrator.code.sql import sql_file_units\n"
        "unit, = sql_file_units(SourceFile(path='a.sql', text='SELECT 1; VACUUM t', digest=''))\n"
        "found = [(s.kind, s.reads, s.details) for s in unit.statements]\n"
        "assert len(found) == 2 and 'sqlglot' not in sys.modules\n"
        "assert unit.statements[0].tree is not None and 'sqlglot' in sys.modules\n"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


TSQL = [
    "CREATE PROCEDURE dbo.p AS\nBEGIN\nSET NOCOUNT ON\nSELECT 1\nEND\nGO\n",
    "SELECT TOP 10 * FROM [dbo].[Orders]",
    "DECLARE @x INT = 1\nSELECT @x",
    "CREATE TABLE t (a NVARCHAR(MAX) NULL, b DATETIME2)",
    "SELECT * FROM Orders WITH (NOLOCK)",
    "CREATE TABLE t (id INT IDENTITY(1,1), b UNIQUEIDENTIFIER)",
]


@pytest.mark.parametrize("text", TSQL)
def test_tsql_is_skipped_with_a_reason(text: str) -> None:
    unit = unit_of(text)

    assert is_tsql(text)
    assert unit.statements == ()
    assert unit.unparsed is not None
    assert "T-SQL" in unit.unparsed


@pytest.mark.parametrize(
    "text",
    [
        "SELECT arr[0], m['k'] FROM t",
        "CREATE TABLE t (id BIGINT GENERATED ALWAYS AS IDENTITY (START WITH 1)) USING delta",
        "/* DECLARE @x */ SELECT 1",
        "-- go\nSELECT getdate() FROM `c`.s.t@v3",
        "SELECT * FROM t WHERE go = 1 AND x IN (SELECT top FROM tops)",
        "DECLARE x INT DEFAULT 3; SET VAR x = 4; SELECT x",
        "MERGE INTO a USING b ON a.x = b.x WHEN MATCHED THEN DELETE",
    ],
)
def test_databricks_sql_is_not_taken_for_tsql(text: str) -> None:
    assert not is_tsql(text)


UNREADABLE = {
    "quote": ("SELECT 1;\nSELECT 'a", "quote that opens on line 2"),
    "backtick": ("SELECT `a", "quote that opens on line 1"),
    "comment": ("SELECT 1 /* a", "comment that opens on line 1"),
    "body": ("SELECT $$ a", "quote that opens on line 1"),
    "long": ("SELECT 1" + " " * MAX_CHARACTERS, "longer than"),
    "many": ("SELECT " + "1," * 150_000, "more than"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_tokenised_is_unparsed_with_a_reason(name: str) -> None:
    text, reason = UNREADABLE[name]
    unit = unit_of(text)

    assert unit.unparsed is not None
    assert reason in unit.unparsed
    assert [statement.text for statement in unit.statements] == (["SELECT 1"] if name == "quote" else [])


def test_comments_nest_and_unbalanced_ones_end_at_the_first_mark() -> None:
    assert [token.text for token in lex("a /* b /* c */ d */ e").tokens] == ["a", "e"]
    assert [token.text for token in lex("a /* /data/*.csv */ e /* x */ f").tokens] == ["a", "e", "f"]


def test_strings_are_read_with_their_escapes() -> None:
    values = [token.value for token in lex(r"""'a''b' "c\"d" r'e\' `f``g` $$h$$ 1""").tokens]

    assert values == ["a'b", 'c"d', "e\\", "f`g", "h", "1"]


def test_numbers_names_and_operators_are_told_apart() -> None:
    kinds = [(token.kind, token.text) for token in lex("1e3 .5 10L 2023_t a.b :p x:y <=> -> ?").tokens]

    assert kinds == [
        ("number", "1e3"),
        ("number", ".5"),
        ("number", "10L"),
        ("word", "2023_t"),
        ("word", "a"),
        ("operator", "."),
        ("word", "b"),
        ("parameter", ":p"),
        ("word", "x"),
        ("operator", ":"),
        ("word", "y"),
        ("operator", "<=>"),
        ("operator", "->"),
        ("parameter", "?"),
    ]


HOSTILE = {
    "brackets": "SELECT " + "(" * 200 + "1" + ")" * 200,
    "open brackets": "SELECT " + "(" * 5_000,
    "closing brackets": "SELECT " + ")" * 5_000,
    "calls": "SELECT " + "f(" * 28 + "1" + ")" * 28,
    "subqueries": "SELECT * FROM (" * 28 + "t" + ")" * 28,
    "cases": "SELECT " + "CASE WHEN " * 200 + "1" + " END" * 200,
    "operators": "SELECT " + "NOT " * 5_000 + "1",
    "minus": "SELECT " + "- " * 5_000 + "1",
    "sum": "SELECT " + "1 + " * 9_000 + "1",
    "union": " UNION ALL ".join(["SELECT 1"] * 3_000),
    "nul": "SELECT \x00 FROM t\x00; VACUUM \x00",
    "scripts": "BEGIN " * 3_000 + "SELECT 1;" + "END " * 3_000,
    "ends": "BEGIN " + "END " * 5_000,
    "comments": "/*" * 50_000 + " SELECT 1 " + "*/" * 50_000,
    "unclosed comments": "SELECT 1 /*/**/" * 30_000,
    "jinja": "SELECT " + "{{" * 100_000,
    "blocks": "SELECT " + "{%" * 100_000 + "%}",
    "many holes": "SELECT " + "${a}," * 30_000,
    "digits": "SELECT " + "1" * 500_000 + "a",
    "one line": "SELECT '" + "x" * 900_000 + "' FROM t",
    "blank lines": "SELECT 1" + "\n" * 400_000,
    "names": "SELECT * FROM " + "a." * 50_000 + "b",
    "commas": "CREATE TABLE t (" + "a MAP<" * 20_000,
    "ctes": "WITH " + ", ".join(f"a{n} AS (SELECT 1)" for n in range(5_000)) + " SELECT 1",
    "alter": "ALTER TABLE t " + "SET " * 50_000,
    "merge": "MERGE INTO t USING s ON 1 = 1 " + "WHEN " * 50_000,
    "closed levels": "WITH " + ") AS (" * 5_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_read_in_bounded_time(name: str) -> None:
    began = time.process_time()

    ask_everything(unit_of(HOSTILE[name]))

    assert time.process_time() - began < 5


KEYWORDS = (
    "SELECT INSERT INTO OVERWRITE MERGE USING ON WHEN MATCHED THEN CREATE OR REPLACE REFRESH TABLE VIEW STREAMING LIVE "
    "MATERIALIZED AS FROM JOIN WHERE GRANT REVOKE TO ALTER SHARE ADD SET MASK ROW FILTER POLICY VACUUM RETAIN HOURS "
    "OPTIMIZE ZORDER BY WITH CASE END BEGIN IF CLONE FLOW AUTO CDC KEYS SEQUENCE CONSTRAINT EXPECT VIOLATION STREAM "
    "RESTORE REORG APPLY CHANGES CLUSTER PARTITION USE CATALOG RECIPIENT COLUMN MATCH COLUMNS EXCEPT IDENTIFIER "
    "( ) [ ] , ; . = * < > - 1 a b.c `d` 'e' :f ${g} {{h}} {% i %} $$ /* */ -- \" \n \x00"
)


@given(st.lists(st.sampled_from(KEYWORDS.split(" ")), max_size=40).map(" ".join))
@settings(max_examples=300, deadline=None)
def test_any_order_of_keywords_is_read_without_a_fault(text: str) -> None:
    for unit in sql_file_units(SourceFile(path="a.sql", text=text, digest="")):
        ask_everything(unit)


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_without_a_fault(text: str) -> None:
    for unit in sql_file_units(SourceFile(path="a.sql", text="SELECT " + text, digest="")):
        ask_everything(unit)


@given(
    st.text(st.characters(exclude_characters="\r\x00"), max_size=80),
    st.sampled_from(["f'{}'", 'f"""{}"""', "'{}' % x", "'{}'.format(y, z=1)", "'' + '{}'", "r'{}'"]),
)
@settings(max_examples=300, deadline=None)
def test_any_python_string_has_a_template_with_places_in_the_file(text: str, form: str) -> None:
    code = form.replace("{}", text)
    try:
        module = ast.parse(code)
    except (SyntaxError, ValueError):
        return
    last = module.body[-1] if module.body else None
    if not isinstance(last, ast.Expr):
        return
    lines = code.split("\n")
    template = from_python(last.value, lambda _: None, lines=lines)

    if template is not None:
        assert all(1 <= template.locate(offset)[0] <= len(lines) for offset in range(len(template.text)))
