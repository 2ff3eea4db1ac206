"""`orchestrate eval baseline`: make a stored run the baseline of its system, or show what there is."""

from __future__ import annotations

import argparse
from pathlib import Path

from orchestrator.cli.front import Command

_EPILOG = """examples:
  orchestrate eval run --system rules                    says where the run is stored
  orchestrate eval baseline promote RUN --why "STR004 also sees reused query names"
  orchestrate eval baseline promote RUN --lower --why "the golden g2 was wrong, see the adjudication"
  orchestrate eval baseline show rules

The file evals/SUITE/baselines/SYSTEM.json is reviewed as any other. Exit codes: 0 done, 2 usage, 3 the run is refused.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of the action."""
    actions = parser.add_subparsers(dest="step", metavar="STEP", required=True)
    promote = actions.add_parser("promote", help="make a stored run the baseline of its system", allow_abbrev=False)
    promote.add_argument("stored", type=Path, metavar="RUN", help="a stored run of the whole suite: its folder or name")
    promote.add_argument("--why", required=True, metavar="WORDS", help="the reason, which is kept in the file")
    promote.add_argument("--lower", action="store_true", help="even if it loses what the old baseline had")
    promote.add_argument("--suite", default="databricks-review", help="a folder, or a name below evals/")
    show = actions.add_parser("show", help="what a baseline holds, and why it was made", allow_abbrev=False)
    show.add_argument("system", metavar="SYSTEM", help="such as rules")
    show.add_argument("--suite", default="databricks-review", help="a folder, or a name below evals/")


def run(arguments: argparse.Namespace) -> int:
    """Promote or show; returns 0.

    Raises:
        UsageError: there is no such suite or baseline, or a library is missing.
        EvalError: the run is not there, or cannot be the baseline.
    """
    return _promote(arguments) if arguments.step == "promote" else _show(arguments)


def _promote(arguments: argparse.Namespace) -> int:
    from orchestrator.cli.extra import require_extra

    require_extra("evals", "`eval baseline`")
    from orchestrator.evaluate.promotion import promote
    from orchestrator.evaluate.running import usable_suite
    from orchestrator.evaluate.scored_runs import scored_run

    suite = usable_suite(arguments.suite)
    done = promote(scored_run(arguments.stored, suite), suite.folder, why=arguments.why, lower=arguments.lower)
    for change in done.changes:
        print(change)
    held = len(done.baseline.cases)
    print(f"{done.path}: {held} reviews of dataset {done.baseline.dataset_version}, {len(done.changes)} changes")
    return 0


def _show(arguments: argparse.Namespace) -> int:
    from orchestrator.errors import UsageError
    from orchestrator.evaluate.baseline import read_baseline
    from orchestrator.evaluate.suite import suite_folder

    found = read_baseline(suite_folder(arguments.suite), arguments.system)
    if found is None:
        raise UsageError(f"no baseline of {arguments.system!r} is there; `eval baseline promote RUN` makes one")
    hits = sum(len(case.found) for case in found.cases.values())
    missed = sum(len(case.missed) for case in found.cases.values())
    print(f"{found.system} ({found.how}) on {found.suite} {found.dataset_version}, {found.scorer}")
    print(f"{len(found.cases)} reviews: {hits} goldens found, {missed} missed; {len(found.accept)} accept lines")
    for each in found.promotions:
        lowered = ", lowered" if each.lowered else ""
        print(f"  dataset {each.dataset_version}: {each.why} ({each.changes} changes{lowered})")
    return 0


ACTION = Command(
    name="baseline",
    help="make a stored run the baseline of its system",
    description="Make a stored run the baseline that `eval gate` holds later runs against, or show one.",
    configure=configure,
    run=run,
    epilog=_EPILOG,
)
