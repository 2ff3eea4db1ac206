"""`orchestrate runs`: list the runs with a model that are kept, or show the log of one as a timeline."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from orchestrator.cli.front import Command

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.workflows.runs.folder import Run
    from orchestrator.workflows.runs.summary import Summary

_EPILOG = """examples:
  orchestrate runs
  orchestrate runs show 20261123-0745-3f9a
  orchestrate runs show 3f9a --output json | jq '.events[] | select(.kind == "call-ended")'

A run that stopped goes on with: orchestrate review-pipeline --resume RUN
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("action", nargs="?", choices=["list", "show"], default="list", help="default: list")
    parser.add_argument("run_id", nargs="?", metavar="RUN", help="the run to show, or the last four digits of its id")
    parser.add_argument("--output", choices=["text", "json"], default="text", help="default: text")


def run(arguments: argparse.Namespace) -> int:
    """List or show."""
    from orchestrator.errors import UsageError
    from orchestrator.workflows.runs.folder import all_runs, known_run

    if arguments.action == "show":
        if arguments.run_id is None:
            raise UsageError("name the run to show; `orchestrate runs` lists them")
        return _show(known_run(arguments.run_id), arguments.output)
    if arguments.run_id is not None:
        raise UsageError(f"`orchestrate runs list` takes no run; to see it: orchestrate runs show {arguments.run_id}")
    return _list(all_runs(), arguments.output)


def _list(runs: tuple[Run, ...], output: str) -> int:
    from orchestrator.errors import RunError
    from orchestrator.workflows.runs.summary import summary

    found = []
    for each in runs:
        try:
            found.append(summary(each))
        except RunError as error:
            print(f"orchestrate: {error}", file=sys.stderr)
    if output == "json":
        _print_json([_json(each) for each in found])
        return 0
    if not found:
        print("no runs are kept; `orchestrate review-pipeline PATH --model NAME` makes one")
    for line in map(_line, found):
        print(line)
    return 0


def _line(found: Summary) -> str:
    from orchestrator.code.visible import visible
    from orchestrator.report.spending import calls, cost

    when = f"{found.created.astimezone():%Y-%m-%d %H:%M}"
    spent = f"{calls(found.spending)}, {cost(found.spending)}"
    return visible(f"{found.run}  {when}  {found.outcome:<10}  {spent}  {found.model}  {found.project}")


def _show(shown: Run, output: str) -> int:
    from orchestrator.workflows.runs.summary import events_of, summary
    from orchestrator.workflows.runs.timeline import timeline

    found, events = summary(shown), events_of(shown)
    if output == "json":
        _print_json({**_json(found), "events": [each.model_dump(mode="json") for each in events]})
        return 0
    print(_line(found))
    print()
    for line in timeline(events, found.created):
        print(line)
    print()
    for line in _parts(found):
        print(line)
    if found.outcome in {"stopped", "incomplete"}:
        print(f"\nto go on: orchestrate review-pipeline --resume {found.run}")
    return 0


def _parts(found: Summary) -> Iterator[str]:
    from orchestrator.code.visible import visible
    from orchestrator.report.spending import calls, cost, tokens
    from orchestrator.report.wording import counted

    width = max((len(part.who) for part in found.parts), default=0)
    for part in found.parts:
        spent = f"{calls(part.spending)}, {tokens(part.spending)}, {cost(part.spending)}"
        problem = f"; no answer: {part.problem}" if part.problem else ""
        yield visible(
            f"{part.who:<{width}}  {counted(part.turns, 'turn')}, {counted(part.tools, 'tool call')}, {spent}{problem}"
        )


def _json(found: Summary) -> dict[str, object]:
    from dataclasses import asdict

    return {**asdict(found), "created": found.created.isoformat()}


def _print_json(value: object) -> None:
    import json

    print(json.dumps(value, indent=2, ensure_ascii=False))


COMMAND = Command(
    name="runs",
    help="list the runs with a model, or show one",
    description="List the runs with a model that are kept, or show the log of one as a timeline.",
    configure=configure,
    run=run,
    epilog=_EPILOG,
)
