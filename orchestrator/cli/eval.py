"""`orchestrate eval ACTION`: how good the rules and the specialists are; each action is a file `eval_<action>.py`."""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path

from orchestrator.cli.front import Command

_MARK = "\nACTION = Command("

_EPILOG = """examples:
  orchestrate eval audit                                 are the cases of the suite in order?
  orchestrate eval run --system rules --split test       review every case and its twin, and score
  orchestrate eval score LOG                             score a stored run again, without a review

exit codes: 0 done, 2 usage, 3 a case, recording or baseline is refused, 4 our fault; `eval gate` has codes of its own
"""


def actions() -> tuple[Command, ...]:
    """The actions found in this folder, by name: the files that declare an `ACTION`."""
    found = []
    for path in sorted(Path(__file__).parent.glob("eval_*.py")):
        if _MARK in path.read_text(encoding="utf-8"):
            action = import_module(f"orchestrator.cli.{path.stem}").ACTION
            if isinstance(action, Command):
                found.append(action)
    return tuple(found)


def configure(parser: argparse.ArgumentParser) -> None:
    """A parser for each action."""
    subparsers = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for action in actions():
        sub = subparsers.add_parser(
            action.name,
            help=action.help,
            description=action.description,
            epilog=action.epilog,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        action.configure(sub)
        sub.set_defaults(run_action=action.run)


def run(arguments: argparse.Namespace) -> int:
    """What the action does."""
    code: int = arguments.run_action(arguments)
    return code


COMMAND = Command(
    name="eval",
    help="measure rules and specialists on labelled cases",
    description="Measure the rules and the specialists on a suite of labelled cases, offline.",
    configure=configure,
    run=run,
    epilog=_EPILOG,
)
