"""Answers that refuse, with the error bodies of Databricks."""

from __future__ import annotations

from orchestrator.workspace.sandbox.seed.part import Json


class CallRefusedError(Exception):
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


def missing(kind: str, name: str) -> CallRefusedError:
    """A securable of Unity Catalog that does not exist: `TABLE_DOES_NOT_EXIST` and its like."""
    word = kind.replace("_", " ").capitalize()
    return CallRefusedError(404, f"{kind.upper()}_DOES_NOT_EXIST", f"{word} '{name}' does not exist.")


def taken(kind: str, name: str) -> CallRefusedError:
    """A name that something else has."""
    word = kind.replace("_", " ").capitalize()
    return CallRefusedError(409, f"{kind.upper()}_ALREADY_EXISTS", f"{word} '{name}' already exists")


def absent(what: str, name: str) -> CallRefusedError:
    """An object outside Unity Catalog that does not exist."""
    return CallRefusedError(404, "RESOURCE_DOES_NOT_EXIST", f"{what} {name} does not exist.")


def invalid(message: str) -> CallRefusedError:
    """A parameter that does not fit."""
    return CallRefusedError(400, "INVALID_PARAMETER_VALUE", message)


def denied(message: str) -> CallRefusedError:
    """A missing privilege, which the message names."""
    return CallRefusedError(403, "PERMISSION_DENIED", message)
