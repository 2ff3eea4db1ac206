"""What counts as controlled from outside, and what makes a value safe."""

from __future__ import annotations

import pytest

from orchestrator.code.taint import Taints
from tests.code.parsed import last, python


def kind(text: str) -> str | None:
    file = python(text)
    found = Taints(file).of(last(file))
    return found.kind if found is not None else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = dbutils.widgets.get('table')\nf'select {x}'", "widget"),
        ("import sys\nname = sys.argv[1].strip()\n'a' + name", "argument"),
        ("import os\nos.environ['TABLE']", "environment"),
        ("args = parser.parse_args()\nargs.table", "argument"),
        ("'{}'.format(dbutils.widgets.get('t'))", "widget"),
    ],
)
def test_value_from_outside_is_tainted(text: str, expected: str) -> None:
    assert kind(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "x = int(dbutils.widgets.get('n'))\nf'{x}'",
        "dbutils.widgets.dropdown('env', 'dev', ['dev', 'prod'])\ndbutils.widgets.get('env')",
        "x = dbutils.widgets.get('t')\nif x not in ALLOWED:\n    raise ValueError(x)\nf'{x}'",
        "parser.add_argument('--table', dest='table', choices=['a'])\nargs = parser.parse_args()\nargs.table",
        "x = 'constant'\nf'{x}'",
        "x = load_settings()\nx.table",
        "x = dbutils.widgets.get('t')\nx = quote_identifier(x)\nx",
        "x = dbutils.widgets.get('t').replace(\"'\", \"''\")\nf'{x}'",
    ],
)
def test_value_that_is_checked_or_ours_is_not_tainted(text: str) -> None:
    assert kind(text) is None


def test_a_public_function_s_parameter_is_tainted_and_a_typed_number_is_not() -> None:
    file = python("def run(table, days: int):\n    spark.sql(f'{table} {days}')\n")
    call = next(file.calls_named("sql"))
    found = Taints(file).of(call.argument(0, "sqlQuery"))
    assert found is not None
    assert (found.kind, found.name) == ("parameter", "table")


def test_a_value_whose_name_is_checked_is_not_tainted_where_sql_holds_the_value() -> None:
    text = "x = dbutils.widgets.get('t')\nif x not in ALLOWED:\n    raise ValueError(x)\nspark.sql(f\"select '{x}'\")"
    file = python(text)
    (unit,) = file.sql_units.values()
    (hole,) = unit.template.holes
    assert Taints(file).of(hole.node) is None
