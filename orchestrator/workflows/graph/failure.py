"""What is said of a step that broke, and of a run whose folder cannot be used."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from orchestrator.code.secrets import masked
from orchestrator.errors import IncompleteError, OrchestratorError

if TYPE_CHECKING:
    from orchestrator.workflows.runs.folder import Run

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


@contextmanager
def kept_whole(run: Run) -> Iterator[None]:
    """While a run writes into its folder; a full disk or a damaged store ends it in one sentence.

    Raises:
        IncompleteError: the folder cannot be written, or its checkpoints cannot be read.
    """
    try:
        yield
    except sqlite3.OperationalError as error:
        raise IncompleteError(_unwritten(run, str(error))) from error
    except sqlite3.DatabaseError as error:
        damaged = f"the checkpoints of run {run.id} cannot be read ({error})"
        raise IncompleteError(f"{damaged}; start a new run, which pays no answer again that is kept") from error
    except BrokenPipeError:
        # Who reads what is told has gone: that is not the folder's fault.
        raise
    except OSError as error:
        raise IncompleteError(_unwritten(run, error.strerror or type(error).__name__)) from error


def _unwritten(run: Run, why: str) -> str:
    return (
        f"run {run.id} stopped because its folder cannot be written ({why}); make room there, or name another in "
        "ORCHESTRATE_STATE_DIR, and review again: answers that are kept are not paid twice"
    )
