"""What the commands of the plugins share on the command line, whatever their shape."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from orchestrator.cli.arguments import add_gate
from orchestrator.report import formats

if TYPE_CHECKING:
    from orchestrator.cli.story import Story
    from orchestrator.loading.command import CommandSpec
    from orchestrator.types import Severity
    from orchestrator.workflows.commands.composed import Asked
    from orchestrator.workflows.commands.site import Site
    from orchestrator.workflows.request import Reviewed

_NAMED_BY = ("DATABRICKS_HOST", "DATABRICKS_CONFIG_PROFILE")


def add_common(parser: argparse.ArgumentParser) -> None:
    """Who is asked, where, what fails the command, and how it reports."""
    common = parser.add_argument_group("common options")
    common.add_argument("--agents", type=_names, default=(), metavar="A,B", help="only these specialists")
    common.add_argument(
        "--workspace",
        metavar="NAME",
        help="`sandbox`, `env` for DATABRICKS_HOST and DATABRICKS_TOKEN, or a profile of ~/.databrickscfg "
        "(default: what the environment names)",
    )
    common.add_argument(
        "--output",
        action="append",
        default=[],
        metavar="FORMAT[=FILE]",
        help=f"{', '.join(formats())}: on stdout or into a file (repeatable; default: text)",
    )
    add_gate(parser, "high")
    common.add_argument("--all", action="store_true", help="show what does not count too, and why it does not")
    common.add_argument("--color", choices=["auto", "always", "never"], default="auto", help="colour (default: auto)")
    common.add_argument("--quiet", action="store_true", help="nothing on stderr but errors")


def gate(arguments: argparse.Namespace) -> Severity | None:
    """The severity that fails the command; None for never."""
    from orchestrator.types import Severity

    given = arguments.fail_on
    if given is None:
        return Severity.HIGH
    return None if given == "never" else Severity(given)


@contextmanager
def at_work(arguments: argparse.Namespace) -> Iterator[tuple[Site, Story]]:
    """The place where the command works, and the story that it tells.

    Raises:
        UsageError: the workspace's name is none, or what asks it is not installed.
    """
    from orchestrator.cli.story import Story
    from orchestrator.workflows.commands.site import site

    name = _workspace(arguments)
    with Story.of(quiet=arguments.quiet) as story, site(name, story.step) as found:
        yield found, story


def asked(command: CommandSpec, arguments: argparse.Namespace) -> Asked:
    """The command as its report names it; an output that cannot be is refused here, before anything is done.

    Raises:
        UsageError: one of `--agents` is no specialist of the command, or there is no such output.
    """
    import time

    from orchestrator.cli.outputs import parse_outputs
    from orchestrator.errors import UsageError
    from orchestrator.workflows.commands.composed import Asked

    parse_outputs(arguments.output)
    unknown = [name for name in arguments.agents if name not in command.route.specialists]
    if unknown:
        raise UsageError(f"{command.name} does not ask {unknown[0]!r}; it asks {', '.join(command.route.specialists)}")
    return Asked(
        command=command.name,
        specialists=command.route.specialists,
        agents=arguments.agents,
        started=time.perf_counter(),
    )


def report(reviewed: Reviewed, arguments: argparse.Namespace) -> int:
    """Print the report, keep the facts that it quotes, and return the exit code."""
    from orchestrator.cli.gate import exit_code
    from orchestrator.cli.outputs import parse_outputs, write_outputs
    from orchestrator.workflows.commands.composed import keep_facts

    keep_facts(reviewed)
    write_outputs(parse_outputs(arguments.output), reviewed, gate(arguments), arguments)
    return exit_code(reviewed.review, gate(arguments))


def _workspace(arguments: argparse.Namespace) -> str | None:
    """The workspace that was named, by the option or by the environment."""
    named: str | None = arguments.workspace
    if named is None and not any(os.environ.get(name) for name in _NAMED_BY):
        return None
    from orchestrator.cli.extra import require_extra
    from orchestrator.workflows.measured.opening import ENVIRONMENT, check_name

    require_extra("workspace", "--workspace" if named else "the workspace of the environment")
    return ENVIRONMENT if named is None else check_name(named)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())
