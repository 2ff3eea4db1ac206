"""The rows of the bench: each measures one number against its goal."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from generate import write_corpus
from measure import Command, median, peak_memory, run
from peers import PINNED, ROOT, default_rules, install_peers, pylint, semgrep

ORCHESTRATE = Path(sys.executable).parent / "orchestrate"
EXAMPLE = ROOT / "examples" / "customer-360"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table: what was measured, what was wanted and what came out."""

    what: str
    goal: str
    measured: str
    met: bool | None


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """How much work each measurement gets."""

    files: int = 200
    lines: int = 50_000
    memory_files: int = 1_000
    series: tuple[int, ...] = (10_000, 20_000, 40_000, 80_000)
    runs: int = 5


QUICK = Sizes(files=40, lines=10_000, memory_files=200, series=(5_000, 10_000, 20_000), runs=3)


@dataclass
class Bench:
    """The corpora and the commands, in a folder outside every repository so that no ignore file reaches them."""

    folder: Path
    sizes: Sizes

    def corpus(self, *, files: int, lines: int) -> Path:
        """A generated project of that size."""
        target = self.folder / f"corpus-{files}-{lines}"
        if not target.exists():
            write_corpus(target, files=files, lines=lines)
        return target

    def output(self, name: str) -> Path:
        """Where a command's output goes."""
        return self.folder / f"{name}.out"

    def orchestrate(self, *arguments: str | Path, output: str = "orchestrate") -> Command:
        """Our command, with the caches of the bench alone."""
        return Command(
            arguments=[ORCHESTRATE, *arguments],
            folder=self.folder,
            output=self.output(output),
            environment={"ORCHESTRATE_CACHE_DIR": str(self.folder / "cache")},
        )

    def review(self, project: Path) -> Command:
        """Our review of a project, as JSON like that of the peers."""
        return self.orchestrate("review-pipeline", project, "--output", "json")

    def forget(self) -> None:
        """Drop every cache, so that the next review is a first one."""
        shutil.rmtree(self.folder / "cache", ignore_errors=True)

    @cached_property
    def project(self) -> Path:
        """The project that all tools review."""
        return self.corpus(files=self.sizes.files, lines=self.sizes.lines)

    @cached_property
    def seconds(self) -> float:
        """Our median for a first review of that project."""
        return median(self.review(self.project), runs=self.sizes.runs, before=self.forget)

    @property
    def size(self) -> str:
        """The size of that project, in words."""
        return f"{self.sizes.files} files, {self.sizes.lines:,} lines"


@contextmanager
def prepared(sizes: Sizes) -> Iterator[Bench]:
    """The bench with its folder, which goes when it ends."""
    with tempfile.TemporaryDirectory(prefix="orchestrate-bench-") as folder:
        yield Bench(folder=Path(folder), sizes=sizes)


def findings(output: Path) -> str:
    """How many findings a tool printed as JSON, in words: a tool that found nothing was not measured at work."""
    report = json.loads(output.read_text(encoding="utf-8"))
    listed = report if isinstance(report, list) else report.get("findings", report.get("results", []))
    return f"{len(listed):,} findings"


def against_pylint(bench: Bench) -> Iterator[Row]:
    """How many times as long pylint with the Databricks plugin takes."""
    install_peers()
    peers = " and ".join(name for name in PINNED if "pylint" in name)
    for every_check, name in ((False, "its Databricks checks"), (True, "all its checks")):
        output = bench.output("pylint")
        theirs = median(pylint(bench.project, output, every_check=every_check), runs=bench.sizes.runs)
        ours = bench.seconds
        yield Row(
            what=f"review of {bench.size}: times as fast as {peers}, {name}",
            goal="at least 10",
            measured=f"**{theirs / ours:.1f}** ({ours:.2f} s against {theirs:.2f} s with {findings(output)})",
            met=theirs / ours >= 10,
        )


def against_semgrep(bench: Bench) -> Iterator[Row]:
    """What part of semgrep's time we take with as many rules."""
    install_peers()
    rules, output = default_rules(), bench.output("semgrep")
    theirs = median(semgrep(bench.project, output, rules=rules), runs=bench.sizes.runs)
    ours = bench.seconds
    yield Row(
        what=f"review of {bench.size}: part of the time of {PINNED[-1]} with {rules} rules, as many as ours",
        goal="at most 1",
        measured=f"**{ours / theirs:.2f}** ({ours:.2f} s against {theirs:.2f} s with {findings(output)})",
        met=ours <= theirs,
    )


def start_up(bench: Bench) -> Iterator[Row]:
    """How soon the command answers."""
    example = median(bench.review(EXAMPLE), runs=bench.sizes.runs * 2, before=bench.forget)
    yield Row(
        what="review of examples/customer-360, whole process, no cache",
        goal="under 1 s",
        measured=f"**{example:.2f} s** ({findings(bench.output('orchestrate'))})",
        met=example < 1,
    )
    for option in ("--help", "--version"):
        seconds = median(bench.orchestrate(option), runs=bench.sizes.runs * 2)
        yield Row(
            what=f"`orchestrate {option}`, whole process",
            goal="under 150 ms",
            measured=f"**{seconds * 1000:.0f} ms**",
            met=seconds < 0.15,
        )


def memory(bench: Bench) -> Iterator[Row]:
    """What a large project holds in memory."""
    files = bench.sizes.memory_files
    project = bench.corpus(files=files, lines=files * 250)
    bench.forget()
    peak = peak_memory(bench.review(project))
    yield Row(
        what=f"peak memory of the process tree, {files:,} files, {files * 250:,} lines",
        goal="under 500 MiB",
        measured="not measured: needs Linux" if peak is None else f"**{peak:.0f} MiB**",
        met=None if peak is None else peak < 500,
    )


def linearity(bench: Bench) -> Iterator[Row]:
    """Whether a line costs the same in a large project as in a small one."""
    per_line: dict[int, float] = {}
    for lines in bench.sizes.series:
        project = bench.corpus(files=lines // 250, lines=lines)
        seconds = median(bench.review(project), runs=min(3, bench.sizes.runs), before=bench.forget)
        per_line[lines] = seconds / lines * 1_000_000
    smallest, *_, largest = per_line
    ratio = per_line[largest] / per_line[smallest]
    series = ", ".join(f"{lines:,}: {cost:.0f} µs" for lines, cost in per_line.items())
    yield Row(
        what=f"time for a line at {largest:,} lines, as a multiple of that at {smallest:,}",
        goal="at most 1.1",
        measured=f"**{ratio:.2f}** ({series})",
        met=ratio <= 1.1,
    )


def again(bench: Bench) -> Iterator[Row]:
    """How much quicker a review is of what has not changed."""
    first = bench.seconds
    run(bench.review(bench.project))
    second = median(bench.review(bench.project), runs=bench.sizes.runs)
    yield Row(
        what=f"review of {bench.size} again, unchanged: times as fast as the first",
        goal="at least 10",
        measured=f"**{first / second:.1f}** ({first:.2f} s, then {second:.2f} s)",
        met=first / second >= 10,
    )


MEASUREMENTS = (start_up, against_pylint, against_semgrep, memory, linearity, again)
