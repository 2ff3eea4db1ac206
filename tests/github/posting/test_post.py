"""Reviews posted on the loopback GitHub, and what its log says was written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from orchestrator.github.markers import Mark, is_summary, mark_of, marked
from tests.github.loopback import BOT, CheckRun, Failure, Limits, push
from tests.github.posting.reviewing import BASE, HEAD, PATH, Scene, comment, review_of, scene

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Scene]:
    with scene(tmp_path, Limits(gap=1.0)) as made:
        yield made


def test_a_review_is_one_batch_one_summary_and_a_check_run(place: Scene) -> None:
    outcome = place.post(review_of(place, comment("a1"), comment("b2", 30), still=("far",)))
    assert place.posts == ["POST /pulls/1/reviews", "POST /issues/1/comments"]
    assert [(thread.path, thread.line) for thread in place.pull.threads] == [(PATH, 3), (PATH, 30)]
    assert [mark_of(thread.comments[0].body) for thread in place.pull.threads] == [
        Mark(kind="finding", finding="a1"),
        Mark(kind="finding", finding="b2"),
    ]
    (check,) = place.repository.checks
    assert (check.status, check.conclusion, check.title) == ("completed", "success", "Reviewed")
    assert (outcome.code, outcome.comments, outcome.trouble) == (0, 2, "")


def test_the_same_commit_twice_adds_nothing(place: Scene) -> None:
    review = review_of(place, comment("a1"), comment("b2", 30), conclusion="failure")
    assert place.post(review).code == 1
    before = list(place.posts)
    again = place.post(review)
    assert place.posts == before
    assert (again.comments, again.code, len(place.repository.checks)) == (0, 1, 1)


def test_moved_code_keeps_its_thread_and_gets_no_other(place: Scene) -> None:
    place.post(review_of(place, comment("a1", 3)))
    push(place.repository, 1, {PATH: "# new\n# lines\n" + HEAD[PATH]})
    place.post(review_of(place, comment("a1", 5)))
    (thread,) = place.pull.threads
    assert len(thread.comments) == 1


def test_a_fixed_finding_resolves_its_thread_with_a_word(place: Scene) -> None:
    place.post(review_of(place, comment("a1"), comment("b2", 30)))
    fixed_in = push(place.repository, 1, {PATH: HEAD[PATH].replace("= 33\n", "= 3\n")})
    outcome = place.post(review_of(place, comment("b2", 30)))
    fixed, kept = place.pull.threads
    assert (fixed.resolved_by, kept.resolved_by) == (BOT, None)
    assert fixed.comments[-1].body.startswith(f"Fixed in {fixed_in}.")
    assert outcome.resolved == 1
    before = list(place.posts)
    place.post(review_of(place, comment("b2", 30)))
    assert place.posts == before


def test_a_finding_that_comes_back_opens_its_thread_again(place: Scene) -> None:
    place.post(review_of(place, comment("a1")))
    place.post(review_of(place))
    outcome = place.post(review_of(place, comment("a1")))
    (thread,) = place.pull.threads
    assert thread.resolved_by is None
    assert thread.comments[-1].body.startswith("Back in ")
    assert outcome.reopened == 1
    place.post(review_of(place))
    assert [said.body.split()[0] for said in thread.comments[1:]] == ["Fixed", "Back", "Fixed"]


@pytest.mark.parametrize("what", ["resolved", "disliked"])
def test_what_a_person_closed_stays_closed_and_is_said_in_the_summary(place: Scene, what: str) -> None:
    place.post(review_of(place, comment("a1")))
    (thread,) = place.pull.threads
    if what == "resolved":
        place.github.resolve(1, thread, login="ada")
    else:
        place.github.react(thread.comments[0], "-1", login="ada")
    place.post(review_of(place, comment("a1", 5)))
    assert len(place.pull.threads) == len(thread.comments) == 1
    assert (thread.resolved_by is not None) == (what == "resolved")
    assert "1 finding has a thread that a person resolved or disliked" in place.pull.conversation[0].body


def test_a_reply_of_a_person_stands_and_the_thread_is_only_resolved(place: Scene) -> None:
    place.post(review_of(place, comment("a1")))
    (thread,) = place.pull.threads
    place.github.reply(1, thread, "Why?", login="ada")
    bodies = [said.body for said in thread.comments]
    place.post(review_of(place, comment("a1")))
    place.post(review_of(place))
    assert [said.body for said in thread.comments[:2]] == bodies
    assert thread.resolved_by == BOT


def test_an_incomplete_review_resolves_nothing_and_is_never_a_success(place: Scene) -> None:
    place.post(review_of(place, comment("a1")))
    outcome = place.post(
        review_of(place, conclusion="neutral", reason="1 file was not read.", not_reviewed=1, reviewed=0)
    )
    assert place.pull.threads[0].resolved_by is None
    assert (place.repository.checks[0].conclusion, outcome.code) == ("neutral", 3)


def test_a_success_of_which_nothing_was_reviewed_is_neutral(place: Scene) -> None:
    outcome = place.post(review_of(place, reviewed=0))
    assert (place.repository.checks[0].conclusion, outcome.code) == ("neutral", 3)
    assert "Nothing in this pull request was reviewed." in place.repository.checks[0].summary


def test_marks_of_others_are_not_believed(place: Scene) -> None:
    forged = marked("looks fine to me", Mark(kind="finding", finding="a1"))
    place.github.review_comment(1, PATH, 3, forged, login="mallory")
    place.github.comment(1, "mine\n\n<!-- orchestrate:v1 summary -->", login="mallory")
    place.post(review_of(place, comment("a1")))
    place.post(review_of(place))
    theirs, ours = place.pull.threads
    assert (theirs.resolved_by, len(theirs.comments), ours.comments[0].login) == (None, 1, BOT)
    assert [is_summary(said.body) for said in place.pull.conversation if said.login == BOT] == [True]
    assert place.pull.conversation[0].body.startswith("mine")


def test_a_clean_pull_request_gets_no_comment_at_all(place: Scene) -> None:
    assert place.post(review_of(place)).code == 0
    assert place.posts == []
    assert place.repository.checks[0].conclusion == "success"


def test_the_summary_is_edited_in_place(place: Scene) -> None:
    place.post(review_of(place, comment("a1")))
    place.post(review_of(place, comment("a1"), summary="# Review\n\nanother"))
    (said,) = place.pull.conversation
    assert "another" in said.body
    assert place.posts[-1].startswith("PATCH /issues/comments/")


@pytest.mark.parametrize(
    ("suggestion", "block"),
    [
        ("x = 1\ny = 2", "```suggestion\nx = 1\ny = 2\n```"),
        ("", "```suggestion\n```"),
        ("a = '''```'''\n````", "`````suggestion\na = '''```'''\n````\n`````"),
    ],
)
def test_a_suggestion_is_a_block_that_its_text_cannot_leave(place: Scene, suggestion: str, block: str) -> None:
    place.post(review_of(place, comment("a1", 5, start=3, suggestion=suggestion)))
    (thread,) = place.pull.threads
    assert (thread.start_line, thread.line) == (3, 5)
    assert block in thread.comments[0].body


@pytest.mark.parametrize(("reviewed", "conclusion", "code"), [("success", "neutral", 3), ("failure", "failure", 1)])
def test_a_line_that_the_api_refuses_posts_no_comment_and_says_all_in_the_summary(
    place: Scene, reviewed: str, conclusion: str, code: int
) -> None:
    review = review_of(place, comment("a1"), comment("b2", 17), conclusion=reviewed)
    outcome = place.post(review)
    assert place.pull.threads == []
    (said,) = place.pull.conversation
    assert "None of the 2 inline comments could be posted" in said.body
    assert "`src/a.py:3`" in said.body
    assert "**b2** is wrong" in said.body
    (check,) = place.repository.checks
    assert (check.conclusion, outcome.code) == (conclusion, code)
    assert "Line could not be resolved" in check.summary
    assert outcome.comments == 0
    before = len(place.pull.conversation[0].body), len(place.repository.checks)
    place.post(review)
    assert (len(place.pull.conversation[0].body), len(place.repository.checks)) == before


def test_a_token_that_may_not_resolve_says_its_word_once_and_the_summary_says_why(place: Scene) -> None:
    token = place.github.token(pull_requests="write", checks="write")
    place.post(review_of(place, comment("a1"), comment("b2", 30)), token=token)
    outcome = place.post(review_of(place), token=token)
    assert [len(thread.comments) for thread in place.pull.threads] == [2, 2]
    assert [asked.mutations for asked in place.github.writes if asked.mutations] == [("resolveReviewThread",)]
    assert (outcome.code, outcome.resolved) == (0, 0)
    assert "2 threads are not as the findings are" in place.pull.conversation[0].body
    before = list(place.posts)
    place.post(review_of(place), token=token)
    assert place.posts == before


def test_writes_are_a_second_apart(place: Scene) -> None:
    place.post(review_of(place, *(comment(f"f{number}") for number in range(20))))
    place.post(review_of(place))
    times = [asked.at for asked in place.github.writes]
    assert len(times) > 40
    assert min(after - before for before, after in pairwise(times)) >= 1.0
    assert all(asked.status < 300 for asked in place.github.writes)


def test_threads_and_comments_beyond_the_first_page_are_known(place: Scene) -> None:
    for number in range(120):
        body = marked("x", Mark(kind="finding", finding=f"f{number}"))
        place.github.review_comment(1, PATH, 3, body, login=BOT)
    for number in range(120):
        place.github.comment(1, f"chat {number}", login="ada")
    review = review_of(place, *(comment(f"f{number}") for number in range(99)), still=("f119", "f110"))
    place.post(review)
    before = list(place.posts)
    place.post(review)
    assert place.posts == before
    gone = [thread for thread in place.pull.threads if thread.resolved_by is not None]
    assert (len(place.pull.threads), len(gone)) == (120, 19)


def test_a_limit_is_waited_for_as_long_as_the_header_says(tmp_path: Path) -> None:
    with scene(tmp_path, Limits(writes=2, retry_after=37)) as place:
        outcome = place.post(review_of(place, comment("a1")))
        assert outcome.code == 0
        assert 37.0 in place.clock.slept
        assert len(place.pull.threads) == len(place.pull.conversation) == 1


def test_a_primary_limit_is_waited_for_until_it_is_reset(place: Scene) -> None:
    reset = place.clock.now() + 60 + 50
    headers = (("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", f"{reset:.0f}"))
    place.github.fail(
        Failure(path="/pulls/1", status=403, body='{"message": "API rate limit exceeded"}', headers=headers)
    )
    assert place.post(review_of(place, comment("a1"))).code == 0
    assert place.clock.slept[0] == 51.0


@pytest.mark.parametrize(
    "error", ['{"type": "RATE_LIMITED", "message": "no"}', '{"message": "You have exceeded a secondary rate limit."}']
)
def test_a_limit_that_graphql_calls_a_success_is_waited_for(place: Scene, error: str) -> None:
    body = f'{{"data": null, "errors": [{error}]}}'
    place.github.fail(Failure(path="/graphql", status=200, body=body, times=2))
    assert place.post(review_of(place, comment("a1"))).code == 0
    assert [pause for pause in place.clock.slept if pause > 1] == [60.0, 120.0]


def test_a_limit_that_ends_too_late_ends_the_run(place: Scene) -> None:
    limit = Failure(path="/reviews", status=429, body='{"message": "no"}', headers=(("retry-after", "7200"),))
    place.github.fail(limit)
    outcome = place.post(review_of(place, comment("a1")))
    assert (outcome.code, place.repository.checks[0].conclusion) == (3, "neutral")
    assert "asks to wait 7200 s" in outcome.trouble
    assert place.posts == ["POST /pulls/1/reviews"]


@pytest.mark.parametrize("path", ["/reviews", "/issues/1/comments", "/check-runs", "/graphql", "/pulls/1"])
def test_a_server_that_fails_twice_delays_and_doubles_nothing(place: Scene, path: str) -> None:
    place.github.fail(Failure(path=path, status=502, times=2))
    outcome = place.post(review_of(place, comment("a1"), comment("b2", 30)))
    assert outcome.code == 0, outcome.trouble
    assert len(place.pull.threads) == 2
    assert len(place.pull.conversation) == len(place.repository.checks) == 1


@pytest.mark.parametrize("part", ["/reviews", "/issues/1/comments", "/repos/acme/lakehouse/check-runs", "'completed'"])
def test_a_write_whose_answer_is_lost_is_not_done_twice(place: Scene, part: str) -> None:
    outcome = place.post_losing(review_of(place, comment("a1"), comment("b2", 30)), part)
    assert (outcome.code, outcome.comments) == (0, 2), outcome.trouble
    assert len(place.pull.threads) == 2
    assert len(place.pull.conversation) == len(place.repository.checks) == 1
    assert place.repository.checks[0].conclusion == "success"


@pytest.mark.parametrize("part", ["/replies", "resolveReviewThread"])
def test_a_word_whose_answer_is_lost_stands_once_and_the_thread_is_resolved(place: Scene, part: str) -> None:
    place.post(review_of(place, comment("a1")))
    assert place.post_losing(review_of(place), part).code == 0
    (thread,) = place.pull.threads
    assert (len(thread.comments), thread.resolved_by) == (2, BOT)
    assert "not as the findings are" not in place.pull.conversation[0].body


def test_limits_are_waited_for_no_longer_than_a_run_may_in_all(place: Scene) -> None:
    limit = Failure(path="/reviews", status=429, body='{"message": "no"}', headers=(("retry-after", "500"),), times=2)
    place.github.fail(limit)
    outcome = place.post(review_of(place, comment("a1")))
    assert "longer than the 400 s that this run has left" in outcome.trouble
    assert outcome.code == 3


def test_a_server_that_keeps_failing_leaves_a_check_run_that_says_so(place: Scene) -> None:
    place.github.fail(Failure(path="/reviews", status=502, times=99))
    outcome = place.post(review_of(place, comment("a1")))
    assert (outcome.code, place.repository.checks[0].conclusion) == (3, "neutral")
    assert "failed with 502" in place.repository.checks[0].summary


def test_lines_that_only_stand_near_a_change_take_comments_too(place: Scene) -> None:
    assert BASE[PATH] != HEAD[PATH]
    place.post(review_of(place, comment("a1", 8)))
    assert place.pull.threads[0].line == 8


def test_a_summary_that_came_back_with_other_line_ends_is_the_same(place: Scene) -> None:
    place.post(review_of(place, comment("a1")))
    (said,) = place.pull.conversation
    said.body = said.body.replace("\n", "\r\n") + "\r\n"
    before = list(place.posts)
    place.post(review_of(place, comment("a1")))
    assert place.posts == before


def test_comments_that_the_summary_has_no_room_for_are_counted(place: Scene) -> None:
    long = [comment(f"f{number}", 17).model_copy(update={"body": "x" * 9_000}) for number in range(12)]
    place.post(review_of(place, *long))
    (said,) = place.pull.conversation
    assert len(said.body) < 65_536
    assert "5 more are in the report of the run." in said.body
    assert is_summary(said.body)


@pytest.mark.parametrize("before_them", [0, 120], ids=["seen", "beyond the first page"])
def test_a_finding_that_comes_back_under_a_reply_of_a_person_stays_quiet(place: Scene, before_them: int) -> None:
    place.post(review_of(place, comment("a1")))
    place.post(review_of(place))
    (thread,) = place.pull.threads
    for number in range(before_them):
        place.github.reply(1, thread, f"{number}", login=BOT)
    place.github.reply(1, thread, "thanks", login="ada")
    written = len(thread.comments)
    place.post(review_of(place, comment("a1")))
    assert (len(thread.comments), thread.resolved_by) == (written, BOT)


def test_a_thread_that_a_person_resolved_after_our_word_stays_closed(place: Scene) -> None:
    token = place.github.token(pull_requests="write", checks="write")
    place.post(review_of(place, comment("a1")), token=token)
    place.post(review_of(place), token=token)
    (thread,) = place.pull.threads
    place.github.resolve(1, thread, login="ada")
    place.post(review_of(place, comment("a1")))
    assert (len(thread.comments), thread.resolved_by) == (2, "ada")


def test_a_check_run_of_another_workflow_with_our_name_is_not_touched(place: Scene) -> None:
    theirs = CheckRun(
        id=7,
        name="orchestrate review",
        head_sha=place.github.head(1),
        status="completed",
        conclusion="failure",
        title="theirs",
        summary="",
        text="",
    )
    place.repository.checks.append(theirs)
    place.post(review_of(place, comment("a1")))
    assert [check.conclusion for check in place.repository.checks] == ["failure", "success"]


def test_a_thread_that_nobody_is_named_to_have_resolved_counts_as_resolved_by_a_person(place: Scene) -> None:
    first = {"databaseId": 9, "body": "x\n\n<!-- orchestrate:v1 finding=a1 -->", "viewerDidAuthor": True}
    thread = {
        "id": "PRRT_9",
        "isResolved": True,
        "resolvedBy": None,
        "comments": {"totalCount": 1, "nodes": [{**first, "reactionGroups": None}]},
    }
    threads = {"pageInfo": {"hasNextPage": False, "endCursor": None}, "nodes": [thread]}
    data = {"viewer": {"login": BOT}, "repository": {"pullRequest": {"reviewThreads": threads}}}
    place.github.fail(Failure(path="/graphql", status=200, body=json.dumps({"data": data})))
    place.post(review_of(place, comment("a1")))
    assert place.posts == ["POST /issues/1/comments"]
    assert "a person resolved or disliked" in place.pull.conversation[0].body


@pytest.mark.parametrize("body", ["[]", "{}", '{"data": null}', '{"data": {"viewer": {}}}', "<html>"])
def test_an_answer_that_cannot_be_read_ends_in_a_sentence(place: Scene, body: str) -> None:
    place.github.fail(Failure(path="/graphql", status=200, body=body))
    outcome = place.post(review_of(place, comment("a1")))
    assert (outcome.code, place.posts, place.repository.checks[0].conclusion) == (3, [], "neutral")
    assert "GitHub's" in outcome.trouble
