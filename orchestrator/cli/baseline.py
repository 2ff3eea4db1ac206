"""`orchestrate baseline PATH`: write down today's findings, so that only new ones count."""

from __future__ import annotations

import argparse
from pathlib import Path

from orchestrator.cli.arguments import add_scope
from orchestrator.cli.front import Command

_EPILOG = """examples:
  orchestrate baseline .                              writes .orchestrate-baseline.json
  orchestrate review-pipeline . --baseline .orchestrate-baseline.json
"""
DEFAULT_FILE = Path(".orchestrate-baseline.json")


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    add_scope(parser)
    parser.add_argument("--to", type=Path, default=None, metavar="FILE", help=f"default: {DEFAULT_FILE} in the project")


def run(arguments: argparse.Namespace) -> int:
    """Review, write the baseline and return 0, or 3 where something was not reviewed."""
    from orchestrator.cli.gate import exit_code
    from orchestrator.cli.requests import read_request
    from orchestrator.cli.story import Story
    from orchestrator.errors import UsageError
    from orchestrator.rules.baseline import dump_baseline
    from orchestrator.workflows.cache import cached_review

    request, _ = read_request(arguments)
    with Story.of(quiet=arguments.quiet) as story:
        reviewed = cached_review(request, use_cache=not arguments.no_cache, progress=story.step)
    target = arguments.to or reviewed.root / DEFAULT_FILE
    if arguments.to is None and target.is_symlink():
        raise UsageError(f"the baseline {str(target)!r} is a link; name the file it stands for with --to")
    try:
        target.write_text(dump_baseline(reviewed.review.findings), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"the baseline {str(target)!r} cannot be written ({error.strerror})") from error
    count = len(reviewed.review.reported)
    print(f"{target}: {count} findings. Use it with: orchestrate review-pipeline {arguments.path} --baseline {target}")
    return exit_code(reviewed.review, None)


COMMAND = Command(
    name="baseline",
    help="write a baseline of today's findings",
    description="Write down the findings there are, so that later reviews count only new ones.",
    configure=configure,
    run=run,
    epilog=_EPILOG,
)
