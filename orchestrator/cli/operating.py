"""Runs an operate command: a change set that is shown, and applied only by an approval of its hash."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from orchestrator.cli.commanding import add_common, asked, at_work, gate, report
from orchestrator.cli.thinking import add_thinking, check_thinking, with_thoughts

if TYPE_CHECKING:
    from orchestrator.cli.story import Story
    from orchestrator.loading.command import CommandSpec
    from orchestrator.workflows.commands.parameters import Parameters
    from orchestrator.workflows.commands.result import Result
    from orchestrator.workflows.commands.site import Site
    from orchestrator.workflows.operate.shape import Desired, Operate
    from orchestrator.workspace.changes import ShownChangeSet


def add_options(parser: argparse.ArgumentParser, declared: object) -> None:
    """The options of the shape."""
    parser.epilog = cast("Operate[Parameters]", declared).epilog
    add_common(parser)
    add_thinking(parser)
    add_decision(parser)


def add_decision(parser: argparse.ArgumentParser) -> None:
    """Whether the change set is applied."""
    group = parser.add_argument_group("the change set", "it is shown; nothing is changed without --apply and approval")
    group.add_argument("--apply", action="store_true", help="apply it, if it is approved")
    group.add_argument(
        "--approve", metavar="SHA", help="the first 12 or more characters of its hash; without it a terminal is asked"
    )
    group.add_argument("--take-back", metavar="SHA", help="show the way back of a set that was applied instead")


def run(command: CommandSpec, declared: object, arguments: argparse.Namespace) -> int:
    """Plan, apply where approved, report, and return 0, 1 or 3."""
    from orchestrator.workflows.commands.composed import composed
    from orchestrator.workflows.commands.parameters import read_parameters

    operate = cast("Operate[Parameters]", declared)
    parameters = read_parameters(operate.parameters, vars(arguments))
    check_thinking(arguments)
    whom = asked(command, arguments)
    with at_work(arguments) as (place, story):
        if arguments.take_back is None:
            result = decided(command, operate.desired(parameters, place), place, arguments, story)
        else:
            result = decided(command, None, place, arguments, story)
        reviewed = with_thoughts(composed(whom, result, place.root), None, whom, arguments, place, story)
        story.done(reviewed.review)
    return report(reviewed, arguments)


def decided(
    command: CommandSpec,
    desired: Desired | None,
    place: Site,
    arguments: argparse.Namespace,
    story: Story,
    *,
    joined: Result | None = None,
) -> Result:
    """The result with its change set, applied where that was approved; `joined` is what an audit found besides."""
    from dataclasses import replace

    from orchestrator.workflows.operate.running import Decision, operated, taking_back

    if desired is None or arguments.take_back is not None:
        desired = taking_back(arguments.take_back, place)
    if joined is not None:
        desired = replace(desired, result=joined)
    decision = Decision(
        apply=arguments.apply,
        approval=arguments.approve,
        ask=_asker(story) if arguments.apply and arguments.approve is None else None,
        # What an audit found is why the changes are proposed: it forbids none of them.
        gate=None if joined is not None else gate(arguments),
    )
    return operated(command.name, desired, place, decision).result


def _asker(story: Story) -> Callable[[ShownChangeSet], bool] | None:
    """Who is asked at a terminal, where there is one; lines that move there would write over the question."""

    def ask(changes: ShownChangeSet) -> bool:
        with story.paused():
            return _ask(changes)

    return ask if sys.stdin.isatty() and sys.stderr.isatty() else None


def _ask(changes: ShownChangeSet) -> bool:
    """Whether the person at the terminal types the beginning of the hash."""
    from orchestrator.code.visible import visible

    for number, change in enumerate(changes.changes, start=1):
        print(visible(f"{number}. {change.subject}: {change.call}"), file=sys.stderr)
    print(visible(f"{changes.title} on {changes.workspace}"), file=sys.stderr)
    print(f"To apply it type the first 12 characters of {changes.sha256}: ", end="", file=sys.stderr, flush=True)
    given = sys.stdin.readline().strip()
    return len(given) >= 12 and changes.sha256.startswith(given)
