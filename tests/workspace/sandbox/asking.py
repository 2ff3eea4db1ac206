"""Statements through the SDK."""

from __future__ import annotations

from databricks.sdk import WorkspaceClient
from databricks.sdk.service.sql import StatementParameterListItem, StatementResponse, StatementState

WAREHOUSE = "4b9b953939869799"
Parameter = tuple[str, str | None]
"""The type of a parameter and its text."""


def ran(client: WorkspaceClient, text: str, **parameters: Parameter) -> StatementResponse:
    """The answer to a statement with parameters."""
    bound = [
        StatementParameterListItem(name=name, type=kind, value=value) for name, (kind, value) in parameters.items()
    ]
    return client.statement_execution.execute_statement(text, WAREHOUSE, parameters=bound or None, wait_timeout="50s")


def rows(client: WorkspaceClient, text: str, **parameters: Parameter) -> list[list[str]]:
    """The rows of a statement that has to succeed."""
    answer = ran(client, text, **parameters)
    assert answer.status is not None
    assert answer.status.state is StatementState.SUCCEEDED, answer.status.error
    return (answer.result.data_array or []) if answer.result else []


def refused(client: WorkspaceClient, text: str, **parameters: Parameter) -> tuple[str, str]:
    """SQL state and message of a statement that has to fail."""
    status = ran(client, text, **parameters).status
    assert status is not None
    assert status.state is StatementState.FAILED
    assert status.error is not None
    return status.sql_state or "", status.error.message or ""
