"""`orchestrate post-review DIR`: post the review of a pull request that `orchestrate review-pr` left in a folder."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.cli.front import Command

if TYPE_CHECKING:
    from orchestrator.github.posting.post import Outcome

_EPILOG = """environment, as a GitHub runner sets it:
  GITHUB_TOKEN         a token with `pull-requests: write` and `checks: write`; with `contents: write` threads of
                       fixed findings are resolved, without it they get the word alone
  GITHUB_REPOSITORY    the repository of the job; a review of another one is refused
  GITHUB_EVENT_PATH    the event, whose pull request or commit the review has to be of
  GITHUB_API_URL       default: https://api.github.com

exit codes: 0 posted, 1 posted with findings at or above the gate, 2 bad input or a missing permission,
3 not posted or not all reviewed, 4 our fault
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("folder", metavar="DIR", type=Path, help="the folder with pull-review.json")
    parser.add_argument("--drafts", action="store_true", help="post on draft pull requests too")


def run(arguments: argparse.Namespace) -> int:
    """Post, and say how it ended: to the person, the summary of the job, and the steps after this one."""
    from orchestrator.cli.extra import require_extra
    from orchestrator.cli.runner import add_to_summary, set_outputs
    from orchestrator.errors import OrchestratorError

    require_extra("github", "`orchestrate post-review`")
    try:
        outcome = _posted(arguments.folder, drafts=arguments.drafts)
    except OrchestratorError as error:
        add_to_summary(f"**Nothing was posted.** {_span(str(error))}")
        set_outputs({"conclusion": "neutral", "comments": 0, "posted": "false"})
        raise
    _tell(outcome)
    return outcome.code


def _posted(folder: Path, *, drafts: bool) -> Outcome:
    from orchestrator.github.posting.api import Api
    from orchestrator.github.posting.job import job_of
    from orchestrator.github.posting.line import PUBLIC, GitHubLine
    from orchestrator.github.posting.post import Posting

    job = job_of(os.environ)
    with GitHubLine(os.environ.get("GITHUB_TOKEN", ""), os.environ.get("GITHUB_API_URL") or PUBLIC) as line:
        return Posting(api=Api(line=line, access="write"), job=job, span=_span, drafts=drafts).run(folder)


def _tell(outcome: Outcome) -> None:
    from orchestrator.cli.runner import add_to_summary, set_outputs
    from orchestrator.code.visible import visible

    end = outcome.verdict
    if outcome.trouble:
        print(visible(f"orchestrate: {outcome.trouble}"), file=sys.stderr)
        add_to_summary(f"**{end.conclusion}**: {_span(outcome.trouble)}")
    if outcome.pull is not None:
        print(visible(f"pull request {outcome.pull}: {end.conclusion}, {_written(outcome)}"))
        add_to_summary(f"Pull request {outcome.pull}: **{end.conclusion}**, {_written(outcome)}. {_span(end.reason)}")
    posted = "false" if outcome.trouble else "true"
    set_outputs({"conclusion": end.conclusion, "comments": outcome.comments, "posted": posted})


def _written(outcome: Outcome) -> str:
    from orchestrator.report.wording import counted

    parts = [counted(outcome.comments, "new comment")]
    if outcome.resolved:
        parts.append(f"{counted(outcome.resolved, 'thread')} resolved")
    if outcome.reopened:
        parts.append(f"{counted(outcome.reopened, 'thread')} opened again")
    return ", ".join(parts)


def _span(text: str) -> str:
    from orchestrator.report.markdown_text import code

    return code(text, 2_000)


COMMAND = Command(
    name="post-review",
    help="post a finished review on its pull request",
    description="Post the review that `orchestrate review-pr` left in a folder: no model, no checkout.",
    configure=configure,
    run=run,
    epilog=_EPILOG,
)
