"""The folders of runs: one for each review with a model, readable by its user alone, the oldest removed."""

from __future__ import annotations

import datetime as dt
import os
import re
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from orchestrator.errors import RunError
from orchestrator.workflows.runs.lock import is_locked

KEPT = 100
"""Runs whose folders stay; of more, the oldest go when a new one begins."""
_ID = re.compile(r"[0-9]{8}-[0-9]{4}-[0-9a-f]{4}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run by its folder; what it holds is named here and nowhere else."""

    folder: Path

    @property
    def id(self) -> str:
        """Its name, such as `20261123-0745-3f9a`: day, time in UTC, and four hexadecimal digits."""
        return self.folder.name

    @property
    def request(self) -> Path:
        """What was asked for: enough to ask it again, and no credential."""
        return self.folder / "request.json"

    @property
    def events(self) -> Path:
        """The log."""
        return self.folder / "events.jsonl"

    @property
    def checkpoints(self) -> Path:
        """The states of its graph, where no other store is set."""
        return self.folder / "checkpoints.sqlite"

    @property
    def inputs(self) -> Path:
        """What the run was given: the digests of files and of settings, so that a resumed one can say what changed."""
        return self.folder / "inputs.json"

    @property
    def report(self) -> Path:
        """The review as JSON, once there is one."""
        return self.folder / "report.json"

    @property
    def lock(self) -> Path:
        """The file that the process at work has locked."""
        return self.folder / "lock"


def runs_folder() -> Path:
    """Where runs are kept: `$ORCHESTRATE_STATE_DIR`, else below `$XDG_STATE_HOME`, else below `~/.local/state`.

    Raises:
        RunError: the user has no home, and no folder is named.
    """
    chosen = os.environ.get("ORCHESTRATE_STATE_DIR")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_STATE_HOME")
    try:
        return (Path(base) if base else Path.home() / ".local" / "state") / "orchestrate" / "runs"
    except RuntimeError:
        raise RunError("there is no home folder to keep runs in; name one in ORCHESTRATE_STATE_DIR") from None


def new_run(now: dt.datetime, *, keep: int = KEPT) -> Run:
    """A new folder, and at most `keep` in all; what is at work stays.

    Raises:
        RunError: the folder cannot be made.
    """
    parent = runs_folder()
    try:
        parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        run = _made(parent, now)
    except OSError as error:
        place = f"the folder of runs {str(parent)!r} cannot be written ({error.strerror})"
        raise RunError(f"{place}; name another in ORCHESTRATE_STATE_DIR") from error
    for old in all_runs()[keep:]:
        if old != run and not is_locked(old.lock):
            shutil.rmtree(old.folder, ignore_errors=True)
    return run


def known_run(name: str) -> Run:
    """The run of that id, or the only one whose id ends with it.

    Raises:
        RunError: there is none, or more than one.
    """
    fitting = [run for run in all_runs() if run.id == name or (len(name) >= 4 and run.id.endswith(name))]
    if len(fitting) > 1:
        raise RunError(f"{len(fitting)} runs end with {name!r}; give the whole id, as `orchestrate runs` lists it")
    if not fitting:
        raise RunError(f"no run is called {name[:40]!r}; `orchestrate runs` lists those that are kept")
    return fitting[0]


def all_runs() -> tuple[Run, ...]:
    """The runs that are kept, the newest first."""
    folders = [path for path in runs_folder().glob("*-*-*") if _ID.fullmatch(path.name)]
    dated = sorted((_born(path), path.name, path) for path in folders)
    return tuple(Run(folder=path) for _, _, path in reversed(dated))


def _made(parent: Path, now: dt.datetime) -> Run:
    while True:
        folder = parent / f"{now.astimezone(dt.UTC):%Y%m%d-%H%M}-{secrets.token_hex(2)}"
        if not folder.exists():
            folder.mkdir(mode=0o700)
            return Run(folder=folder)


def _born(folder: Path) -> tuple[str, int]:
    """When a run began: the minute by its name, the order within it by its request, which is written once."""
    minute = folder.name.rpartition("-")[0]
    try:
        return minute, (folder / "request.json").stat().st_mtime_ns
    except OSError:
        # A folder without a request is one that begins just now.
        return minute, 2**63
