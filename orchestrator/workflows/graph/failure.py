"""What is said of a step that broke."""

from __future__ import annotations

from orchestrator.code.secrets import masked
from orchestrator.errors import OrchestratorError

MAX_PROBLEM = 500


def problem_of(error: BaseException | str) -> str:
    """One line: our own errors are sentences, others are named as a fault; credentials are masked."""
    if isinstance(error, OrchestratorError):
        text = str(error)
    elif isinstance(error, BaseException):
        text = f"a fault of ours ({type(error).__name__}: {error})"
    else:
        text = error
    return masked(" ".join(text.split()))[:MAX_PROBLEM]
