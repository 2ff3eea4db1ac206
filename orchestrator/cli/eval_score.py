"""`orchestrate eval score LOG`: score a stored run again, without a review."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from orchestrator.cli.eval_outputs import add_outputs, scored_run
from orchestrator.cli.front import Command

_EPILOG = """examples:
  orchestrate eval score                                 the newest run
  orchestrate eval score 20261123-0745-rules-3f9a --output json
  orchestrate eval score runs/before-the-change

The cases are those of the suite as it is now: a run of another dataset version is told so on stderr.
exit codes: 0 done, 2 usage, 3 the run or a case is refused
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of the action."""
    parser.add_argument("run_log", nargs="?", type=Path, metavar="LOG", help="a run's folder or name (the newest)")
    parser.add_argument("--suite", metavar="SUITE", help="a folder, or a name below evals/ (default: the run's)")
    add_outputs(parser)


def run(arguments: argparse.Namespace) -> int:
    """Read, score, tell; returns 0."""
    from orchestrator.cli.extra import require_extra
    from orchestrator.evaluate.lock import dataset
    from orchestrator.evaluate.running import usable_suite
    from orchestrator.evaluate.store import latest_run, read_run

    require_extra("evals", "`orchestrate eval`")
    log = read_run(arguments.run_log or latest_run())
    suite = usable_suite(arguments.suite or log.spec.suite)
    cases = tuple(case for case in suite.cases if case.id in log.spec.case_sha256)
    now = dataset(suite)
    changed = [case.id for case in cases if now.cases[case.name] != log.spec.case_sha256[case.id]]
    if changed:
        print(
            f"orchestrate: {len(changed)} cases are not as they were when the run was made, {changed[0]!r} among them; "
            "the score is of the labels as they are now",
            file=sys.stderr,
        )
    return scored_run(log, suite, cases, arguments)


ACTION = Command(
    name="score",
    help="score a stored run again",
    description="Score a stored run against the suite as it is now; nothing is reviewed.",
    configure=configure,
    run=run,
    epilog=_EPILOG,
)
