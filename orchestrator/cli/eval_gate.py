"""`orchestrate eval gate`: may a change go in? Lanes 0 and 1 over a suite, or lane 2 between two stored runs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.cli.arguments import add_jobs
from orchestrator.cli.front import Command

if TYPE_CHECKING:
    from orchestrator.evaluate.gate.verdicts import Lane

_EPILOG = """examples:
  orchestrate eval gate                                  every commit: integrity, then the exact difference to baselines
  orchestrate eval gate --live OLD NEW                   runs of 3 epochs or more of a model that was asked anew
  orchestrate eval gate --live OLD NEW --looks 2         one meant from the start to look twice: alpha .025 each

exit codes: 0 pass, 1 regression, 2 inconclusive (or an unknown option), 3 integrity: a case, recording, run or baseline
is refused, 4 our fault. docs/eval-gate.md says how often the live lane is wrong.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of the action."""
    parser.add_argument(
        "suite", nargs="?", default="databricks-review", help="a folder, or a name below evals/ (databricks-review)"
    )
    parser.add_argument(
        "--live", nargs=2, type=Path, metavar=("OLD", "NEW"), help="lane 2 between two stored runs of 3 epochs or more"
    )
    parser.add_argument("--looks", type=int, choices=(1, 2), default=1, help="looks that were planned (1)")
    add_jobs(parser)
    parser.add_argument("--output", choices=("text", "json"), default="text", help="how to print it")
    parser.add_argument("--quiet", action="store_true", help="nothing on stderr but errors")


def run(arguments: argparse.Namespace) -> int:
    """Run the lanes; returns the code of the verdict.

    Raises:
        EvalError: a suite, lock, baseline, recording or run is refused, or a library is missing.
    """
    from orchestrator.errors import EvalError, UsageError

    try:
        lanes = _lanes(arguments)
    except UsageError as error:
        # The code of usage is that of an inconclusive gate here: nobody should take the one for the other.
        raise EvalError(str(error)) from error
    from orchestrator.evaluate.gate.verdicts import EXIT_CODES, overall

    if arguments.output == "json":
        import json
        from dataclasses import asdict

        print(json.dumps({"verdict": overall(lanes), "lanes": [asdict(lane) for lane in lanes]}, indent=2))
    else:
        for lane in lanes:
            _print(lane)
    return EXIT_CODES[overall(lanes)]


def _lanes(arguments: argparse.Namespace) -> tuple[Lane, ...]:
    from orchestrator.cli.extra import require_extra

    require_extra("evals", "`eval gate`")
    return _live(arguments) if arguments.live else _offline(arguments)


def _offline(arguments: argparse.Namespace) -> tuple[Lane, ...]:
    import datetime as dt

    from orchestrator.evaluate.gate.offline import offline_lanes
    from orchestrator.evaluate.suite import suite_folder

    folder = suite_folder(arguments.suite)
    if any((folder / "cassettes").glob("*/*/e*.yaml")):
        from orchestrator.cli.extra import require_extra

        require_extra("cassettes", "the replay of recordings")
        require_extra("model", "the replay of recordings")
    told = _silent if arguments.quiet else _tell
    today = dt.datetime.now(tz=dt.UTC).date()
    return offline_lanes(folder, today=today, tell=told, processes=arguments.jobs)


def _live(arguments: argparse.Namespace) -> tuple[Lane, ...]:
    from orchestrator.evaluate.gate.stored import live_lane_of
    from orchestrator.evaluate.running import usable_suite
    from orchestrator.evaluate.scored_runs import scored_run

    suite = usable_suite(arguments.suite)
    old, new = (scored_run(path, suite) for path in arguments.live)
    return (live_lane_of(old, new, looks=arguments.looks),)


def _print(lane: Lane) -> None:
    print(f"{lane.name}: {lane.verdict.value.upper()}")
    for reason in lane.reasons:
        print(f"  {reason}")
    for note in lane.notes:
        print(f"  ({note})")


def _tell(line: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)


def _silent(line: str) -> None:
    del line


ACTION = Command(
    name="gate",
    help="may a change go in?",
    description="Whether a change may go in: integrity and exact differences offline, or tests between two live runs.",
    configure=configure,
    run=run,
    epilog=_EPILOG,
)
