"""Measures how fast and in how much memory an event log is read: `bench/event_log.py LOG [--mebibytes 500]`.

The log, of a real application, is multiplied to the size: each copy has stages, jobs, executions and accumulators
of its own, so that it reads like one long application and not like one stage with many tasks.
"""

from __future__ import annotations

import argparse
import re
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from orchestrator.workspace.spark.codecs import chunks
from orchestrator.workspace.spark.event_log import read_event_log
from orchestrator.workspace.spark.limits import MEBIBYTE, Limits
from orchestrator.workspace.spark.log_files import find_log

GOAL_SECONDS, GOAL_MEBIBYTES = 60, 300
NUMBERS = re.compile(
    rb'(?<="Stage ID":)\d+|(?<="Job ID":)\d+|(?<="executionId":)\d+|(?<="spark.sql.execution.id":")\d+|(?<="ID":)\d+'
    rb'|(?<="accumulatorId":)\d+|(?<="Stage IDs":\[)\d+|(?<="RDD ID":)\d+'
)
STEP = 100_000
ONCE = (
    b"SparkListenerLogStart",
    b"SparkListenerEnvironmentUpdate",
    b"ApplicationStart",
    b"ApplicationEnd",
    b"Executor",
)


def multiplied(log: Path, target: Path, size: int) -> int:
    """Write the log over and over until it has that many bytes; the number of copies."""
    lines = b"".join(piece for file in find_log(log, Limits()).files for piece in chunks(file)).splitlines(
        keepends=True
    )
    once = [line for line in lines if any(kind in line[:120] for kind in ONCE)]
    rest = [parts(line) for line in lines if line not in once]
    copies = written = 0
    with target.open("wb") as stream:
        written += sum(stream.write(line) for line in once)
        while written < size:
            written += sum(stream.write(line) for line in moved(rest, copies * STEP))
            copies += 1
    return copies


def parts(line: bytes) -> list[bytes | int]:
    """The line as text and the numbers that tell its stage, job, execution or accumulator, in turn."""
    found: list[bytes | int] = []
    place = 0
    for match in NUMBERS.finditer(line):
        found += [line[place : match.start()], int(match[0])]
        place = match.end()
    return [*found, line[place:]]


def moved(lines: list[list[bytes | int]], offset: int) -> Iterator[bytes]:
    """The lines with their numbers moved."""
    for line in lines:
        yield b"".join(part if isinstance(part, bytes) else b"%d" % (part + offset) for part in line)


def main() -> int:
    """Print what was measured; the exit code tells whether both goals are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("log", type=Path)
    parser.add_argument("--mebibytes", type=int, default=500)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        large = Path(folder) / "events"
        copies = multiplied(asked.log, large, asked.mebibytes * MEBIBYTE)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        started = time.perf_counter()
        profile = read_event_log(large)
        seconds = time.perf_counter() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        size = large.stat().st_size / MEBIBYTE
    print(f"{size:.0f} MiB, {copies} copies, {profile.lines} lines, {len(profile.stages)} stages kept")
    print(f"{seconds:.1f} s ({size / seconds:.0f} MiB/s), goal {GOAL_SECONDS} s")
    print(f"peak {peak:.0f} MiB resident (before reading {before:.0f} MiB), goal {GOAL_MEBIBYTES} MiB")
    print(*profile.notes, sep="\n")
    return int(seconds > GOAL_SECONDS or peak > GOAL_MEBIBYTES)


if __name__ == "__main__":
    sys.exit(main())
