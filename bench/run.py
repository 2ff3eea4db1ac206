"""Measures `orchestrate` and its peers in one run and prints a table: `make bench`, or `run.py --quick`."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import sys
from collections.abc import Callable, Iterator

from measure import BenchError
from peers import PINNED, ROOT
from rows import MEASUREMENTS, QUICK, Bench, Row, Sizes, prepared
from servers import SERVERS

Measurement = Callable[[Bench], Iterator[Row]]
PAGE = ROOT / "docs" / "bench.md"
VERDICTS = {True: "yes", False: "**no**", None: "not measured"}


def rows(bench: Bench, measurements: tuple[Measurement, ...]) -> Iterator[Row]:
    """The rows of every measurement; one that fails becomes a row that says so and costs the others nothing."""
    for measure in measurements:
        print(f"measuring {measure.__name__.replace('_', ' ')}", file=sys.stderr)
        try:
            yield from measure(bench)
        except BenchError as error:
            print(error, file=sys.stderr)
            yield Row(what=measure.__name__.replace("_", " "), goal="", measured="failed, see above", met=None)


def table(measured: list[Row]) -> str:
    """The rows as one Markdown table."""
    lines = ["| what | goal | measured | met |", "|---|---|---|---|"]
    lines += [f"| {row.what} | {row.goal} | {row.measured} | {VERDICTS[row.met]} |" for row in measured]
    return "\n".join(lines) + "\n"


def page(text: str, *, day: dt.date) -> str:
    """The page of the documentation around the table."""
    machine = f"Python {platform.python_version()} on {platform.system()}, {os.cpu_count()} cores"
    return (
        "# Speed and size\n\n"
        f"Written by `make bench BENCH=--write` on {day.isoformat()} ({machine}).\n"
        "Each time is the median of whole processes after a warm-up; a peer that takes more than 20 s runs once.\n"
        f"All tools review the same generated project on all cores, in the same run. Peers: {', '.join(PINNED)}.\n"
        "Ratios travel between machines, seconds do not.\n\n"
        f"{text}"
    )


def options(names: list[str]) -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small projects and few runs: a smoke test, not a result")
    parser.add_argument("--write", action="store_true", help="write docs/bench.md too")
    parser.add_argument("--only", choices=names, action="append", help="one measurement; may be repeated")
    return parser.parse_args()


def main() -> int:
    """Measure, print, and tell with the exit code whether everything could be measured."""
    # Peers and we alike would otherwise compile every module again in every run.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    by_name: dict[str, Measurement] = {measure.__name__: measure for measure in (*MEASUREMENTS, *SERVERS)}
    asked = options(list(by_name))
    chosen = tuple(measure for name, measure in by_name.items() if not asked.only or name in asked.only)
    with prepared(QUICK if asked.quick else Sizes()) as bench:
        measured = list(rows(bench, chosen))
    text = table(measured)
    print(text, end="")
    if asked.write:
        PAGE.write_text(page(text, day=dt.datetime.now(dt.UTC).date()), encoding="utf-8")
    return int(any(row.met is None and not row.goal for row in measured))


if __name__ == "__main__":
    sys.exit(main())
