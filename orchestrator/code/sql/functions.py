"""CREATE FUNCTION: what a row filter, a column mask or any other function of the project does."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.code.sql.columns import Column, read_columns
from orchestrator.code.sql.cursor import Cursor, Fragment
from orchestrator.code.sql.names import TableName


@dataclass(frozen=True, kw_only=True)
class CreateFunction:
    """`CREATE FUNCTION name (parameters) RETURNS type [LANGUAGE ...] RETURN expression | AS $$ body $$`."""

    name: TableName | None
    parameters: tuple[Column, ...] = ()
    returns: str = ""
    language: str = "SQL"
    body: Fragment | None = None
    """The expression or query after RETURN, or the quoted body of another language."""
    temporary: bool = False
    or_replace: bool = False


def read_function(cursor: Cursor) -> CreateFunction:
    """The details of a CREATE FUNCTION."""
    head = {token.upper for token in cursor.tokens[: cursor.index]}
    cursor.take("IF", "NOT", "EXISTS")
    name = cursor.name()
    parameters = read_columns(cursor.group()).columns
    begin = cursor.index
    returns = cursor.until("LANGUAGE", "RETURN", "AS", "COMMENT", "DETERMINISTIC", "NOT", "READS", "CONTAINS", "SQL")
    cursor.index = begin
    language = (cursor.upper or "SQL") if cursor.skip_to("LANGUAGE") and cursor.take("LANGUAGE") else "SQL"
    cursor.index = begin
    body = None
    if cursor.skip_to("RETURN", "AS"):
        cursor.index += 1
        body = cursor.rest()
    return CreateFunction(
        name=name,
        parameters=parameters,
        returns=returns.text.removeprefix("RETURNS").strip() if returns else "",
        language=language,
        body=body,
        temporary=bool(head & {"TEMP", "TEMPORARY"}),
        or_replace="REPLACE" in head,
    )
