"""From the command line to the review of a pull request: what it is about, what may be asked, what is posted."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from orchestrator.cli.gate import CLEAN, FINDINGS, exit_code
from orchestrator.cli.model import NONE, asks_model
from orchestrator.cli.outputs import report_context
from orchestrator.cli.pull_texts import ReportTexts
from orchestrator.cli.requests import read_request
from orchestrator.cli.story import Story
from orchestrator.code.reading import project_root
from orchestrator.content import content_folder
from orchestrator.errors import GitHubError
from orchestrator.github.artifact import PullReview
from orchestrator.github.assembly import Assembly, Conclusion
from orchestrator.github.diff.files import PullDiff
from orchestrator.github.event import Occasion, read_event
from orchestrator.github.placing import Tree, placed
from orchestrator.github.posting.api import Api
from orchestrator.github.posting.line import PUBLIC, GitHubLine
from orchestrator.github.pull import PullRequest, check_head, pull_diff, pull_request
from orchestrator.github.suggestions import Suggestions
from orchestrator.types import Severity
from orchestrator.workflows.cache import cached_review
from orchestrator.workflows.request import Request, Reviewed

_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}")
_CONCLUSIONS: Mapping[int, Conclusion] = {CLEAN: "success", FINDINGS: "failure"}
_OF_MODEL = ("model", "max_usd", "max_tokens", "deadline")


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewedPull:
    """A pull request, its review, the gate, and what is to be posted."""

    pull: PullRequest
    reviewed: Reviewed
    gate: Severity | None
    posted: PullReview


def asked_about(arguments: argparse.Namespace, environment: Mapping[str, str]) -> Occasion:
    """What the command was asked to review: by its options, else by the event of the job.

    Raises:
        GitHubError: neither names a pull request, or a review cannot begin from the event.
    """
    if arguments.repo is not None or arguments.pull is not None:
        if arguments.repo is None or arguments.pull is None or arguments.event is not None:
            raise GitHubError("--repo and --pull go together, and without --event")
        if not _REPOSITORY.fullmatch(arguments.repo):
            raise GitHubError(f"--repo is {arguments.repo!r}; write it as OWNER/NAME")
        return Occasion(repository=arguments.repo, pull=arguments.pull)
    path = arguments.event or environment.get("GITHUB_EVENT_PATH")
    if not path:
        raise GitHubError("no pull request is named; give --repo OWNER/NAME --pull NUMBER, or --event FILE")
    return read_event(environment.get("GITHUB_EVENT_NAME") or "pull_request", Path(path))


def reviewed_pull(arguments: argparse.Namespace, occasion: Occasion, story: Story) -> ReviewedPull:
    """The review of the head that is checked out, against the base, with the configuration of the base.

    Raises:
        GitHubError: the pull request is not reviewed as it is, or another commit is checked out.
        ApiError: the API does not answer.
        UsageError: an option, or the configuration of the base, is not usable.
    """
    root = project_root(arguments.path)
    _check_trust(arguments, root)
    notes = _limit_model(arguments, occasion)
    story.step("reading the pull request")
    pull, diff = _read(occasion, root, drafts=arguments.drafts)
    arguments.diff = pull.base.sha
    request, gate = read_request(arguments)
    reviewed = _reviewed(arguments, request, story)
    tree = Tree(root=root)
    story.step("placing the findings")
    suggestions = Suggestions(request=request, reviewed=reviewed, diff=diff, tree=tree)
    assembly = Assembly(
        occasion=occasion,
        pull=pull,
        review=reviewed.review,
        placed=placed(reviewed.review.findings, diff, tree, limit=arguments.max_inline),
        suggestions=None if arguments.no_suggestions else suggestions,
        texts=ReportTexts(review=reviewed.review, context=report_context(reviewed, gate), notes=notes),
    )
    posted = assembly.assembled(_CONCLUSIONS.get(exit_code(reviewed.review, gate), "neutral"))
    return ReviewedPull(pull=pull, reviewed=reviewed, gate=gate, posted=posted)


def _check_trust(arguments: argparse.Namespace, root: Path) -> None:
    """Nothing, where neither the reviewer nor its configuration is part of what is reviewed.

    Raises:
        GitHubError: one of them is, and a change could turn its own review down.
    """
    if content_folder("plugins").resolve().is_relative_to(root):
        raise GitHubError("the reviewer is part of the checkout it is to review; install it elsewhere, from a release")
    if arguments.config is not None and arguments.config.resolve().is_relative_to(root):
        raise GitHubError("--config names a file of the checkout; the base's configuration is read without it")
    if arguments.resume is not None or arguments.estimate:
        raise GitHubError("--resume and --estimate are for review-pipeline; a pull request is reviewed anew")


def _limit_model(arguments: argparse.Namespace, occasion: Occasion) -> tuple[str, ...]:
    """The note that no model is asked, taken out of the arguments, where who caused the event may not spend on one."""
    if not occasion.hindrance or arguments.model in {None, NONE}:
        return ()
    for option in _OF_MODEL:
        setattr(arguments, option, None)
    return (f"Reviewed by rules alone: {occasion.hindrance}.",)


def _read(occasion: Occasion, root: Path, *, drafts: bool) -> tuple[PullRequest, PullDiff]:
    """The pull request and its diff; the token is out of the environment before anything else is read."""
    token = os.environ.pop("GITHUB_TOKEN", "")
    with GitHubLine(token, os.environ.get("GITHUB_API_URL") or PUBLIC) as line:
        api = Api(line=line)
        pull = pull_request(api, occasion.repository, occasion.pull)
        if hindrance := pull.hindrance(drafts=drafts):
            raise GitHubError(hindrance)
        check_head(root, pull)
        return pull, pull_diff(api, occasion.repository, pull, root)


def _reviewed(arguments: argparse.Namespace, request: Request, story: Story) -> Reviewed:
    """The review; no cache is read, which an earlier head could have written."""
    arguments.no_cache = True
    if not asks_model(arguments):
        reviewed = cached_review(request, use_cache=False, progress=story.step)
    else:
        from orchestrator.cli.modelled import review_by_model
        from orchestrator.workflows.graph.running import unmeasured

        arguments.command = "review-pipeline"
        reviewed = review_by_model(arguments, request, unmeasured, story)
    story.done(reviewed.review)
    return reviewed
