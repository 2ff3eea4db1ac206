"""`orchestrate eval lock`: give the cases of a suite a version."""

from __future__ import annotations

import argparse

from orchestrator.cli.front import Command

_EPILOG = """examples:
  orchestrate eval lock --dataset-version 0.2.0          cases changed: a newer version, and new baselines
  orchestrate eval lock --check                          do the cases differ from what is locked?

exit codes: 0 done or the same, 2 usage, 3 a case is refused, or differs from the lock
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of the action."""
    parser.add_argument(
        "suite", nargs="?", default="databricks-review", help="a folder, or a name below evals/ (databricks-review)"
    )
    wanted = parser.add_mutually_exclusive_group(required=True)
    wanted.add_argument("--dataset-version", metavar="N.N.N", help="write LOCK.json under this version")
    wanted.add_argument("--check", action="store_true", help="write nothing; list what differs from the lock")


def run(arguments: argparse.Namespace) -> int:
    """Lock or compare; returns 0 or 3."""
    from orchestrator.evaluate.lock import write_lock
    from orchestrator.evaluate.running import usable_suite

    if arguments.check:
        return _check(arguments.suite)
    suite = usable_suite(arguments.suite)
    lock = write_lock(suite, arguments.dataset_version)
    print(f"{suite.name} {lock.version}: {len(lock.cases)} cases, sha256 {lock.sha256}")
    return 0


def _check(name: str) -> int:
    from orchestrator.evaluate.lock import dataset, differences, read_lock
    from orchestrator.evaluate.suite import load_suite, suite_folder

    suite = load_suite(suite_folder(name))
    lock = read_lock(suite.folder)
    if lock is None:
        print("LOCK.json: is missing; write it with `orchestrate eval lock --dataset-version 0.1.0`")
        return 3
    changed = differences(lock, dataset(suite))
    for line in changed:
        print(line)
    if not changed:
        print(f"{suite.name} {lock.version}: nothing differs")
    return 3 if changed else 0


ACTION = Command(
    name="lock",
    help="give the cases a version",
    description="Write LOCK.json: the dataset's version and the sha256 of every case.",
    configure=configure,
    run=run,
    epilog=_EPILOG,
)
