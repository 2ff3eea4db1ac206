"""Answers that refuse, with the error bodies of Databricks."""

from __future__ import annotations

from orchestrator.workspace.sandbox.seed.part import Json


class Problem(Exception):
    """A refused call: HTTP status, error code and message as the REST interface sends them."""

    def __init__(self, status: int, code: str, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.retry_after = retry_after

    def body(self) -> Json:
        """The JSON body."""
        return {"error_code": self.code, "message": self.message, "details": []}


def missing(kind: str, name: str) -> Problem:
    """A securable of Unity Catalog that does not exist: `TABLE_DOES_NOT_EXIST` and its like."""
    word = kind.replace("_", " ").capitalize()
    return Problem(404, f"{kind.upper()}_DOES_NOT_EXIST", f"{word} '{name}' does not exist.")


def taken(kind: str, name: str) -> Problem:
    """A name that something else has."""
    word = kind.replace("_", " ").capitalize()
    return Problem(409, f"{kind.upper()}_ALREADY_EXISTS", f"{word} '{name}' already exists")


def absent(what: str, name: str) -> Problem:
    """An object outside Unity Catalog that does not exist."""
    return Problem(404, "RESOURCE_DOES_NOT_EXIST", f"{what} {name} does not exist.")


def invalid(message: str) -> Problem:
    """A parameter that does not fit."""
    return Problem(400, "INVALID_PARAMETER_VALUE", message)


def denied(message: str) -> Problem:
    """A missing privilege, which the message names."""
    return Problem(403, "PERMISSION_DENIED", message)
