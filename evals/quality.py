"""`python evals/quality.py`: runs every system over the benchmark and writes docs/evals.md."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from quality_page import Measured, page

from orchestrator.errors import OrchestratorError
from orchestrator.evaluate.exports.report import Report, report_of
from orchestrator.evaluate.peers.environment import install
from orchestrator.evaluate.recorded.settings import read_settings
from orchestrator.evaluate.runlog import AGENT_HOWS
from orchestrator.evaluate.running import run_system, usable_suite
from orchestrator.evaluate.suite import Suite
from orchestrator.evaluate.system import System, systems

ROOT = Path(__file__).resolve().parent.parent
PAGE_FILE = ROOT / "docs" / "evals.md"


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """A system with its report, or with the reason why there is none."""

    system: System
    report: Report | None = None
    reason: str = ""


def main(arguments: list[str] | None = None) -> int:
    """Writes the page; 1 when a system could not be measured, which the page then names with the reason."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--suite", default="databricks-review", help="a folder, or a name below evals/")
    parser.add_argument("--check", action="store_true", help="write nothing; 1 when the page is not what it would be")
    options = parser.parse_args(arguments)
    try:
        suite = usable_suite(options.suite)
    except OrchestratorError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    attempts = tuple(_attempts(suite))
    measured = tuple(Measured(system=one.system, report=one.report) for one in attempts if one.report is not None)
    failed = {one.system.name: one.reason for one in attempts if one.report is None and one.reason}
    text = page(measured, failed)
    if options.check:
        return 0 if PAGE_FILE.is_file() and PAGE_FILE.read_text(encoding="utf-8") == text else 1
    PAGE_FILE.write_text(text, encoding="utf-8")
    print(text)
    return 1 if failed else 0


def _attempts(suite: Suite) -> Iterator[Attempt]:
    not_installed = _installed()
    for each in systems():
        if each.how == "peer" and not_installed:
            yield Attempt(system=each, reason=not_installed)
        elif each.how in AGENT_HOWS and read_settings(suite.folder) is None:
            yield Attempt(system=each)
        else:
            yield _attempt(each, suite)


def _installed() -> str:
    """Why the linters cannot be installed here; nothing when they are."""
    try:
        install()
    except OrchestratorError as error:
        return str(error)
    return ""


def _attempt(system: System, suite: Suite) -> Attempt:
    print(f"{system.name} ...", file=sys.stderr)
    try:
        log = run_system(system, suite, suite.cases, split=None, tell=lambda _: None)
    except OrchestratorError as error:
        return Attempt(system=system, reason=str(error))
    return Attempt(system=system, report=report_of(log, suite))


if __name__ == "__main__":
    sys.exit(main())
