"""`orchestrate merge PATH --claims FILE`: join the review by rules with what agents found, and report."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from orchestrator.cli.arguments import add_gate, add_scope
from orchestrator.cli.front import Command

_EPILOG = """examples:
  orchestrate merge . --claims .orchestrate/claims
  orchestrate merge . --claims streaming-specialist=answer.json --output markdown
  orchestrate merge . --claims streaming-specialist=- <answer.json

A claim file holds an agent's answer, {"findings": [...], "not_reviewed": [...]}; the file's name, or the name before
`=`, is the agent's. A finding's quote is compared with the code byte for byte: where it does not stand there, the
finding is withheld.
"""
MAX_BYTES = 4 * 1024 * 1024


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    add_scope(parser)
    add_gate(parser)
    parser.add_argument(
        "--claims",
        action="append",
        required=True,
        metavar="[AGENT=]FILE",
        help="an agent's answer, or a folder of AGENT.json files (repeatable)",
    )
    parser.add_argument("--output", action="append", default=[], metavar="FORMAT[=FILE]", help="as review-pipeline")
    parser.add_argument("--diff", metavar="BASE", help="only findings on lines changed since this git revision count")
    parser.add_argument("--baseline", type=Path, metavar="FILE", help="findings in this file do not count")
    parser.add_argument("--all", action="store_true", help="show withheld and suppressed findings too")
    parser.add_argument("--color", choices=["auto", "always", "never"], default="auto", help="colour (default: auto)")


def run(arguments: argparse.Namespace) -> int:
    """Review by rules, add the claims, report and return 0, 1 or 3."""
    from orchestrator.cli.gate import exit_code
    from orchestrator.cli.outputs import parse_outputs, write_outputs
    from orchestrator.cli.requests import read_request
    from orchestrator.cli.story import Story
    from orchestrator.code.diff import changed_lines
    from orchestrator.workflows.cache import cached_review
    from orchestrator.workflows.merge import merged
    from orchestrator.workflows.selection import check_agents

    outputs = parse_outputs(arguments.output)
    request, gate = read_request(arguments)
    answers = [answer for given in arguments.claims for answer in _answers(given)]
    check_agents(agent for agent, _ in answers)
    with Story.of(quiet=arguments.quiet) as story:
        reviewed = cached_review(request, use_cache=not arguments.no_cache, progress=story.step)
    change = changed_lines(reviewed.root, request.base) if request.base else None
    joined = merged(reviewed, answers, today=request.today, change=change, baseline=request.baseline)
    write_outputs(outputs, joined, gate, arguments)
    return exit_code(joined.review, gate)


def _answers(given: str) -> Iterator[tuple[str, str]]:
    agent, separator, name = given.rpartition("=")
    if separator and agent:
        yield agent, _text(name)
        return
    path = Path(given)
    found = sorted(path.glob("*.json")) if path.is_dir() else [path]
    if not found:
        from orchestrator.errors import UsageError

        raise UsageError(f"the folder {given!r} holds no claims; write one AGENT.json for each agent")
    for file in found:
        yield file.stem, _text(str(file))


def _text(name: str) -> str:
    from orchestrator.errors import UsageError

    try:
        if name == "-":
            return sys.stdin.read(MAX_BYTES)
        with Path(name).open(encoding="utf-8", errors="replace") as stream:
            return stream.read(MAX_BYTES)
    except OSError as error:
        raise UsageError(f"the claims {name!r} cannot be read ({error.strerror})") from error


COMMAND = Command(
    name="merge",
    help="join the review by rules with agents' findings",
    description="Review by rules, check the quotes of agents' findings against the code, and report both as one.",
    configure=configure,
    run=run,
    epilog=_EPILOG,
)
