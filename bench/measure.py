"""Runs whole processes and tells how long they took and how much memory their tree held."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SLOW_SECONDS = 20.0
"""A command that warms up for longer than this is measured once: start-up noise is small beside it."""

SAMPLE_SECONDS = 0.02


class BenchError(Exception):
    """A measurement that would say nothing, because the command failed."""


@dataclass(frozen=True, kw_only=True)
class Command:
    """A process to measure, the file its output goes to, and which exit codes mean that it did its work."""

    arguments: Sequence[str | Path]
    folder: Path
    output: Path
    environment: Mapping[str, str]
    is_success: Callable[[int], bool] = lambda code: code in {0, 1}


def run(command: Command) -> float:
    """The seconds of one whole process.

    Raises:
        BenchError: the process failed.
    """
    started = time.perf_counter()
    process = start(command)
    code = process.wait()
    seconds = time.perf_counter() - started
    check(command, code)
    return seconds


def start(command: Command) -> subprocess.Popen[bytes]:
    """The process, started with its output going to files."""
    errors = command.output.with_suffix(".err")
    with command.output.open("wb") as out, errors.open("wb") as err:
        return subprocess.Popen(
            [str(part) for part in command.arguments],
            cwd=command.folder,
            stdout=out,
            stderr=err,
            env={**os.environ, **command.environment},
        )


def check(command: Command, code: int) -> None:
    """Raise when the exit code says that the command did not do its work."""
    if command.is_success(code):
        return
    errors = command.output.with_suffix(".err").read_text(encoding="utf-8", errors="replace")
    raise BenchError(f"{Path(command.arguments[0]).name} ended with exit code {code}:\n{errors[-2000:]}")


def median(command: Command, *, runs: int, before: Callable[[], None] | None = None) -> float:
    """The median seconds of several runs after one that warms up; `before` prepares each run outside the clock."""
    seconds = [prepared(command, before)]
    if seconds[0] <= SLOW_SECONDS:
        seconds = [prepared(command, before) for _ in range(runs)]
    return statistics.median(seconds)


def prepared(command: Command, before: Callable[[], None] | None) -> float:
    """The seconds of one run that was prepared."""
    if before is not None:
        before()
    return run(command)


def peak_memory(command: Command) -> float | None:
    """The most MiB that the process and its descendants held at once; None where there is no `/proc` as Linux has it.

    A page that several of them share counts once.
    """
    process = start(command)
    if not Path(f"/proc/{process.pid}/smaps_rollup").exists():
        check(command, process.wait())
        return None
    peak = 0
    while process.poll() is None:
        peak = max(peak, sum(proportional_kib(pid) for pid in tree(process.pid)))
        time.sleep(SAMPLE_SECONDS)
    check(command, process.returncode)
    return peak / 1024


def tree(pid: int) -> list[int]:
    """The process and everything below it, as far as it is still there."""
    found = [pid]
    for parent in found:
        found += [int(child) for listing in children_files(parent) for child in content(listing).split()]
    return found


def children_files(pid: int) -> list[Path]:
    """The files that list the children of each thread of a process."""
    try:
        return list(Path(f"/proc/{pid}/task").glob("*/children"))
    except OSError:
        return []


def proportional_kib(pid: int) -> int:
    """The KiB that a process holds, with each shared page divided among those who share it; 0 when it is gone."""
    for line in content(Path(f"/proc/{pid}/smaps_rollup")).splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


def content(path: Path) -> str:
    """The text of a file of the kernel; empty when its process ended meanwhile."""
    try:
        return path.read_text(encoding="ascii")
    except OSError:
        return ""
