"""Conditions of row filters are one expression and nothing else; statements quote every name."""

from __future__ import annotations

import pytest

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.governance.protection import (
    ColumnMasking,
    FilterFunction,
    RowFilter,
    condition,
    filter_function,
    filtering,
    masking,
    parameter,
)


@pytest.mark.parametrize(
    "text",
    [
        "is_account_group_member('emea') OR region = 'EU'",
        "region IN (SELECT region FROM main.ref.regions WHERE owner = current_user())",
        "TRUE",
        "NOT is_account_group_member('x')",
        "CASE WHEN is_member('a') THEN TRUE ELSE region = 'b' END",
    ],
)
def test_an_expression_is_kept(text: str) -> None:
    assert condition(text).casefold().split() == text.casefold().split()


@pytest.mark.parametrize(
    "text",
    [
        "TRUE; DROP TABLE main.sales.orders",
        "SELECT 1",
        "DROP TABLE x",
        "GRANT SELECT ON x TO y",
        "region = 'a' AS r",
        "(((",
        "DELETE FROM x",
        "",
        "TRUE; ",
    ],
)
def test_anything_more_than_one_expression_is_refused(text: str) -> None:
    if text == "TRUE; ":
        assert condition(text) == "TRUE"
        return
    with pytest.raises(WorkspaceError, match="condition"):
        condition(text)


def test_a_comment_in_a_condition_does_not_get_into_the_statement() -> None:
    assert condition("TRUE -- and more\n") == "TRUE"


def test_a_type_is_a_type() -> None:
    assert parameter("region", "string").declared == "`region` STRING"
    assert parameter("amount", "decimal(10, 2)").type == "DECIMAL(10,2)"
    for text in ("STRING) RETURNS INT RETURN 1; --", "INT; DROP", "no_such_type", "array<string>", ""):
        with pytest.raises(WorkspaceError, match="type of Databricks SQL"):
            parameter("region", text)
    with pytest.raises(WorkspaceError, match="cannot be a name"):
        parameter("a b", "STRING")


def test_the_statements_quote_every_name() -> None:
    function = FilterFunction(name="main.s.f", parameters=(parameter("r", "STRING"),))
    state = ("`r` STRING", "BOOLEAN", "TRUE")
    assert function.call(None, state) == "CREATE FUNCTION `main`.`s`.`f`(`r` STRING) RETURNS BOOLEAN RETURN TRUE"
    assert function.call(state, state).startswith("CREATE OR REPLACE FUNCTION `main`")
    assert function.call(state, None) == "DROP FUNCTION `main`.`s`.`f`"
    rows = RowFilter(table="main.s.t")
    assert (
        rows.call(None, ("main.s.f", "a", "b"))
        == "ALTER TABLE `main`.`s`.`t` SET ROW FILTER `main`.`s`.`f` ON (`a`, `b`)"
    )
    assert rows.call(("main.s.f", "a"), None) == "ALTER TABLE `main`.`s`.`t` DROP ROW FILTER"
    mask = ColumnMasking(table="main.s.t", column="c")
    assert mask.call(None, ("main.s.f",)) == "ALTER TABLE `main`.`s`.`t` ALTER COLUMN `c` SET MASK `main`.`s`.`f`"
    assert mask.call(None, ("main.s.f", "d")).endswith("USING COLUMNS (`d`)")
    assert mask.call(("main.s.f",), None).endswith("DROP MASK")


@pytest.mark.parametrize("name", ["main.s", "main.s.t`; DROP TABLE x; --", "main..t", "a b.c.d", ""])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(WorkspaceError):
        filtering(name, "main.s.f", ("a",))
    with pytest.raises(WorkspaceError):
        masking(name, "c", "main.s.f")
    with pytest.raises(WorkspaceError):
        filtering("main.s.t", name, ("a",))
    with pytest.raises(WorkspaceError):
        filter_function(name, (parameter("r", "STRING"),), "TRUE")


def test_a_filter_needs_a_column_and_its_function_a_parameter() -> None:
    with pytest.raises(WorkspaceError, match="at least one column"):
        filtering("main.s.t", "main.s.f", ())
    with pytest.raises(WorkspaceError, match="at least one parameter"):
        filter_function("main.s.f", (), "TRUE")
