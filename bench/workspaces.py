"""Measures what large workspaces cost: a catalog of 10,000 tables through a server, an event log of 500 MiB."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import anyio

import tables
from event_log import GOAL_MEBIBYTES, GOAL_SECONDS
from measure import BenchError
from peers import ROOT
from rows import QUICK, Bench, Row

MANY_TABLES, FEW_TABLES = 10_000, 100
TIMES_MEMORY = 1.25
SPARK = ROOT / ".venv-real" / "bin" / "python"
SCENARIOS = ROOT / "tests" / "samples" / "spark" / "scenarios.py"
SMALL_MEBIBYTES, MEBIBYTES = 20, 500
_READ = re.compile(r"^(?P<seconds>[\d.]+) s .*^peak (?P<peak>\d+) MiB", re.MULTILINE | re.DOTALL)


def many_tables(bench: Bench) -> Iterator[Row]:
    """A catalog listed in pages and searched, over stdio; its memory is held against that of a small catalog."""
    many = MANY_TABLES // 10 if bench.sizes == QUICK else MANY_TABLES
    few = anyio.run(tables.measured, FEW_TABLES)
    found = anyio.run(tables.measured, many)
    if found.listed != many:
        raise BenchError(f"of {many} tables {found.listed} were listed")
    times = found.peak_mib / few.peak_mib
    yield Row(
        what=f"peak memory of unity-catalog after {many:,} tables in pages, as a multiple of that after {FEW_TABLES}",
        goal=f"bounded: at most {TIMES_MEMORY:g}",
        measured=f"**{times:.2f}** ({found.peak_mib:.0f} MiB against {few.peak_mib:.0f} MiB; "
        f"listed in {found.list_seconds:.1f} s, searched in {found.search_seconds:.1f} s)",
        met=times <= TIMES_MEMORY,
    )


def large_event_log(bench: Bench) -> Iterator[Row]:
    """The log of a real application, multiplied to 500 MiB, read by a process of its own."""
    mebibytes = SMALL_MEBIBYTES if bench.sizes == QUICK else MEBIBYTES
    what, goal = f"event log of {mebibytes} MiB", f"under {GOAL_SECONDS} s and {GOAL_MEBIBYTES} MiB"
    if not SPARK.exists():
        yield Row(what=what, goal=goal, measured="not measured: needs `make env-real`", met=None)
        return
    log = _real_log(bench.folder / "spark")
    program = Path(__file__).with_name("event_log.py")
    said = _said([sys.executable, program, log, "--mebibytes", str(mebibytes)], {0, 1})
    found = _READ.search(said)
    if found is None:
        raise BenchError(f"event_log.py said no time and no peak: {said[-500:]}")
    seconds, peak = float(found["seconds"]), int(found["peak"])
    yield Row(
        what=what,
        goal=goal,
        measured=f"**{seconds:.1f} s**, {peak} MiB ({said.splitlines()[0]})",
        met=seconds < GOAL_SECONDS and peak < GOAL_MEBIBYTES,
    )


def _real_log(folder: Path) -> Path:
    """The event log that Spark writes of the scenarios of the tests."""
    if not folder.exists():
        folder.mkdir()
        _said([SPARK, SCENARIOS, folder], {0})
    return next(path for path in sorted((folder / "logs").glob("eventlog_v2_*")) if not list(path.glob("*.zstd")))


def _said(command: list[str | Path], good: set[int]) -> str:
    """What a program printed.

    Raises:
        BenchError: it ended with another exit code.
    """
    settings = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1"}
    ended = subprocess.run(command, env=settings, capture_output=True, text=True, check=False)
    if ended.returncode not in good:
        raise BenchError(f"{Path(command[1]).name} ended with exit code {ended.returncode}: {ended.stderr[-1000:]}")
    return ended.stdout


WORKSPACES = (many_tables, large_event_log)
"""Their rows in the order of the page."""
