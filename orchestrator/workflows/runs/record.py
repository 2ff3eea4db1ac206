"""What a run was asked for, kept in its folder: enough to ask it again, and no credential."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from orchestrator.code.secrets import masked
from orchestrator.errors import RunError
from orchestrator.workflows.runs.folder import Run


class RunRecord(BaseModel):
    """One run's request; `words` are those of the command line, `directory` is where they were given."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    run: str
    created: dt.datetime
    project: str
    model: str
    version: str
    directory: str = ""
    words: tuple[str, ...] = ()


def write_record(run: Run, record: RunRecord) -> None:
    """Keep a run's request, credentials in its words masked."""
    words = tuple(storable(masked(word)) for word in record.words)
    places = {"project": storable(record.project), "directory": storable(record.directory)}
    safe = record.model_copy(update={"words": words, **places})
    write_private(run.request, safe.model_dump_json(indent=2))


def read_record(run: Run) -> RunRecord:
    """The request of a run.

    Raises:
        RunError: it cannot be read.
    """
    try:
        return RunRecord.model_validate_json(run.request.read_bytes())
    except (OSError, ValidationError) as error:
        raise RunError(f"the request of run {run.id} cannot be read; start a new run in its place") from error


def storable(text: str) -> str:
    """A text that may be a path of any bytes, such as JSON can hold it."""
    return text.encode("utf-8", "backslashreplace").decode()


def write_private(path: Path, text: str) -> None:
    """Write a file whole, or not at all, for its user alone."""
    beside = path.with_suffix(".new")
    beside.touch(mode=0o600)
    beside.write_text(text, encoding="utf-8", errors="backslashreplace")
    beside.replace(path)
