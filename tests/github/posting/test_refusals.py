"""What is not posted: one sentence, the right conclusion, an exit code, and nothing half done."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from orchestrator.errors import GitHubError
from orchestrator.github.artifact import ARTIFACT, write_artifact
from orchestrator.github.posting.api import Api
from orchestrator.github.posting.line import GitHubLine
from orchestrator.github.posting.post import Posting
from orchestrator.github.posting.target import Job
from orchestrator.report.markdown_text import code
from tests.github.loopback import Failure, Permissions, push
from tests.github.posting.reviewing import PATH, REPOSITORY, Scene, TurnedClock, comment, review_of, scene

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Scene]:
    with scene(tmp_path) as made:
        yield made


def conclusions(place: Scene) -> list[str | None]:
    return [check.conclusion for check in place.repository.checks]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read"),
        ("{", "is no review of a pull request"),
        ('{"schema": 2}', "schema"),
        ("[" * 100_000, "is no review of a pull request"),
    ],
)
def test_a_damaged_artifact_posts_nothing(place: Scene, content: str | None, said: str) -> None:
    if content is not None:
        place.folder.mkdir()
        (place.folder / ARTIFACT).write_text(content, encoding="utf-8")
    outcome = place.post_folder()
    assert said in outcome.trouble
    assert (outcome.code, conclusions(place), place.posts) == (2, ["neutral"], [])


@pytest.mark.parametrize(
    "change",
    [
        {"extra": 1},
        {"findings": "1"},
        {"conclusion": "skipped"},
        {"head": "HEAD"},
        {"repository": "../x"},
        {"summary": "<!-- orchestrate:v1 summary -->"},
        {"still_there": []},
    ],
    ids=lambda change: next(iter(change)),
)
def test_an_artifact_that_was_tampered_with_posts_nothing(place: Scene, change: dict[str, object]) -> None:
    file = write_artifact(place.folder, review_of(place, comment("a1")))
    file.write_text(json.dumps({**json.loads(file.read_text(encoding="utf-8")), **change}), encoding="utf-8")
    outcome = place.post_folder()
    assert "nothing of it is used" in outcome.trouble
    assert (outcome.code, conclusions(place), place.posts) == (2, ["neutral"], [])


def test_a_damaged_artifact_does_not_undo_what_an_earlier_run_concluded(place: Scene) -> None:
    place.post(review_of(place, comment("a1"), conclusion="failure"))
    (place.folder / ARTIFACT).write_text("{", encoding="utf-8")
    place.post_folder()
    assert conclusions(place) == ["failure"]


@pytest.mark.parametrize(
    ("job", "said"),
    [
        (Job(repository="acme/other"), "the review is of acme/lakehouse, and this job belongs to acme/other"),
        (Job(repository=REPOSITORY, pull=2), "of pull request 1, and this job of pull request 2"),
        (Job(repository=REPOSITORY, head="f" * 40), "and this job of commit ffffffffffff"),
    ],
    ids=["repository", "pull", "head"],
)
def test_a_review_of_something_else_posts_nothing(place: Scene, job: Job, said: str) -> None:
    write_artifact(place.folder, review_of(place, comment("a1")))
    outcome = place.post_folder(job=job)
    assert said in outcome.trouble
    assert (outcome.code, place.posts, place.pull.threads) == (2, [], [])


def moved(place: Scene) -> None:
    push(place.repository, 1, {PATH: "x = 1\n"}, amend=True)


def closed(place: Scene) -> None:
    place.pull.state = "closed"


def merged(place: Scene) -> None:
    place.pull.state, place.pull.merged = "closed", True


def draft(place: Scene) -> None:
    place.pull.draft = True


def deleted(place: Scene) -> None:
    place.pull.fork, place.pull.fork_deleted = "ada/lakehouse", True


def gone(place: Scene) -> None:
    del place.repository.pulls[1]


@pytest.mark.parametrize(
    ("happens", "said"),
    [
        (moved, "has moved from"),
        (closed, "is closed"),
        (merged, "is merged"),
        (draft, "is a draft"),
        (deleted, "was deleted"),
        (gone, "has no pull request 1 that the token may read"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
@pytest.mark.parametrize(("reviewed", "conclusion"), [("success", "neutral"), ("failure", "failure")])
def test_a_pull_request_that_changed_since_gets_no_comment(
    place: Scene, happens: Callable[[Scene], None], said: str, reviewed: str, conclusion: str
) -> None:
    review = review_of(place, comment("a1"), conclusion=reviewed)
    job = Job(repository=REPOSITORY, head=review.head)
    write_artifact(place.folder, review)
    happens(place)
    outcome = place.post_folder(job=job)
    assert said in outcome.trouble
    assert "\n" not in outcome.trouble
    assert (outcome.code, conclusions(place), place.posts) == (3, [conclusion], [])
    assert said in place.repository.checks[0].summary


@pytest.mark.parametrize(
    ("branch", "code"), [("acme/lakehouse:feature", 0), ("ACME/lakehouse:feature", 0), ("mallory/lakehouse:feature", 2)]
)
def test_the_branch_of_the_event_tells_two_pull_requests_with_one_commit_apart(
    place: Scene, branch: str, code: int
) -> None:
    review = review_of(place, comment("a1"))
    write_artifact(place.folder, review)
    outcome = place.post_folder(job=Job(repository=REPOSITORY, head=review.head, branch=branch))
    assert outcome.code == code
    assert len(place.pull.threads) == (code == 0)
    assert ("and this job's event from mallory/lakehouse:feature" in outcome.trouble) == (code == 2)


def test_a_repository_that_was_renamed_is_not_posted_on(place: Scene) -> None:
    review = review_of(place, comment("a1"))
    side = {"sha": review.head, "ref": "feature", "repo": {"full_name": "acme/renamed"}}
    body = json.dumps({"number": 1, "state": "open", "head": side, "base": side})
    place.github.fail(Failure(path="/pulls/1", status=200, body=body))
    outcome = place.post(review)
    assert "is acme/renamed#1 by now" in outcome.trouble
    assert (outcome.code, place.posts) == (3, [])


def test_a_draft_is_posted_on_where_that_is_asked_for(place: Scene) -> None:
    place.pull.draft = True
    assert place.post(review_of(place, comment("a1")), drafts=True).comments == 1


@pytest.mark.parametrize(
    ("may", "said", "checks"),
    [
        (Permissions(pull_requests="read", checks="write"), "`pull-requests: write`", ["neutral"]),
        (Permissions(pull_requests="none", checks="write"), "`pull-requests: write`", ["neutral"]),
        (Permissions(pull_requests="write", checks="none"), "`checks: write`", []),
        (Permissions(pull_requests="write", checks="read"), "`checks: write`", []),
    ],
    ids=["read-pulls", "no-pulls", "no-checks", "read-checks"],
)
def test_a_missing_permission_is_named_and_nothing_is_half_posted(
    place: Scene, may: Permissions, said: str, checks: list[str]
) -> None:
    token = place.github.token(pull_requests=may.pull_requests, checks=may.checks)
    outcome = place.post(review_of(place, comment("a1")), token=token)
    assert said in outcome.trouble
    assert (outcome.code, conclusions(place)) == (2, checks)
    assert (place.pull.threads, place.pull.conversation) == ([], [])


def test_a_token_that_github_does_not_know_is_told_so(place: Scene) -> None:
    outcome = place.post(review_of(place, comment("a1")), token="ghs_unknown")
    assert "Bad credentials" in outcome.trouble
    assert (outcome.code, place.posts) == (2, [])


def test_a_server_that_does_not_answer_is_asked_four_times(place: Scene) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
        write_artifact(place.folder, review_of(place, comment("a1")))
        clock = TurnedClock()
        with GitHubLine("t", address) as line:
            posting = Posting(
                api=Api(line=line, clock=clock, access="write"), job=Job(repository=REPOSITORY), span=code
            )
            outcome = posting.run(place.folder)
    assert "did not answer" in outcome.trouble
    assert outcome.code == 3
    assert clock.slept[:3] == [1.0, 2.0, 4.0]


@pytest.mark.parametrize(
    "address",
    [
        "http://api.example.com",
        "ftp://127.0.0.1",
        "api.github.com",
        "",
        "https://ada@api.example.com",
        "https://[",
        "https://x/?a=1",
    ],
)
def test_a_token_is_sent_to_https_addresses_and_this_machine_only(address: str) -> None:
    with pytest.raises(GitHubError, match="GITHUB_API_URL"):
        GitHubLine("token", address)


@pytest.mark.parametrize("token", ["", "a\nb", "é"])
def test_what_is_no_token_is_not_sent(token: str) -> None:
    with pytest.raises(GitHubError, match="GITHUB_TOKEN holds no token"):
        GitHubLine(token, "https://api.example.com")
