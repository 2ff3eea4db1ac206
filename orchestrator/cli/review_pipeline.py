"""`orchestrate review-pipeline PATH`: review a project, and report."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path

from orchestrator.cli.arguments import add_gate, add_scope
from orchestrator.cli.front import Command
from orchestrator.cli.measuring import add_measuring
from orchestrator.cli.model import add_model
from orchestrator.report import formats

_EPILOG = """examples:
  orchestrate review-pipeline examples/customer-360
  orchestrate review-pipeline . --agents streaming-specialist,bundle-validator
  orchestrate review-pipeline . --diff origin/main --fail-on medium
  orchestrate review-pipeline . --output html=review.html --output sarif=review.sarif
  orchestrate review-pipeline . --fix
  orchestrate review-pipeline . --event-log logs/app-20261123-0001
  orchestrate review-pipeline . --workspace sandbox
  orchestrate review-pipeline . --output json | jq '.findings[].rule'
  orchestrate review-pipeline . --model claude-sonnet-5-5 --estimate
  orchestrate review-pipeline . --model claude-sonnet-5-5 --max-usd 2
  orchestrate review-pipeline --resume 3f9a --max-usd 5

A finding that is right for you is silenced on its line or the line above, with a reason:
  # orchestrate: ignore[PYS003] at most four columns  until=2027-06-30
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    add_scope(parser)
    add_gate(parser)
    # The usage of 26 options would hide the sentence that says which of them is wrong.
    parser.usage = "orchestrate review-pipeline [PATH] [OPTIONS]"
    count = parser.add_argument_group("which findings count")
    count.add_argument("--diff", metavar="BASE", help="only findings on lines changed since this git revision")
    count.add_argument("--baseline", type=Path, metavar="FILE", help="findings in this file do not count")
    report = parser.add_argument_group("the report")
    report.add_argument(
        "--output",
        action="append",
        default=[],
        metavar="FORMAT[=FILE]",
        help=f"{', '.join(formats())}: on stdout or into a file (repeatable; default: text)",
    )
    report.add_argument("--all", action="store_true", help="show what does not count too, and why it does not")
    report.add_argument("--color", choices=["auto", "always", "never"], default="auto", help="colour (default: auto)")
    parser.add_argument("--fix", action="store_true", help="apply the fixes that are safe, then review again")
    add_measuring(parser)
    add_model(parser)


def run(arguments: argparse.Namespace) -> int:
    """Review, report and return 0, 1 or 3."""
    from orchestrator.cli.gate import exit_code
    from orchestrator.cli.measuring import read_measuring, with_measured_facts
    from orchestrator.cli.model import asks_model
    from orchestrator.cli.outputs import parse_outputs, write_outputs
    from orchestrator.cli.requests import read_request
    from orchestrator.cli.resuming import resumed
    from orchestrator.cli.story import Story
    from orchestrator.workflows.cache import cached_review

    if arguments.resume is not None:
        arguments = resumed(arguments, configure)
    outputs = parse_outputs(arguments.output)
    request, gate = read_request(arguments)
    with Story.of(quiet=arguments.quiet) as story:
        measuring = read_measuring(arguments, story)
        if arguments.fix:
            from orchestrator.workflows.fix import fix_project

            for line in fix_project(request).lines:
                story.tell(line)
        measure = partial(with_measured_facts, request, measuring=measuring, story=story)
        if asks_model(arguments):
            from orchestrator.cli.modelled import estimate_by_model, review_by_model

            if arguments.estimate:
                print(estimate_by_model(arguments, request, measure), end="")
                return 0
            reviewed = review_by_model(arguments, request, measure, story)
        else:
            reviewed = measure(cached_review(request, use_cache=not arguments.no_cache, progress=story.step))
        if not reviewed.kept:
            story.done(reviewed.review)
    write_outputs(outputs, reviewed, gate, arguments)
    return exit_code(reviewed.review, gate)


COMMAND = Command(
    name="review-pipeline",
    help="review a project, file or notebook",
    description="Review a Databricks project by rules, with no key and no network; with --model by specialists too.",
    configure=configure,
    run=run,
    epilog=_EPILOG,
)
