"""`orchestrate review-pr`: review the head of a pull request, and leave in a folder what `post-review` posts."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.cli.arguments import add_gate, add_scope, count
from orchestrator.cli.front import Command
from orchestrator.cli.model import add_model

if TYPE_CHECKING:
    from orchestrator.github.artifact import PullReview
    from orchestrator.github.event import Occasion
    from orchestrator.github.pull import PullRequest

_MOST = 100
_EPILOG = """It reads the commit that is checked out here, which has to be the head of the pull request, with the whole
history: `actions/checkout` with `ref: ${{ github.event.pull_request.head.sha }}` and `fetch-depth: 0`.
Configuration and baseline are the base's. It writes pull-review.json, findings.json, report.md and results.sarif,
and posts nothing.

environment, as a GitHub runner sets it:
  GITHUB_TOKEN                          a token with `contents: read` and `pull-requests: read`
  GITHUB_EVENT_NAME, GITHUB_EVENT_PATH  the pull request, where --repo and --pull do not name it
  GITHUB_API_URL                        default: https://api.github.com

examples:
  orchestrate review-pr --out review
  orchestrate review-pr --repo acme/lakehouse --pull 17 --out review --fail-on medium
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    add_scope(parser)
    add_gate(parser)
    parser.usage = "orchestrate review-pr [--event FILE | --repo OWNER/NAME --pull N] --out DIR [OPTIONS]"
    pull = parser.add_argument_group("the pull request")
    pull.add_argument("--event", type=Path, metavar="FILE", help="the event's payload (default: GITHUB_EVENT_PATH)")
    pull.add_argument("--repo", metavar="OWNER/NAME", help="its repository, with --pull in place of an event")
    pull.add_argument("--pull", type=count, metavar="N", help="its number")
    pull.add_argument("--drafts", action="store_true", help="review drafts too")
    out = parser.add_argument_group("what is left for post-review")
    out.add_argument("--out", type=Path, metavar="DIR", required=True, help="the folder to write into")
    out.add_argument("--max-inline", type=_inline, default=20, metavar="N", help="comments on lines (default: 20)")
    out.add_argument("--no-suggestions", action="store_true", help="no suggestions that can be committed")
    add_model(parser)
    parser.set_defaults(color="auto", all=False, baseline=None, event_log=None, workspace=None)


def _inline(text: str) -> int:
    """A number of comments that one review may have."""
    if not text.isdecimal() or int(text) > _MOST:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of comments; give 0 to {_MOST}")
    return int(text)


def run(arguments: argparse.Namespace) -> int:
    """Review, write and return 0, 1 or 3; what stops it is said in the job's summary too."""
    from orchestrator.cli.extra import require_extra
    from orchestrator.cli.runner import add_to_summary, set_outputs
    from orchestrator.errors import OrchestratorError

    require_extra("github", "`orchestrate review-pr`")
    try:
        return _reviewed(arguments)
    except OrchestratorError as error:
        from orchestrator.report.markdown_text import code

        add_to_summary(f"**Nothing was reviewed.** {code(str(error), 2_000)}")
        set_outputs({"conclusion": "neutral", "reviewed": "false"})
        raise


def _reviewed(arguments: argparse.Namespace) -> int:
    from orchestrator.cli.gate import exit_code
    from orchestrator.cli.outputs import Output, write_outputs
    from orchestrator.cli.pull_request import asked_about, reviewed_pull
    from orchestrator.cli.runner import add_to_summary, set_outputs
    from orchestrator.cli.story import Story
    from orchestrator.github.artifact import write_artifact

    occasion = asked_about(arguments, os.environ)
    with Story.of(quiet=arguments.quiet) as story:
        found = reviewed_pull(arguments, occasion, story)
    out: Path = arguments.out
    files = {"json": "findings.json", "markdown": "report.md", "sarif": "results.sarif"}
    outputs = [Output(format=name, file=out / file) for name, file in files.items()]
    write_outputs(outputs, found.reviewed, found.gate, arguments)
    write_artifact(out, found.posted)
    add_to_summary(found.posted.summary)
    set_outputs(_outputs(found.posted, occasion, found.pull, out))
    return exit_code(found.reviewed.review, found.gate)


def _outputs(posted: PullReview, occasion: Occasion, pull: PullRequest, out: Path) -> dict[str, str | int]:
    return {
        "conclusion": posted.conclusion,
        "reviewed": "true",
        "findings": posted.findings,
        "comments": len(posted.comments),
        "not-reviewed": posted.not_reviewed,
        "pull": pull.number,
        "head": pull.head.sha,
        "repository": occasion.repository,
        "sarif": str(out / "results.sarif"),
    }


COMMAND = Command(
    name="review-pr",
    help="review the head of a pull request",
    description="Review the pull request whose head is checked out here, and leave what post-review posts in a folder.",
    configure=configure,
    run=run,
    epilog=_EPILOG,
)
