"""The review as the threads of a pull request in Azure DevOps: each element is the body of one request that posts it.

The shape is that of https://learn.microsoft.com/rest/api/azure/devops/git/pull-request-threads/create: lines and
offsets from 1, the end offset exclusive. It holds what is shown by default, on the lines of the diff where there is
one; `--all` adds nothing. A property carries what a thread is about, so that who posts them can leave out those there
are already.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from orchestrator.code.secrets import MASK
from orchestrator.report.json_text import json_text
from orchestrator.report.markdown_text import prose
from orchestrator.report.placing import gaps, utf8_path, worst_first
from orchestrator.report.pull_comment import comment
from orchestrator.report.verdict import standing_word, verdict
from orchestrator.report.wording import counted
from orchestrator.types import Location

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.report.context import Context
    from orchestrator.types import Finding, Review

PROPERTY = "orchestrate.finding"
"""The property of a thread that holds the finding's id, or what the thread without a line says, in short."""
LIMIT = 100
"""Threads on lines: nobody reads more, and each is a request."""

_GAPS = 30
_ROOT = 0  # the comment that begins a thread answers none
_TEXT = 1  # CommentType `text`
_ACTIVE = 1  # CommentThreadStatus `active`
_MARKDOWN = "Microsoft.TeamFoundation.Discussion.SupportsMarkdown"


def render(review: Review, context: Context) -> str:
    """One array of threads: what stands on no line, if there is any, then the findings, the worst first."""
    found = worst_first(review)
    general = "\n\n".join(_general(review, context, more=len(found) - LIMIT))
    threads = [_thread(f"review-{_short(general)}", general)] if general else []
    return json_text([*threads, *(_on_a_line(finding, context) for finding in found[:LIMIT])])


def _general(review: Review, context: Context, *, more: int) -> Iterator[str]:
    """What was not reviewed and how many findings are left out; nothing where all of it stands on lines."""
    missing = [told for _, told in gaps(review)]
    if not missing and more <= 0:
        return
    answer = verdict(review, context.fail_on)
    yield f"**{answer.outcome.capitalize()}**: {prose(answer.sentence)}"
    if missing:
        yield "\n".join(f"- {prose(told, 800)}" for told in missing[:_GAPS])
    if len(missing) > _GAPS:
        yield f"{counted(len(missing) - _GAPS, 'more gap')} in the report of the run."
    if more > 0:
        yield f"**{counted(more, 'more finding')}** in the report of the run."


def _on_a_line(finding: Finding, context: Context) -> dict[str, object]:
    word = standing_word(finding)
    said = f"{word}: {finding.standing_reason}" if word and finding.standing_reason else word
    thread = _thread(finding.id, comment(finding, context, said=said))
    place = finding.location
    thread["threadContext"] = {
        "filePath": f"/{utf8_path(place.path)}",
        "rightFileStart": {"line": place.start_line, "offset": place.start_column},
        "rightFileEnd": {"line": max(place.start_line, place.end_line), "offset": _end(place, context)},
    }
    return thread


def _end(place: Location, context: Context) -> int:
    """The offset behind the last character; without one that of the line's end where the line is known as it is."""
    first = place.start_column if place.end_line <= place.start_line else 1
    if place.end_column is not None:
        return max(first, place.end_column)
    last = "".join(line for number, line in context.snippet(place, 0, 0) if number == place.end_line)
    # Of an `.ipynb` file the code of a line is known, not the JSON around it; a masked line may be shorter or longer.
    return first if place.path.endswith(".ipynb") or MASK in last else max(first, len(last) + 1)


def _thread(about: str, content: str) -> dict[str, object]:
    return {
        "comments": [{"parentCommentId": _ROOT, "content": content, "commentType": _TEXT}],
        "status": _ACTIVE,
        "properties": {
            PROPERTY: {"$type": "System.String", "$value": about},
            _MARKDOWN: {"$type": "System.Int32", "$value": 1},
        },
    }


def _short(text: str) -> str:
    return sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:16]
