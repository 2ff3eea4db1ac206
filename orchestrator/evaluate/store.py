"""Stored runs: a folder each, written once and never changed."""

from __future__ import annotations

import datetime as dt
import json
import os
import secrets
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from orchestrator.errors import EvalError, UsageError
from orchestrator.evaluate.runlog import FORMAT, Entry, RunLog, Spec
from orchestrator.workflows.runs.folder import runs_folder

SPEC_FILE = "run.json"
LOG_FILE = "log.jsonl"


def evals_folder() -> Path:
    """Where runs of evals are kept: beside the runs of reviews.

    Raises:
        RunError: the user has no home, and no folder is named.
    """
    chosen = os.environ.get("ORCHESTRATE_STATE_DIR")
    return Path(chosen) / "evals" if chosen else runs_folder().parent / "evals"


def write_run(log: RunLog, folder: Path) -> Path:
    """Keep the run in that folder, which must not be there yet.

    Raises:
        UsageError: it is there, or cannot be written.
    """
    if folder.exists():
        raise UsageError(f"{str(folder)!r} is there already, and a stored run is never changed; name another folder")
    beside = folder.with_name(f"{folder.name}.{os.getpid()}.new")
    try:
        beside.mkdir(mode=0o700, parents=True)
        _write(log, beside)
        beside.rename(folder)
    except OSError as error:
        raise UsageError(f"the run cannot be kept in {str(folder)!r} ({error.strerror})") from error
    return folder


def new_folder(system: str, now: dt.datetime) -> Path:
    """A folder that is not there yet, by time and system, below the folder of evals."""
    return evals_folder() / f"{now.astimezone(dt.UTC):%Y%m%d-%H%M}-{system}-{secrets.token_hex(2)}"


def read_run(folder: Path) -> RunLog:
    """A stored run, by its folder or by its name below the folder of evals.

    Raises:
        UsageError: there is none.
        EvalError: it is damaged or of another format.
    """
    place = folder if (folder / SPEC_FILE).is_file() else evals_folder() / folder
    if not (place / SPEC_FILE).is_file():
        raise UsageError(f"{str(folder)!r} is no stored run; `orchestrate eval run` makes one and says where")
    return RunLog(spec=_spec(place / SPEC_FILE), entries=_entries(place / LOG_FILE))


def latest_run() -> Path:
    """The newest stored run.

    Raises:
        UsageError: there is none.
    """
    found = sorted(evals_folder().glob(f"*/{SPEC_FILE}"), key=lambda path: (path.stat().st_mtime_ns, str(path)))
    if not found:
        raise UsageError("no run is stored; `orchestrate eval run --system rules` makes one")
    return found[-1].parent


def log_text(log: RunLog) -> str:
    """The entries, one JSON object a line; the same run gives the same bytes."""
    return "".join(f"{json.dumps(json.loads(_entry_type().dump_json(each)), sort_keys=True)}\n" for each in log.entries)


def _write(log: RunLog, folder: Path) -> None:
    spec = json.dumps(json.loads(_spec_type().dump_json(log.spec)), indent=2, sort_keys=True)
    for name, text in ((SPEC_FILE, f"{spec}\n"), (LOG_FILE, log_text(log))):
        (folder / name).write_text(text, encoding="utf-8")
        (folder / name).chmod(0o400)


def _spec(path: Path) -> Spec:
    try:
        spec = _spec_type().validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise EvalError(f"{path}: is no spec of a stored run") from error
    if spec.format != FORMAT:
        raise EvalError(f"{path}: the run has format {spec.format}, and this version reads {FORMAT}; run it anew")
    return spec


def _entries(path: Path) -> tuple[Entry, ...]:
    found = []
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise EvalError(f"{path}: the log cannot be read ({error.strerror})") from error
    for number, line in enumerate(lines, start=1):
        try:
            found.append(_entry_type().validate_json(line))
        except ValidationError as error:
            raise EvalError(f"{path}: line {number} is no entry of a log") from error
    return tuple(found)


@cache
def _spec_type() -> TypeAdapter[Spec]:
    return TypeAdapter(Spec)


@cache
def _entry_type() -> TypeAdapter[Entry]:
    return TypeAdapter(Entry)
