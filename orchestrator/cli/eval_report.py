"""`orchestrate eval report`: a stored run in the formats that people and other tools read."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from orchestrator.cli.eval_outputs import add_outputs, scored_run
from orchestrator.cli.front import Command

_EPILOG = """examples:
  orchestrate eval report                                       the newest run, as markdown
  orchestrate eval report RUN --output html=report.html         opens from disk, with every case and its code
  orchestrate eval report RUN --output junit=evals.xml --output sarif=evals.sarif
  orchestrate eval report RUN --output inspect_log=run.json     for `inspect view`
  orchestrate eval report RUN --mlflow http://127.0.0.1:5000    logs it as a run of an MLflow server

A report is made of the stored run and the suite alone: the same two give the same bytes.
exit codes: 0 done, 2 usage, 3 the run is damaged or of other cases than the suite has now
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of the action."""
    parser.add_argument("run_log", nargs="?", type=Path, metavar="RUN", help="a run's folder or name (the newest)")
    parser.add_argument("--suite", metavar="SUITE", help="a folder, or a name below evals/ (default: the run's)")
    parser.add_argument("--mlflow", metavar="URI", help="log the run to this tracking server, too")
    add_outputs(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write every output, and return 0."""
    from orchestrator.cli.extra import require_extra
    from orchestrator.evaluate.exports.report import of_these_cases, report_of
    from orchestrator.evaluate.running import usable_suite
    from orchestrator.evaluate.store import latest_run, read_run

    require_extra("evals", "`orchestrate eval`")
    if arguments.mlflow:
        require_extra("workspace", "`--mlflow`")
    log = read_run(arguments.run_log or latest_run())
    suite = usable_suite(arguments.suite or log.spec.suite)
    cases = of_these_cases(log, suite)
    arguments.output = arguments.output or ["markdown"]
    scored_run(log, suite, cases, arguments)
    if arguments.mlflow:
        from orchestrator.evaluate.exports.mlflow_client import log_run
        from orchestrator.evaluate.exports.mlflow_run import document

        made = log_run(document(report_of(log, suite)), arguments.mlflow)
        print(f"orchestrate: logged as run {made}", file=sys.stderr)
    return 0


ACTION = Command(
    name="report",
    help="show a stored run as html, markdown, JUnit, SARIF, inspect log or MLflow run",
    description="Show a stored run in one format or several.",
    configure=configure,
    run=run,
    epilog=_EPILOG,
)
