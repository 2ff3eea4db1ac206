"""Statements that fail, with the error classes and SQL states of Databricks."""

from __future__ import annotations

import re

import duckdb

MAX_MESSAGE = 500
_COLUMN = re.compile(r'Referenced (?:column|table) "(?P<name>[^"]+)" not found')
_FUNCTION = re.compile(r"(?:Scalar|Aggregate|Table) Function with name (?P<name>\S+) does not exist", re.IGNORECASE)
_BY_TYPE: tuple[tuple[type[Exception], str, str], ...] = (
    (duckdb.ConversionException, "CAST_INVALID_INPUT", "22018"),
    (duckdb.OutOfRangeException, "ARITHMETIC_OVERFLOW", "22003"),
    (duckdb.InvalidInputException, "INVALID_PARAMETER_VALUE", "22023"),
    (duckdb.ParserException, "PARSE_SYNTAX_ERROR", "42601"),
    (duckdb.ConstraintException, "DELTA_VIOLATE_CONSTRAINT", "23001"),
    (duckdb.PermissionException, "INSUFFICIENT_PERMISSIONS", "42501"),
    (duckdb.InterruptException, "QUERY_CANCELED", "HY008"),
    (duckdb.BinderException, "DATATYPE_MISMATCH", "42K09"),
)


class StatementFailedError(Exception):
    """A statement that ends FAILED: its error class, message and SQL state."""

    def __init__(self, condition: str, message: str, sql_state: str) -> None:
        super().__init__(message)
        self.message = f"[{condition}] {message[:MAX_MESSAGE]} SQLSTATE: {sql_state}"
        self.sql_state = sql_state


def no_table(name: str) -> StatementFailedError:
    """A table or view that cannot be found."""
    shown = ".".join(f"`{part}`" for part in name.split("."))
    said = f"The table or view {shown} cannot be found. Verify the spelling and correctness of the schema and catalog."
    return StatementFailedError("TABLE_OR_VIEW_NOT_FOUND", said, "42P01")


def syntax(message: str) -> StatementFailedError:
    """A text that is no statement."""
    return StatementFailedError("PARSE_SYNTAX_ERROR", message, "42601")


def unsupported(what: str) -> StatementFailedError:
    """A statement that the sandbox does not run."""
    return StatementFailedError("UNSUPPORTED_FEATURE.SANDBOX", f"The sandbox workspace does not run {what}.", "0A000")


def insufficient(message: str) -> StatementFailedError:
    """A missing privilege, which the message names."""
    return StatementFailedError("INSUFFICIENT_PERMISSIONS", f"Insufficient privileges: {message}", "42501")


def of_engine(error: duckdb.Error) -> StatementFailedError:
    """What an error of the engine is called in Databricks."""
    text = str(error)
    column, function = _COLUMN.search(text), _FUNCTION.search(text)
    if column is not None:
        said = f"A column, variable, or function parameter with name `{column['name']}` cannot be resolved."
        return StatementFailedError("UNRESOLVED_COLUMN.WITH_SUGGESTION", said, "42703")
    if function is not None:
        return StatementFailedError(
            "UNRESOLVED_ROUTINE", f"Cannot resolve routine `{function['name']}` on search path.", "42883"
        )
    for kind, condition, state in _BY_TYPE:
        if isinstance(error, kind):
            return StatementFailedError(condition, _first_sentence(text), state)
    return StatementFailedError("INTERNAL_ERROR", _first_sentence(text), "XX000")


def _first_sentence(text: str) -> str:
    """The first line, without the engine's own name for the error."""
    return re.sub(r"^[A-Z][A-Za-z ]+ Error: ", "", text.strip().splitlines()[0])
