"""The argument parser, with a subcommand for every file of this folder that declares a `COMMAND`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from orchestrator import __version__
from orchestrator.cli.marketplace import configure, listed_commands, overview

_MARK = "\nCOMMAND = Command("
Run = Callable[[argparse.Namespace], int]

_EPILOG = """examples:
  orchestrate review-pipeline .                          review this project by rules: no key, no network
  orchestrate review-pipeline src/job.py --fail-on medium
  orchestrate review-pipeline . --diff main --output sarif=review.sarif
  orchestrate rules explain PYS003                       what a rule reports, why, and when it stays silent

exit codes: 0 clean, 1 findings at or above the gate, 2 bad input, 3 incomplete, 4 our fault
"""


@dataclass(frozen=True, kw_only=True)
class Command:
    """One subcommand: `configure` adds its arguments, `run` does its work and returns the exit code."""

    name: str
    help: str
    description: str
    configure: Callable[[argparse.ArgumentParser], None]
    run: Run
    epilog: str = ""


def commands() -> tuple[Command, ...]:
    """The commands found in this folder, by name; files that declare none are not imported, to start fast."""
    found = []
    for path in sorted(Path(__file__).parent.glob("*.py")):
        if _MARK in path.read_text(encoding="utf-8"):
            command = import_module(f"orchestrator.cli.{path.stem}").COMMAND
            if isinstance(command, Command):
                found.append(command)
    return tuple(found)


def parser(wanted: str | None = None) -> argparse.ArgumentParser:
    """The parser with all its subcommands; of the plugins' only the wanted one has its arguments."""
    own = commands()
    built = frozenset(command.name for command in own)
    front = argparse.ArgumentParser(
        prog="orchestrate",
        description="Reviews Databricks projects: PySpark, SQL, notebooks, declarative pipelines and bundles.",
        epilog=f"{overview(built)}\n\n{_EPILOG}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    front.add_argument("--version", action="version", version=f"orchestrate {__version__}")
    subparsers = front.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in own:
        sub = subparsers.add_parser(
            command.name,
            help=command.help,
            description=command.description,
            epilog=command.epilog,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        command.configure(sub)
        sub.set_defaults(entry=command.run, refuse=sub.error)
    for listed in listed_commands():
        if listed.name not in built:
            # Without `help` a subcommand is not in the list of the parser: the overview shows it with its plugin.
            sub = subparsers.add_parser(listed.name, description=listed.description, allow_abbrev=False)
            sub.set_defaults(refuse=sub.error)
            if listed.name == wanted:
                configure(listed, sub)
    return front


def parse_arguments(argv: Sequence[str] | None) -> tuple[Run, argparse.Namespace]:
    """The command to run and its arguments; argparse itself ends the process with 2 on a usage error."""
    given = sys.argv[1:] if argv is None else list(argv)
    wanted = next((word for word in given if not word.startswith("-")), None)
    front = parser(wanted)
    if wanted is not None and given[0] == wanted:
        _check_known(wanted, front)
    arguments, unknown = front.parse_known_args(given)
    if unknown:
        # By the command's own parser, which shows the usage of that command and not of the front.
        arguments.refuse(f"unrecognized arguments: {' '.join(unknown)}")
    # A run with a model keeps them, so that it can be asked again.
    arguments.words = tuple(given)
    run: Run = arguments.entry
    return run, arguments


def _check_known(wanted: str, front: argparse.ArgumentParser) -> None:
    from difflib import get_close_matches

    names = {*(command.name for command in commands()), *(listed.name for listed in listed_commands())}
    if wanted not in names:
        near = get_close_matches(wanted, sorted(names), n=1)
        meant = f"did you mean {near[0]!r}?" if near else "`orchestrate --help` lists them"
        front.error(f"no command is called {wanted!r}; {meant}")
