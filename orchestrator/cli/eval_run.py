"""`orchestrate eval run`: a system reviews every case and its twin; what it said is kept and scored."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from orchestrator.cli.arguments import add_jobs, count
from orchestrator.cli.eval_outputs import add_outputs, scored_run
from orchestrator.cli.front import Command

_EPILOG = """examples:
  orchestrate eval run                                   the rules that are on by default, over the whole suite
  orchestrate eval run --system rules-all --split test
  orchestrate eval run --case shared-checkpoint-two-queries
  orchestrate eval run --output json=result.json --output html=result.html

exit codes: 0 done, 2 usage, 3 a case is refused; how well the system did is no reason to fail: see `eval gate`
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of the action."""
    parser.add_argument(
        "suite", nargs="?", default="databricks-review", help="a folder, or a name below evals/ (databricks-review)"
    )
    parser.add_argument("--system", default="rules", metavar="NAME", help="what reviews; `--system list` lists them")
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--split", choices=["dev", "test"], help="only the cases of this split")
    chosen.add_argument("--case", metavar="NAME", help="only this case: the name of its folder")
    parser.add_argument("--epochs", type=count, default=1, metavar="K", help="how often each is reviewed (1)")
    parser.add_argument("--log", type=Path, metavar="DIR", help="where the run is kept (default: with the other runs)")
    add_jobs(parser)
    parser.add_argument("--quiet", action="store_true", help="nothing on stderr but errors")
    add_outputs(parser)


def run(arguments: argparse.Namespace) -> int:
    """Review, keep, score, tell; returns 0."""
    import datetime as dt

    from orchestrator.cli.extra import require_extra
    from orchestrator.evaluate.running import chosen_cases, run_system, usable_suite
    from orchestrator.evaluate.store import new_folder, write_run
    from orchestrator.evaluate.system import system, systems

    if arguments.system == "list":
        for each in systems():
            print(f"{each.name:<24}{each.help}")
        return 0
    require_extra("evals", "`orchestrate eval`")
    chosen = system(arguments.system)
    if chosen.extra is not None:
        require_extra(chosen.extra, f"the system {chosen.name!r}")
    suite = usable_suite(arguments.suite, only=arguments.case)
    cases = chosen_cases(suite, split=arguments.split, case=arguments.case)

    def tell(line: str) -> None:
        if not arguments.quiet and sys.stderr.isatty():
            print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)

    log = run_system(
        chosen,
        suite,
        cases,
        epochs=arguments.epochs,
        split=arguments.split,
        tell=tell,
        processes=arguments.jobs,
    )
    tell("")
    folder = write_run(log, arguments.log or new_folder(chosen.name, dt.datetime.now(tz=dt.UTC)))
    if not arguments.quiet:
        print(f"the run is kept in {folder}", file=sys.stderr)
    return scored_run(log, suite, cases, arguments)


ACTION = Command(
    name="run",
    help="let a system review the suite, and score it",
    description="Let a system review every case and its twin, keep what it said, and score it.",
    configure=configure,
    run=run,
    epilog=_EPILOG,
)
