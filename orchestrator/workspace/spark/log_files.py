"""Which files make up one event log: a single file, a rolling folder, or the folder that Databricks delivers."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from orchestrator.errors import UsageError
from orchestrator.workspace.spark.limits import Limits

COMPACT = ".compact"
_ROLLING = re.compile(r"events_(\d{1,9})_.+")
_DELIVERED = re.compile(r"eventlog(?:-\d{4}-\d{2}-\d{2}--\d{2}-\d{2})?(?:\.gz)?")
_ONE_LOG = re.compile(r"(?:eventlog_v2_.+|(?:local-|app-|application_)\d.*)")
_SHOWN = 5
_ENTRIES = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFiles:
    """The files of one log in the order of their events, and what about them a reader should know."""

    files: tuple[Path, ...]
    notes: tuple[str, ...] = ()


class FileState(NamedTuple):
    """What tells whether a file changed: its path, the time of its last change in ns, its bytes."""

    path: str
    changed: int
    size: int


def file_states(files: tuple[Path, ...]) -> tuple[FileState, ...]:
    """The state of each file.

    Raises:
        UsageError: one of them cannot be looked at.
    """
    try:
        return tuple(FileState(str(file), file.stat().st_mtime_ns, file.stat().st_size) for file in files)
    except OSError as error:
        raise UsageError(f"the event log {error.filename!r} cannot be read: {error.strerror}") from error


def find_log(path: Path, limits: Limits) -> LogFiles:
    """The log that a path names.

    A folder may be one of Spark (`eventlog_v2_*`, with `events_N_*` files), one that Databricks cluster log delivery
    wrote (`eventlog`, `eventlog-2026-01-31--10-00.gz`), or hold exactly one log.

    Raises:
        UsageError: nothing is there, nothing in it is an event log, or it holds several.
    """
    if not _exists(path):
        raise UsageError(f"there is no event log at {str(path)[:400]!r}")
    if not path.is_dir():
        return LogFiles(files=(path,), notes=_running(path.name))
    entries = _entries(path)
    if rolling := [entry for entry in entries if _ROLLING.fullmatch(entry.name)]:
        return _rolled(rolling, entries, limits)
    if delivered := [entry for entry in entries if _DELIVERED.fullmatch(entry.name) and entry.is_file()]:
        return LogFiles(files=tuple(sorted(delivered, key=_hour)))
    return _only(path, [entry for entry in entries if _ONE_LOG.fullmatch(entry.name)], limits)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError as error:
        raise UsageError(f"the event log {str(path)[:400]!r} cannot be read: {error.strerror}") from error


def _entries(path: Path) -> list[Path]:
    try:
        return sorted(itertools.islice(path.iterdir(), _ENTRIES))
    except OSError as error:
        raise UsageError(f"the folder {str(path)!r} cannot be read: {error.strerror}") from error


def _only(path: Path, logs: list[Path], limits: Limits) -> LogFiles:
    if not logs:
        raise UsageError(
            f"{str(path)!r} holds no Spark event log; name a file of JSON lines, a folder eventlog_v2_* with events_* "
            "files, or the eventlog folder of Databricks cluster log delivery"
        )
    if len(logs) > 1:
        shown = ", ".join(log.name for log in logs[:_SHOWN]) + (", ..." if len(logs) > _SHOWN else "")
        raise UsageError(f"{str(path)!r} holds {len(logs)} event logs; name one of them: {shown}")
    return find_log(logs[0], limits)


def _rolled(rolling: list[Path], entries: list[Path], limits: Limits) -> LogFiles:
    """A compact file stands for itself and every file before it, as in Spark's own reader."""
    ordered = sorted(rolling, key=lambda file: (_index(file), file.name.endswith(COMPACT)))
    compact = [place for place, file in enumerate(ordered) if file.name.endswith(COMPACT)]
    files = ordered[compact[-1] :] if compact else ordered
    if len(files) > limits.files:
        raise UsageError(f"the log has {len(files)} files, at most {limits.files} are read")
    notes: list[str] = []
    for before, after in itertools.pairwise(files):
        if _index(after) != _index(before) + 1:
            notes.append(f"the files between {before.name!r} and {after.name!r} are missing")
    if not compact and _index(files[0]) != 1:
        notes.append(f"the first file is {files[0].name!r}: what came before it is missing")
    if any(entry.name.startswith("appstatus_") and entry.suffix == ".inprogress" for entry in entries):
        notes.append("the application was still running when the log was read")
    return LogFiles(files=tuple(files), notes=tuple(notes))


def _running(name: str) -> tuple[str, ...]:
    return ("the application was still running when the log was read",) if name.endswith(".inprogress") else ()


def _index(file: Path) -> int:
    found = _ROLLING.fullmatch(file.name)
    return int(found[1]) if found else 0


def _hour(file: Path) -> tuple[bool, str]:
    # The file without a date is the one that is still written.
    return not file.name.startswith("eventlog-"), file.name
