"""Measures `orchestrate` and its peers in one run and prints a table: `make bench`, or `run.py --quick`."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping

from kill import KILLS
from measure import BenchError
from model_review import MODEL_REVIEWS
from page import merged, section
from peers import ROOT
from pull_request import PULL_REQUESTS
from replay import REPLAYS
from rows import MEASUREMENTS, QUICK, Bench, Row, Sizes, prepared
from rule_cost import RULES
from servers import SERVERS
from toolbox import TOOLS
from workspaces import WORKSPACES

Measurement = Callable[[Bench], Iterator[Row]]
PAGE = ROOT / "docs" / "bench.md"
VERDICTS = {True: "yes", False: "**no**", None: "not measured"}


def rows(bench: Bench, measure: Measurement) -> tuple[Row, ...]:
    """The rows of a measurement; one that fails becomes a row that says so and costs the others nothing."""
    name = measure.__name__.replace("_", " ")
    print(f"measuring {name}", file=sys.stderr)
    try:
        return tuple(measure(bench))
    except BenchError as error:
        print(error, file=sys.stderr)
        return (Row(what=name, goal="", measured="failed, see above", met=None),)


def has_failed(measured: Iterable[Row]) -> bool:
    """Whether the measurement broke."""
    return any(row.met is None and not row.goal for row in measured)


def is_whole(measured: Iterable[Row]) -> bool:
    """Whether every row was measured."""
    return all(row.met is not None for row in measured)


def table(measured: Iterable[Row]) -> str:
    """The rows as one Markdown table."""
    lines = ["| what | goal | measured | met |", "|---|---|---|---|"]
    lines += [f"| {row.what} | {row.goal} | {row.measured} | {VERDICTS[row.met]} |" for row in measured]
    return "\n".join(lines) + "\n"


def options(names: list[str]) -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small projects and few runs: a smoke test, not a result")
    parser.add_argument("--write", action="store_true", help="write what was measured into docs/bench.md")
    parser.add_argument("--only", choices=names, action="append", help="one measurement; may be repeated")
    asked = parser.parse_args()
    if asked.quick and asked.write:
        parser.error("--quick is a smoke test: its numbers are not written; leave out one of --quick and --write")
    return asked


def main() -> int:
    """Measure, print, and tell with the exit code whether everything could be measured."""
    # Peers and we alike would otherwise compile every module again in every run.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    # The loopback model is that of the tests.
    sys.path.append(str(ROOT))
    every: tuple[Measurement, ...] = (
        *MEASUREMENTS,
        *RULES,
        *SERVERS,
        *TOOLS,
        *WORKSPACES,
        *MODEL_REVIEWS,
        *PULL_REQUESTS,
        *REPLAYS,
        *KILLS,
    )
    by_name = {measure.__name__: measure for measure in every}
    asked = options(list(by_name))
    chosen = [measure for name, measure in by_name.items() if not asked.only or name in asked.only]
    with prepared(QUICK if asked.quick else Sizes()) as bench:
        measured = {measure.__name__: rows(bench, measure) for measure in chosen}
    print(table(row for found in measured.values() for row in found), end="")
    if asked.write:
        write(measured, list(by_name))
    return int(any(has_failed(found) for found in measured.values()))


def write(measured: Mapping[str, tuple[Row, ...]], names: list[str]) -> None:
    """Put what was measured into the page; where something was not measured, the rows that are there stay."""
    day = dt.datetime.now(dt.UTC).date().isoformat()
    new = {name: section(day, name, table(found)) for name, found in measured.items() if is_whole(found)}
    old = PAGE.read_text(encoding="utf-8") if PAGE.is_file() else ""
    PAGE.write_text(merged(old, new, names), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
