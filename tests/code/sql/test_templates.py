"""Holes, and the way from the SQL back to the host's lines and columns."""

from __future__ import annotations

import ast
import textwrap

import pytest

from orchestrator.code.source import SourceFile
from orchestrator.code.sql import SqlUnit, Template, cell_unit, from_python, from_sql_text, python_unit, sql_file_units


def python_template(code: str) -> Template:
    """The template of the last expression of the code, with names resolved to their only assignment."""
    template = from_python(*_last(code), lines=code.split("\n"))
    assert template is not None
    return template


def _last(code: str) -> tuple[ast.expr, _Names]:
    module = ast.parse(code)
    last = module.body[-1]
    assert isinstance(last, ast.Expr)
    return last.value, _Names(module)


class _Names:
    def __init__(self, module: ast.Module) -> None:
        self.values = {
            target.id: node.value
            for node in module.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }

    def __call__(self, node: ast.expr) -> ast.expr | None:
        return self.values.get(node.id) if isinstance(node, ast.Name) else None


def places_agree(template: Template, code: str, *words: str) -> bool:
    """Whether each word of the SQL is led back to where the code has it."""
    lines = code.split("\n")
    for word in words:
        line, column = template.locate(template.text.index(word))
        if not lines[line - 1][column - 1 :].startswith(word):
            return False
    return True


def test_plain_sql_is_its_own_text() -> None:
    template = from_sql_text("SELECT 1\nFROM t", first_line=5)

    assert template.text == "SELECT 1\nFROM t"
    assert template.locate(template.text.index("t")) == (6, 6)
    assert template.span(0, len(template.text)) == (5, 1, 6, 7)


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("{{ ref('x') }}", "jinja"),
        ("{{param}}", "jinja"),
        ("${env}", "widget"),
        ("$env", "widget"),
        ("${var.catalog}", "bundle"),
        ("${bundle.target}", "bundle"),
        ("{df}", "marker"),
    ],
)
def test_placeholder_becomes_a_hole_of_its_kind(source: str, kind: str) -> None:
    text = f"SELECT *\nFROM c.{source}.t\nWHERE a = '{source}' AND b = 1"
    template = from_sql_text(text)

    assert [(hole.kind, hole.source, hole.quoted, hole.position) for hole in template.holes] == [
        (kind, source, False, "identifier"),
        (kind, source, True, "value"),
    ]
    assert template.locate(template.holes[1].start) == (3, 12)
    assert places_agree(template, text, "WHERE", "b = 1")


def test_jinja_blocks_and_comments_leave_blanks_of_the_same_length() -> None:
    text = "{{ config(a='b') }}\n{% if x %}\n{# it's\n a note #}SELECT a FROM {{ ref('t') }}\n{% endif %}WHERE b = 1"
    template = from_sql_text(text)

    assert "config" not in template.text
    assert "endif" not in template.text
    assert [hole.source for hole in template.holes] == ["{{ ref('t') }}"]
    assert places_agree(template, text, "SELECT", "WHERE", "b = 1")


def test_multi_line_jinja_keeps_the_lines_after_it() -> None:
    text = "SELECT {{ f(\n  1,\n  2) }} AS a,\n  b FROM t"
    template = from_sql_text(text)

    assert template.locate(template.holes[0].start) == (1, 8)
    assert template.span(template.holes[0].start, template.holes[0].end) == (1, 8, 3, 8)
    assert places_agree(template, text, "AS a", "b FROM t")


def test_parameter_markers_and_json_paths_are_not_holes() -> None:
    template = from_sql_text("SELECT a:b.c, get_json_object(x, '$.a') FROM t WHERE d = :day AND $$x {y} ${z}$$ = 1")

    assert template.holes == ()


def test_unclosed_placeholders_are_text() -> None:
    assert from_sql_text("SELECT {{ a FROM ${b {% c").holes == ()


def test_hole_of_an_f_string_keeps_its_node_and_place() -> None:
    code = textwrap.dedent('''\
        f"""
          SELECT *
          FROM {catalog}.{name(schema)}.t
          WHERE day = '{day:%Y}' AND b = {limit}
        """''')
    template = python_template(code)

    assert [(hole.source, hole.quoted, hole.position) for hole in template.holes] == [
        ("catalog", False, "identifier"),
        ("name(schema)", False, "identifier"),
        ("day", True, "value"),
        ("limit", False, "value"),
    ]
    assert all(hole.node is not None for hole in template.holes)
    assert "FROM __h0__.__h1__.t" in template.text
    assert template.locate(template.holes[0].start) == (3, 8)
    assert places_agree(template, code, "SELECT", "FROM", "WHERE", "AND b")


@pytest.mark.parametrize(
    "code",
    [
        '"SELECT a FROM t WHERE b"',
        "'''SELECT a\nFROM t\n  WHERE b'''",
        'r"SELECT a FROM t WHERE b"',
        '"SELECT a\\n\\t\\x41 FROM t \\u00e4 WHERE b"',
        '("SELECT a "  # why\n   "FROM t "\n   f"{x} WHERE b")',
        '"SELECT a " \\\n  "FROM t WHERE b"',
        '"SELECT a " + "FROM t "\\\n  + "WHERE b"',
        'f"{{x}} SELECT a FROM t WHERE b"',
        'f"SELECT a FROM t {x!r} WHERE b"',
        "f\"SELECT a FROM t {d['k']} {y:>{w}} WHERE b\"",
        '"äö SELECT a FROM t WHERE b"',
        'äö = f"ü {x} SELECT a FROM t WHERE b"; äö',
        '"SELECT a FROM %s.t WHERE b" % "c"',
        '"SELECT a FROM {}.t WHERE b".format("c")',
        '"SELECT a FROM t".strip() + " WHERE b"',
        'q = """\nSELECT a\nFROM t\nWHERE b"""\nq',
        '" ".join(["SELECT a", "FROM t", "WHERE b"])',
    ],
)
def test_python_text_is_led_back_to_its_line_and_column(code: str) -> None:
    assert places_agree(python_template(code), code, "SELECT a", "FROM", "WHERE b")


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("t = 'a.b'\nf'SELECT * FROM {t}'", "SELECT * FROM a.b"),
        ("t = 'b'\nu = f'a.{t}'\n'SELECT * FROM ' + u", "SELECT * FROM a.b"),
        ("n = 7\nf'VACUUM t RETAIN {n} HOURS'", "VACUUM t RETAIN 7 HOURS"),
        ("f'VACUUM t RETAIN {7} HOURS'", "VACUUM t RETAIN 7 HOURS"),
        ("'SELECT %s, %d%% FROM %s' % ('a', 1, 'b')", "SELECT a, 1% FROM b"),
        ("'SELECT %(x)s' % {'x': 'a'}", "SELECT a"),
        ("'SELECT {1} {0} {x} {{y}}'.format('a', 'b', x='c')", "SELECT b a c {y}"),
        ("', '.join(('a', 'b'))", "a, b"),
        ("c = ['a', 'b']\n'SELECT ' + ','.join(c)", "SELECT a,b"),
        ("dedent('SELECT 1')", "SELECT 1"),
    ],
)
def test_what_is_known_stands_in_the_text(code: str, text: str) -> None:
    assert python_template(code).text == text


@pytest.mark.parametrize(
    ("code", "sources"),
    [
        ("f(x)", ["f(x)"]),
        ("query", ["query"]),
        ("'SELECT * FROM ' + table", ["table"]),
        ("'SELECT %s FROM %s' % (a, b.c)", ["a", "b.c"]),
        ("'SELECT {} FROM {t}'.format(a, t=b)", ["a", "b"]),
        ("'SELECT {a.b} FROM {missing}'.format(a=x)", ["{a.b}", "{missing}"]),
        ("', '.join(columns)", ["', '.join(columns)"]),
        ("q = q + 'x'\nq", ["q"]),
        ("'a' * 3", ["'a' * 3"]),
    ],
)
def test_what_is_not_known_is_a_hole(code: str, sources: list[str]) -> None:
    assert [hole.source for hole in python_template(code).holes] == sources


def test_widget_behind_a_name_is_a_widget_hole_with_its_call() -> None:
    (hole,) = python_template("t = dbutils.widgets.get('t')\nf'SELECT * FROM {t}'").holes

    assert hole.kind == "widget"
    assert hole.source == "t"
    assert isinstance(hole.node, ast.Call)


def test_unknown_query_is_one_hole_and_a_statement_of_no_kind() -> None:
    template = python_template("query")

    assert template.is_only_holes()
    assert not python_template("'SELECT ' + a").is_only_holes()


@pytest.mark.parametrize("code", ["3", "b'x'", "['SELECT 1']", "{'a': 1}"])
def test_what_cannot_be_a_string_has_no_template(code: str) -> None:
    node, names = _last(code)

    assert from_python(node, names) is None


def test_names_that_double_their_text_stop_at_the_bound() -> None:
    code = "a0 = 'SELECT 1'\n" + "".join(f"a{n + 1} = a{n} + a{n}\n" for n in range(60)) + "a60"

    assert len(python_template(code).text) < 100_000


def test_without_the_source_a_line_is_still_known() -> None:
    code = 'x = 1\nf"""\nSELECT {a}\nFROM t"""'
    node, names = _last(code)
    template = from_python(node, names)

    assert template is not None
    assert template.locate(template.text.index("FROM"))[0] == 4


def test_name_defined_elsewhere_stands_where_it_is_used() -> None:
    code = "x = 1\nf'SELECT * FROM {t}'"
    node, _ = _last(code)
    other = ast.parse("\n" * 50 + "'a.b'").body[0]
    assert isinstance(other, ast.Expr)
    template = from_python(node, lambda _: other.value, lines=code.split("\n"))

    assert template is not None
    assert template.text == "SELECT * FROM a.b"
    assert template.locate(template.text.index("a.b")) == (2, 17)


def python_sql(code: str) -> SqlUnit:
    node, names = _last(code)
    unit = python_unit(SourceFile(path="a.py", text=code, digest=""), node, names)
    assert unit is not None
    return unit


def test_statement_in_python_has_the_place_of_its_text() -> None:
    unit = python_sql('x = 1\nf"""\n  VACUUM {table} RETAIN 1 HOURS;\n  SELECT 1\n"""')
    vacuum, select = unit.statements

    assert str(vacuum.location()) == "a.py:3"
    assert (vacuum.location().start_column, vacuum.location().end_column) == (3, 32)
    assert str(select.location()) == "a.py:4"
    assert vacuum.target is not None
    assert vacuum.target.has_hole
    assert vacuum.template.source_of(vacuum.start, vacuum.end) == "VACUUM {table} RETAIN 1 HOURS"


def test_unit_of_an_unknown_query_has_one_statement_of_no_kind() -> None:
    (statement,) = python_sql("build()").statements

    assert (statement.kind, statement.reads, statement.details) == ("", (), None)
    assert statement.holes[0].source == "build()"


def test_optional_prefix_before_the_head_is_stepped_over() -> None:
    (statement,) = python_sql("f'{explain} SELECT * FROM {a}.{b} WHERE c = {d}'").statements

    assert statement.kind == "SELECT"
    assert [name.has_hole for name in statement.reads] == [True]


def test_cell_begins_on_its_line() -> None:
    source = SourceFile(path="n.py", text="\n" * 20, digest="")
    (statement,) = cell_unit(source, "SELECT *\nFROM ${c}.t", 10).statements

    assert (statement.location().start_line, statement.location().end_line) == (10, 11)
    assert statement.location().end_column == 12


def test_second_statement_of_a_file_has_its_own_place() -> None:
    (unit,) = sql_file_units(SourceFile(path="a.sql", text="SELECT 1; -- x\n\n  DROP TABLE ${c}.t ;\n", digest=""))
    location = unit.statements[1].location()

    assert (location.start_line, location.start_column, location.end_line, location.end_column) == (3, 3, 3, 20)
