"""Mask functions: what each makes of a value, and whether one that exists serves a column."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.changes import Goal
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.governance.protection import FilterFunction, parameter
from orchestrator.workspace.governance.securables import full_name

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

_TEXT = ("STRING", "VARCHAR", "CHAR")
_EMAIL = "CONCAT(SUBSTRING(value, 1, 1), '***@', SUBSTRING_INDEX(value, '@', -1))"


def hidden(kind: str, type_text: str) -> str | None:
    """The expression that hides a value of that kind and type; None where no plain type of values is known for it."""
    plain = base_type(type_text)
    if plain == "STRING":
        return _EMAIL if kind == "email" else "'***'"
    if plain == "DATE":
        return "TRUNC(value, 'YEAR')"
    if plain.startswith("TIMESTAMP"):
        return "DATE_TRUNC('YEAR', value)"
    numbers = ("INT", "BIGINT", "SMALLINT", "TINYINT", "DOUBLE", "FLOAT", "DECIMAL", "BOOLEAN")
    return f"CAST(NULL AS {plain})" if plain.startswith(numbers) else None


def base_type(type_text: str) -> str:
    """The type that a function takes for a column: text of any length is STRING."""
    plain = type_text.upper().replace(" ", "")
    return "STRING" if plain.startswith(_TEXT) else plain


def mask_function(name: str, type_text: str, expression: str, groups: Iterable[str], others: Iterable[str]) -> Goal:
    """The goal that a function of one value hides it from everybody but these groups and other principals.

    Raises:
        WorkspaceError: a name or the type cannot be one.
    """
    value = parameter("value", base_type(type_text))
    setting = FilterFunction(name=full_name("function", name), parameters=(value,))
    state = (value.declared, value.type, with_exempt(expression, groups, others))
    return Goal(setting=setting, wanted=lambda _now: state)


def with_exempt(expression: str, groups: Iterable[str], others: Iterable[str]) -> str:
    """The expression, behind a test of who asks; it ends in the hidden value, whoever nobody thought of."""
    tests = [
        *(f"is_account_group_member('{_name(group)}')" for group in groups),
        *(f"session_user() = '{_name(other)}'" for other in others),
    ]
    return f"CASE WHEN {' OR '.join(tests)} THEN value ELSE {expression} END" if tests else expression


def _name(text: str) -> str:
    if "'" in text or "\\" in text or not text.isprintable():
        raise WorkspaceError(f"{text[:60]!r} cannot be the name of a principal: it has a quote or a backslash")
    return text


def check_serves(workspace: Workspace, function: str, type_text: str) -> None:
    """Nothing, where the function takes a value of the column's type and gives one of it.

    Raises:
        WorkspaceError: it does not, or there is no such function.
    """

    def question(client: WorkspaceClient) -> tuple[list[str], str]:
        found = client.functions.get(function)
        inputs = (found.input_params.parameters if found.input_params else None) or ()
        returns = found.full_data_type or (found.data_type.value if found.data_type else "")
        return [base_type(each.type_text) for each in inputs], base_type(returns)

    inputs, returns = workspace.ask(f"read the function {function}", question, privilege="EXECUTE on it")
    wanted = base_type(type_text)
    if len(inputs) != 1 or inputs[0] != wanted or returns != wanted:
        raise WorkspaceError(
            f"the function {function} takes ({', '.join(inputs)}) and gives {returns}: a mask of a column of type "
            f"{wanted} takes one {wanted} and gives {wanted}"
        )
