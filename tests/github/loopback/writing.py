"""What the API does: every POST and PATCH under a repository. A review is done whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from pydantic import JsonValue

from tests.github.loopback.answers import Answer, invalid, not_found, refused, unresolved
from tests.github.loopback.calls import Call, route
from tests.github.loopback.patch import Changes, changes, compared, head_of, sha_of
from tests.github.loopback.planting import git
from tests.github.loopback.reading import said_comment, thread_comment
from tests.github.loopback.records import CheckRun, Comment, PullRequest, Review, Side, Thread
from tests.github.loopback.told import check_json, comment_json, review_json, thread_comment_json

_PULLS = ("pull_requests",)
_TALK = ("issues", "pull_requests")
_STATES: dict[str, str] = {"COMMENT": "COMMENTED", "APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED"}
_CONCLUSIONS = frozenset(
    {"action_required", "cancelled", "failure", "neutral", "success", "skipped", "stale", "timed_out"}
)
MOST_SUMMARY = 65_535
MOST_ANNOTATIONS = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class _Draft:
    """A comment of a review before it is posted."""

    path: str
    side: Side
    line: int
    start_line: int | None
    body: str


def _review(call: Call) -> Answer:
    pull, found = call.pull, changes(call.repository, call.pull)
    sha = _commit(call, pull)
    event = call.body.get("event")
    given = call.body.get("comments", [])
    if not isinstance(given, list):
        raise refused(422, "Invalid request.\n\nFor 'properties/comments', is not an array.")
    body = call.text("body", "")
    if event is not None and event not in _STATES:
        raise refused(422, "Invalid request.\n\nInvalid value for parameter `event`.")
    if event in {"COMMENT", "REQUEST_CHANGES"} and not body and not given:
        raise refused(422, "Unprocessable Entity", ["Review Body can't be blank"])
    if body:
        call.github.checked_body(body)
    if event is None and any(each.state == "PENDING" and each.login == _me(call) for each in pull.reviews):
        raise refused(422, "Unprocessable Entity", ["User can only have one pending review per pull request"])
    drafts = _drafts(call, _at(call, pull, sha, found), given)
    review = Review(id=next(call.github.ids), login=_me(call), body=body, state="PENDING", commit=sha)
    if isinstance(event, str):
        review.state = "COMMENTED" if event == "COMMENT" else "APPROVED" if event == "APPROVE" else "CHANGES_REQUESTED"
    pull.reviews.append(review)
    for draft in drafts:
        _open(call, pull, draft, sha, review.id)
    return Answer(body=review_json(review))


def _comment(call: Call) -> Answer:
    pull = call.pull
    sha = _commit(call, pull, wanted=True)
    drafts = _drafts(call, _at(call, pull, sha, changes(call.repository, pull)), [dict(call.body)])
    review = Review(id=next(call.github.ids), login=_me(call), body="", state="COMMENTED", commit=sha)
    pull.reviews.append(review)
    thread = _open(call, pull, drafts[0], sha, review.id)
    return Answer(status=201, body=thread_comment_json(thread, thread.comments[0]))


def _reply(call: Call) -> Answer:
    pull = call.pull
    thread, first = thread_comment(call, int(call.parts[1]))
    if thread not in pull.threads or first is not thread.comments[0]:
        raise not_found()
    body = call.github.checked_body(call.text("body"))
    comment = call.github.said(thread, body, _me(call), head_of(call.repository, pull))
    return Answer(status=201, body=thread_comment_json(thread, comment))


def _say(call: Call) -> Answer:
    pull = call.pull
    body = call.github.checked_body(call.text("body"))
    comment = Comment(id=next(call.github.ids), login=_me(call), body=body)
    pull.conversation.append(comment)
    return Answer(status=201, body=comment_json(comment))


def _edit(call: Call) -> Answer:
    comment = said_comment(call, call.number)
    comment.body = call.github.checked_body(call.text("body"))
    return Answer(body=comment_json(comment))


def _edit_thread_comment(call: Call) -> Answer:
    thread, comment = thread_comment(call, call.number)
    comment.body = call.github.checked_body(call.text("body"))
    return Answer(body=thread_comment_json(thread, comment))


def _check(call: Call) -> Answer:
    _app(call)
    sha = call.text("head_sha")
    if sha_of(call.repository.folder, sha) != sha:
        raise refused(422, f"No commit found for SHA: {sha}")
    name = call.text("name")
    check = CheckRun(
        id=next(call.github.ids),
        name=name,
        head_sha=sha,
        status="queued",
        conclusion=None,
        title="",
        summary="",
        text="",
    )
    _fill(call, check)
    call.repository.checks.append(check)
    return Answer(status=201, body=check_json(check))


def _edit_check(call: Call) -> Answer:
    _app(call)
    for check in call.repository.checks:
        if check.id == call.number:
            _fill(call, check)
            return Answer(body=check_json(check))
    raise not_found()


def _fill(call: Call, check: CheckRun) -> None:
    conclusion = call.body.get("conclusion")
    if conclusion is not None and conclusion not in _CONCLUSIONS:
        raise refused(422, f"Invalid request.\n\n{conclusion} is not a member of the conclusions.")
    output = call.body.get("output")
    status = call.text("status", "completed" if conclusion is not None else check.status)
    if status == "completed" and conclusion is None and check.conclusion is None:
        raise refused(422, "Invalid request.\n\nMissing required parameter: conclusion")
    if isinstance(output, dict):
        _fill_output(check, output)
    elif output is not None:
        raise refused(422, "Invalid request.\n\nFor 'properties/output', is not an object.")
    check.external_id = call.text("external_id", check.external_id)
    check.status = status
    check.conclusion = conclusion if isinstance(conclusion, str) else check.conclusion


def _fill_output(check: CheckRun, output: dict[str, JsonValue]) -> None:
    told = {name: output.get(name, "") for name in ("title", "summary", "text")}
    if not told["title"] or "summary" not in output:
        raise refused(422, 'Invalid request.\n\n"title", "summary" weren\'t supplied.')
    if any(len(str(value)) > MOST_SUMMARY for value in told.values()):
        raise invalid("CheckRun", "summary", f"exceeds a maximum length of {MOST_SUMMARY} characters")
    annotations = output.get("annotations", [])
    if not isinstance(annotations, list) or len(annotations) > MOST_ANNOTATIONS:
        raise refused(422, f"Invalid request.\n\nNo more than {MOST_ANNOTATIONS} items are allowed.")
    check.title, check.summary, check.text = (str(value or "") for value in told.values())
    check.annotations += annotations


def _app(call: Call) -> None:
    if not _me(call).endswith("[bot]"):
        raise refused(403, "You must authenticate via a GitHub App.")


def _me(call: Call) -> str:
    return call.permissions.login


def _commit(call: Call, pull: PullRequest, *, wanted: bool = False) -> str:
    head = head_of(call.repository, pull)
    sha = call.text("commit_id", "" if wanted else head)
    listed = git(call.repository.folder, "rev-list", f"{pull.base}..{head}").decode().split()
    if sha not in listed:
        raise invalid("PullRequestReview", "commit_id", "commit_id is not part of the pull request")
    return sha


def _at(call: Call, pull: PullRequest, sha: str, now: Changes) -> Changes:
    """The diff at the commit that the review names, which need not be the head."""
    if sha == head_of(call.repository, pull):
        return now
    return compared(call.repository.folder, sha_of(call.repository.folder, pull.base) or sha, sha)


def _drafts(call: Call, found: Changes, given: list[JsonValue]) -> list[_Draft]:
    drafts, problems = [], []
    for each in given:
        draft = _draft(call, each)
        drafts.append(draft)
        if (problem := _problem(draft, found)) is not None:
            problems.append(problem)
    if problems:
        raise unresolved(problems)
    return drafts


def _draft(call: Call, given: JsonValue) -> _Draft:
    fields = given if isinstance(given, dict) else {}
    path, body, line = fields.get("path"), fields.get("body"), fields.get("line")
    side, start = fields.get("side", "RIGHT"), fields.get("start_line")
    if not isinstance(path, str) or not isinstance(body, str) or side not in get_args(Side):
        raise refused(422, 'Invalid request.\n\n"path", "body" and a "side" are needed.')
    if not isinstance(line, int) or isinstance(line, bool):
        raise refused(422, "Unprocessable Entity", ["Line could not be resolved"])
    if start is not None and (not isinstance(start, int) or isinstance(start, bool)):
        raise refused(422, "Invalid request.\n\nFor 'properties/start_line', is not an integer.")
    if fields.get("start_side", side) != side:
        raise refused(422, "Unprocessable Entity", ["this test server wants start_side to be the side"])
    if start is not None and start >= line:
        raise invalid("PullRequestReviewComment", "start_line", "start_line must precede the end line.")
    return _Draft(
        path=path,
        side="LEFT" if side == "LEFT" else "RIGHT",
        line=line,
        start_line=start,
        body=call.github.checked_body(body),
    )


def _problem(draft: _Draft, found: Changes) -> str | None:
    allowed = found.anchors.get(draft.path)
    if allowed is None:
        return "Path could not be resolved"
    hunk = allowed.get((draft.side, draft.line))
    if hunk is None:
        return "Line could not be resolved"
    if draft.start_line is None:
        return None
    first = allowed.get((draft.side, draft.start_line))
    if first is None:
        return "Start line could not be resolved"
    return None if first == hunk else "Start line must be part of the same hunk as the line."


def _open(call: Call, pull: PullRequest, draft: _Draft, sha: str, review: int) -> Thread:
    thread = Thread(
        id=next(call.github.ids),
        path=draft.path,
        side=draft.side,
        line=draft.line,
        start_line=draft.start_line,
        original_line=draft.line,
        original_commit=sha,
        original_start_line=draft.start_line,
    )
    pull.threads.append(thread)
    call.github.said(thread, draft.body, _me(call), sha, review)
    return thread


ROUTES = (
    route("POST", r"/pulls/(\d+)/reviews", _PULLS, _review),
    route("POST", r"/pulls/(\d+)/comments", _PULLS, _comment),
    route("POST", r"/pulls/(\d+)/comments/(\d+)/replies", _PULLS, _reply),
    route("POST", r"/issues/(\d+)/comments", _TALK, _say),
    route("POST", r"/check-runs", ("checks",), _check),
    route("PATCH", r"/issues/comments/(\d+)", _TALK, _edit),
    route("PATCH", r"/pulls/comments/(\d+)", _PULLS, _edit_thread_comment),
    route("PATCH", r"/check-runs/(\d+)", ("checks",), _edit_check),
)
