"""`orchestrate eval audit`: whether the cases of a suite are in order."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from orchestrator.cli.front import Command

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.evaluate.suite import Suite

_EPILOG = """examples:
  orchestrate eval audit
  orchestrate eval audit databricks-review --case shared-checkpoint-two-queries

exit codes: 0 in order, 2 no such suite or case, 3 a case is refused; each refusal is one line: FILE: REASON
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of the action."""
    parser.add_argument(
        "suite", nargs="?", default="databricks-review", help="a folder, or a name below evals/ (databricks-review)"
    )
    parser.add_argument("--case", metavar="NAME", help="only this case: the name of its folder")


def run(arguments: argparse.Namespace) -> int:
    """Check, and return 0 or 3."""
    from orchestrator.cli.extra import require_extra
    from orchestrator.evaluate.suite import load_suite, suite_folder

    require_extra("evals", "`orchestrate eval`")
    suite = load_suite(suite_folder(arguments.suite), wanted=arguments.case)
    wrong = tuple(_wrong(suite, whole=arguments.case is None))
    for line in wrong:
        print(line)
    sys.stdout.flush()
    if wrong:
        print(f"orchestrate: {len(wrong)} refused; the suite is not scored until they are mended", file=sys.stderr)
        return 3
    print(_summary(suite))
    if arguments.case is None:
        print(_lock(suite))
    return 0


def _wrong(suite: Suite, *, whole: bool) -> Iterator[str]:
    """Each refusal as a line; what the scorer makes of a case is asked of those that are in order otherwise."""
    from orchestrator.evaluate.gate.integrity import cassette_flaws
    from orchestrator.evaluate.gate.selftest import self_test
    from orchestrator.evaluate.invariants import refusals

    found = refusals(suite)
    yield from map(str, found)
    refused = {case.id for case in suite.cases if any(each.file.startswith(f"{case.name}/") for each in found)}
    yield from self_test(case for case in suite.cases if case.id not in refused)
    if whole:
        yield from map(str, cassette_flaws(suite))


def _summary(suite: Suite) -> str:
    defects = [case for case in suite.cases if not case.is_clean]
    goldens = [golden for case in defects for golden in case.goldens]
    without = sum(not golden.rules for golden in goldens)
    families = {case.family for case in suite.cases}
    clean = len(suite.cases) - len(defects)
    return (
        f"{suite.name}: {len(suite.cases)} cases in {len(families)} families are in order: {len(defects)} with "
        f"defects, {clean} clean; {len(goldens)} findings, {without} of them of kinds that no rule has"
    )


def _lock(suite: Suite) -> str:
    from orchestrator.evaluate.lock import dataset, differences, read_lock

    lock = read_lock(suite.folder)
    if lock is None:
        return "not locked: `orchestrate eval lock --dataset-version 0.1.0` gives the cases a version"
    changed = differences(lock, dataset(suite))
    if not changed:
        return f"locked as version {lock.version}"
    return f"{len(changed)} cases differ from the locked version {lock.version}; lock them under a newer one"


ACTION = Command(
    name="audit",
    help="check the cases of a suite",
    description="Check every case of a suite: its files, its quotes, its twin, its names; nothing is reviewed.",
    configure=configure,
    run=run,
    epilog=_EPILOG,
)
