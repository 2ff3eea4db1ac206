"""Answers of the API, and what it says when it refuses."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import JsonValue

DOCUMENTS = "https://docs.github.com/rest"


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """A response: JSON, or text of another media type."""

    status: int = 200
    body: JsonValue = None
    text: bytes | None = None
    content_type: str = "application/json; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()


class RefusedError(Exception):
    """The request is answered with this, and nothing is done."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def refused(
    status: int, message: str, errors: list[JsonValue] | None = None, headers: tuple[tuple[str, str], ...] = ()
) -> RefusedError:
    """A refusal in the words of the API."""
    body: dict[str, JsonValue] = {"message": message}
    if errors is not None:
        body["errors"] = errors
    return RefusedError(
        Answer(status=status, body={**body, "documentation_url": DOCUMENTS, "status": str(status)}, headers=headers)
    )


def not_found() -> RefusedError:
    """404: not there, or not to be seen."""
    return refused(404, "Not Found")


def forbidden() -> RefusedError:
    """403: the token has not this permission."""
    return refused(403, "Resource not accessible by integration")


def secondary(retry_after: int) -> RefusedError:
    """403: too many writes."""
    said = (
        "You have exceeded a secondary rate limit and have been temporarily blocked from content creation. "
        "Please retry your request again later."
    )
    return refused(403, said, headers=(("retry-after", str(retry_after)),))


def unresolved(problems: list[str]) -> RefusedError:
    """422 of a review: what is wrong is one string for all its comments, and does not say with which."""
    words = problems[0] if len(problems) == 1 else ", ".join(problems[:-1]) + f", and {problems[-1]}"
    return refused(422, "Unprocessable Entity", [words])


def invalid(resource: str, field: str, message: str) -> RefusedError:
    """422 of a field."""
    error: dict[str, JsonValue] = {"resource": resource, "code": "custom", "field": field, "message": message}
    return refused(422, "Validation Failed", [error])


def too_large(what: str) -> RefusedError:
    """406 of the diff media type."""
    error: dict[str, JsonValue] = {"resource": "PullRequest", "field": "diff", "code": "too_large"}
    return refused(406, f"Sorry, the diff exceeded the maximum number of {what}", [error])
