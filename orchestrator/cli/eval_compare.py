"""`orchestrate eval compare OLD NEW`: what changed between two stored runs, and what of it chance explains."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.cli.front import Command

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.evaluate.compare import Comparison, Row

_EPILOG = """examples:
  orchestrate eval compare .orchestrate/evals/OLD .orchestrate/evals/NEW
  orchestrate eval compare OLD NEW --output json

The gain is new less old, with a 95 % interval over case families; p is two-sided, by swaps within families, for one
measure at a time. Exit codes: 0 compared, 2 usage, 3 no such run, or the two are not of the same cases.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of the action."""
    parser.add_argument("old", type=Path, metavar="OLD", help="a stored run: its folder or name")
    parser.add_argument("new", type=Path, metavar="NEW", help="another run over the same cases")
    parser.add_argument("--suite", default="databricks-review", help="a folder, or a name below evals/")
    parser.add_argument("--output", choices=("text", "json"), default="text", help="how to print it")


def run(arguments: argparse.Namespace) -> int:
    """Compare, and return 0.

    Raises:
        UsageError: there is no such suite, or a library is missing.
        EvalError: a run is not there or refused.
    """
    from orchestrator.cli.extra import require_extra

    require_extra("evals", "`eval compare`")
    from orchestrator.evaluate.compare import compare
    from orchestrator.evaluate.running import usable_suite
    from orchestrator.evaluate.scored_runs import scored_run

    suite = usable_suite(arguments.suite)
    found = compare(scored_run(arguments.old, suite), scored_run(arguments.new, suite))
    if arguments.output == "json":
        import json
        from dataclasses import asdict

        print(json.dumps(asdict(found), indent=2))
        return 0
    for line in _lines(found):
        print(line)
    return 0


def _lines(found: Comparison) -> Iterator[str]:
    yield f"{found.old} ({found.hows[0]}) against {found.new} ({found.hows[1]})"
    epochs = f"{found.epochs[0]} and {found.epochs[1]} epochs"
    yield f"{found.cases} cases in {found.families} families, {epochs}; {len(found.only)} cases measured by one alone"
    yield ""
    header = ("measure", "old", "new", "gain", "95 % interval", "p")
    rows = [header, *map(_row, found.rows)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(header))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
    yield ""
    yield f"goldens found by most epochs of one side alone: {len(found.lost)} lost, {len(found.found)} new"
    yield f"(McNemar mid-p {found.mid_p:.4f}; goldens of one case are not independent)"
    yield from (f"lost: {name}" for name in found.lost)
    yield from (f"new:  {name}" for name in found.found)


def _row(row: Row) -> tuple[str, ...]:
    interval = row.interval
    return (
        row.name,
        _number(row.old),
        _number(row.new),
        "undefined" if row.gain is None else f"{row.gain:+.3f}",
        "undefined" if interval is None else f"[{interval.low:+.3f}, {interval.high:+.3f}] {interval.method}",
        "" if row.p_value is None else f"{row.p_value:.4f}",
    )


def _number(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.3f}"


ACTION = Command(
    name="compare",
    help="what changed between two stored runs",
    description="Compare two stored runs over the same cases: gains with intervals, tests, goldens lost and found.",
    configure=configure,
    run=run,
    epilog=_EPILOG,
)
