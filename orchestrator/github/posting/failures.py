"""What the API says when it does not do what it was asked; the sentence is for whoever runs the job."""

from __future__ import annotations

from orchestrator.errors import GitHubError, IncompleteError


class ApiError(IncompleteError):
    """An answer of the API that ends the posting: `status` is 0 where there was no answer at all."""

    def __init__(self, message: str, *, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class DeniedError(GitHubError):
    """A token that may not do this: the sentence names the permission to give to the job."""


class RefusedError(ApiError):
    """A write that the API found wrong (422): nothing of it was done."""


class UncertainError(ApiError):
    """A write whose fate is unknown: the line broke, or the server failed, after it was sent."""
