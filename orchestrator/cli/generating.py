"""Runs a generate command: files are made, compared with what is there, written and validated."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, cast

from orchestrator.cli.commanding import add_common, asked, at_work, report
from orchestrator.cli.thinking import add_thinking, check_thinking, with_thoughts

if TYPE_CHECKING:
    from orchestrator.loading.command import CommandSpec
    from orchestrator.workflows.commands.parameters import Parameters
    from orchestrator.workflows.generate.shape import Generate


def add_options(parser: argparse.ArgumentParser, declared: object) -> None:
    """The options of the shape."""
    parser.epilog = cast("Generate[Parameters]", declared).epilog
    add_common(parser)
    add_thinking(parser)
    files = parser.add_argument_group("the files")
    files.add_argument("--dry-run", action="store_true", help="show the files as a diff and write nothing")
    files.add_argument("--force", action="store_true", help="write over files that are there and differ")
    files.add_argument(
        "--check",
        choices=("none", "quick", "full"),
        default="quick",
        help="quick: parsers and rules; full: also the tests, the bundle's types and a dry run, which run the "
        "project's code (default: quick)",
    )
    files.add_argument(
        "--python", default="python3", metavar="FILE", help="the interpreter for --check full (default: python3)"
    )


def run(command: CommandSpec, declared: object, arguments: argparse.Namespace) -> int:
    """Make the files, write and validate them, report, and return 0, 1 or 3."""
    from orchestrator.workflows.commands.composed import composed
    from orchestrator.workflows.commands.parameters import read_parameters
    from orchestrator.workflows.generate.running import Choice, generated

    generate = cast("Generate[Parameters]", declared)
    parameters = read_parameters(generate.parameters, vars(arguments))
    check_thinking(arguments)
    whom = asked(command, arguments)
    choice = Choice(force=arguments.force, dry_run=arguments.dry_run, check=arguments.check, python=arguments.python)
    with at_work(arguments) as (place, story):
        made = generate.generate(parameters, place)
        written = generated(made, place, choice, command.route.specialists[0])
        into = None if arguments.dry_run else made.into
        reviewed = with_thoughts(composed(whom, written.result, place.root), into, whom, arguments, place, story)
        story.done(reviewed.review)
    if written.diff and not any("=" not in output for output in arguments.output):
        sys.stdout.write(written.diff + "\n")
    return report(reviewed, arguments)
