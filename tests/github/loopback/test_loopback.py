"""The loopback GitHub refuses what the real one refuses, in its words; where it is laxer our tests prove nothing."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from tests.github.loopback import Failure, GitHub, Limits, Repository, planted, push, serving

pytestmark = pytest.mark.usefixtures("socket_enabled")

BASE = {
    "a.py": "".join(f"line {number}\n" for number in range(1, 41)),
    "gone.py": "print(1)\n",
    "old.py": "y = 1\n" * 9,
}
HEAD = {
    "a.py": BASE["a.py"].replace("line 10\n", "LINE 10\n").replace("line 30\n", "LINE 30\n"),
    "gone.py": None,
    "old.py": None,
    "new.py": "y = 1\n" * 9,
    "crlf.py": "x = 1\r\ny = 2",
    "blob.bin": b"\0\1",
}
THREADS = """query($after: String, $size: Int = 100) { viewer { login } repository(owner: "acme", name: "lakehouse") {
  pullRequest(number: 1) { headRefOid reviewThreads(first: $size, after: $after) { pageInfo { hasNextPage endCursor }
  nodes { id isResolved isOutdated line startLine resolvedBy { login } comments(first: 10) { nodes {
  databaseId body viewerDidAuthor author { __typename login } reactionGroups { content reactors(first: 1) { totalCount }
  } reactions(first: 5, content: THUMBS_DOWN) { totalCount } } } } } } } }"""
RESOLVE = "mutation($id: ID!) { resolveReviewThread(input: {threadId: $id}) { thread { isResolved } } }"


@dataclass(frozen=True, slots=True)
class Got:
    status: int
    body: Any
    headers: Message


def ask(github: GitHub, token: str, method: str, path: str, body: object = None, **headers: str) -> Got:
    connection = http.client.HTTPConnection(github.address.removeprefix("http://"), timeout=20)
    try:
        connection.request(
            method,
            path,
            body=None if body is None else json.dumps(body).encode(),
            headers={"authorization": f"Bearer {token}", "user-agent": "test", **headers},
        )
        response = connection.getresponse()
        data = response.read()
    finally:
        connection.close()
    is_json = str(response.headers["content-type"]).startswith("application/json")
    return Got(response.status, json.loads(data) if is_json else data.decode(), response.headers)


def review(*comments: dict[str, object], **more: object) -> dict[str, object]:
    return {"event": "COMMENT", "body": "", "comments": list(comments), **more}


def at(path: str, line: int, **more: object) -> dict[str, object]:
    return {"path": path, "line": line, "side": "RIGHT", "body": "text", **more}


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return planted(tmp_path, base=BASE, head=HEAD)


@pytest.fixture
def github(repository: Repository) -> Iterator[GitHub]:
    with serving(repository) as server:
        yield server


@pytest.fixture
def writer(github: GitHub) -> str:
    return github.token(pull_requests="write", checks="write")


PULL = "/repos/acme/lakehouse/pulls/1"


def test_files_tell_renames_deletions_binaries_and_hunks(github: GitHub, writer: str) -> None:
    files = {file["filename"]: file for file in ask(github, writer, "GET", f"{PULL}/files").body}
    assert {name: file["status"] for name, file in files.items()} == {
        "a.py": "modified",
        "gone.py": "removed",
        "new.py": "renamed",
        "crlf.py": "added",
        "blob.bin": "added",
    }
    assert files["new.py"]["previous_filename"] == "old.py"
    assert "patch" not in files["new.py"]
    assert "patch" not in files["blob.bin"]
    assert files["crlf.py"]["patch"] == "@@ -0,0 +1,2 @@\n+x = 1\r\n+y = 2\n\\ No newline at end of file"
    assert files["a.py"]["patch"].count("@@ -") == 2


def test_lists_have_pages_with_links(github: GitHub, writer: str) -> None:
    page = ask(github, writer, "GET", f"{PULL}/files?per_page=2&page=2")
    assert [file["filename"] for file in page.body] == ["crlf.py", "gone.py"]
    assert f'<{github.address}{PULL}/files?per_page=2&page=3>; rel="next"' in page.headers["link"]


@pytest.mark.parametrize(
    ("limits", "words"),
    [(Limits(files=4), "maximum number of files (4)"), (Limits(lines=20), "maximum number of lines (20)")],
)
def test_diff_over_a_limit_is_not_acceptable(repository: Repository, limits: Limits, words: str) -> None:
    accept = {"accept": "application/vnd.github.diff"}
    with serving(repository, limits=limits) as github:
        got = ask(github, github.token(), "GET", PULL, **accept)
    assert got.status == 406
    assert words in got.body["message"]
    assert got.body["errors"] == [{"resource": "PullRequest", "field": "diff", "code": "too_large"}]
    with serving(repository) as github:
        assert ask(github, github.token(), "GET", PULL, **accept).body.startswith("diff --git a/a.py b/a.py\n")


@pytest.mark.parametrize(
    ("comment", "words"),
    [
        (at("a.py", 20), "Line could not be resolved"),
        (at("a.py", 400), "Line could not be resolved"),
        (at("nowhere.py", 1), "Path could not be resolved"),
        (at("new.py", 1), "Line could not be resolved"),
        (at("gone.py", 1), "Line could not be resolved"),
        (at("a.py", 30, start_line=10), "Start line must be part of the same hunk as the line."),
        (at("a.py", 28, start_line=20), "Start line could not be resolved"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{value['path']}:{value['line']}",
)
def test_one_line_outside_the_diff_refuses_the_whole_review(
    github: GitHub, repository: Repository, writer: str, comment: dict[str, object], words: str
) -> None:
    got = ask(github, writer, "POST", f"{PULL}/reviews", review(at("a.py", 10), comment))
    assert (got.status, got.body["message"], got.body["errors"]) == (422, "Unprocessable Entity", [words])
    assert repository.pulls[1].threads == []
    assert repository.pulls[1].reviews == []
    assert [request.status for request in github.writes] == [422]


def test_review_on_lines_of_the_diff_is_one_write(github: GitHub, repository: Repository, writer: str) -> None:
    comments = (at("a.py", 10), at("a.py", 33, start_line=27, start_side="RIGHT"), at("crlf.py", 2))
    assert (
        ask(github, writer, "POST", f"{PULL}/reviews", review(*comments, at("gone.py", 1, side="LEFT"))).status == 200
    )
    assert [(each.path, each.line) for each in repository.pulls[1].threads] == [
        ("a.py", 10),
        ("a.py", 33),
        ("crlf.py", 2),
        ("gone.py", 1),
    ]
    assert len(github.writes) == 1


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (review(at("a.py", 10), commit_id="0" * 40), "not part of the pull request"),
        (review(at("a.py", 10, start_line=10)), "must precede"),
        (review(at("a.py", 10, body="x" * 70_000)), "too long"),
        (review(), "can't be blank"),
        (review(at("a.py", 10, body=" ")), "missing_field"),
    ],
)
def test_review_that_is_wrong_is_refused(github: GitHub, writer: str, given: dict[str, object], words: str) -> None:
    got = ask(github, writer, "POST", f"{PULL}/reviews", given)
    assert got.status == 422
    assert words in json.dumps(got.body)


def test_thread_moves_with_its_line_and_is_outdated_when_it_changes(
    github: GitHub, repository: Repository, writer: str
) -> None:
    ask(github, writer, "POST", f"{PULL}/reviews", review(at("a.py", 10), at("a.py", 30, start_line=29)))
    push(repository, 1, {"a.py": "above\nabove\n" + str(HEAD["a.py"]).replace("LINE 10\n", "changed\n")})
    nodes = ask(github, writer, "POST", "/graphql", {"query": THREADS}).body["data"]["repository"]["pullRequest"]
    told = [(node["line"], node["startLine"], node["isOutdated"]) for node in nodes["reviewThreads"]["nodes"]]
    assert told == [(None, None, True), (32, 31, False)]
    assert nodes["headRefOid"] == github.head(1)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", f"{PULL}/reviews", review(at("a.py", 10))),
        ("POST", "/repos/acme/lakehouse/issues/1/comments", {"body": "text"}),
        ("POST", "/repos/acme/lakehouse/check-runs", {"name": "x", "head_sha": "0" * 40}),
        ("GET", "/user", None),
    ],
)
def test_token_without_the_permission_is_forbidden(github: GitHub, method: str, path: str, body: object) -> None:
    got = ask(github, github.token(), method, path, body)
    assert (got.status, got.body["message"]) == (403, "Resource not accessible by integration")


def test_resolving_wants_contents_and_replying_does_not(github: GitHub, repository: Repository, writer: str) -> None:
    ask(github, writer, "POST", f"{PULL}/reviews", review(at("a.py", 10)))
    asked = {"query": RESOLVE, "variables": {"id": f"PRRT_{repository.pulls[1].threads[0].id}"}}
    got = ask(github, writer, "POST", "/graphql", asked)
    assert (got.status, got.body["errors"][0]["type"]) == (200, "FORBIDDEN")
    assert repository.pulls[1].threads[0].resolved_by is None
    both = github.token(pull_requests="write", contents="write")
    assert ask(github, both, "POST", "/graphql", asked).body["data"]["resolveReviewThread"]["thread"]["isResolved"]
    comment = repository.pulls[1].threads[0].comments[0].id
    assert ask(github, writer, "POST", f"{PULL}/comments/{comment}/replies", {"body": "Fixed."}).status == 201
    assert [request.mutations for request in github.writes][1:3] == [("resolveReviewThread",)] * 2


def test_identity_and_reactions_are_told_by_graphql(github: GitHub, repository: Repository, writer: str) -> None:
    ask(github, writer, "POST", f"{PULL}/reviews", review(at("a.py", 10)))
    github.review_comment(1, "a.py", 10, "<!-- forged -->", login="mallory")
    github.react(repository.pulls[1].threads[0].comments[0], "-1", login="ada")
    data = ask(github, writer, "POST", "/graphql", {"query": THREADS}).body["data"]
    assert data["viewer"]["login"] == "github-actions[bot]"
    comments = [node["comments"]["nodes"][0] for node in data["repository"]["pullRequest"]["reviewThreads"]["nodes"]]
    assert [(comment["author"]["login"], comment["viewerDidAuthor"]) for comment in comments] == [
        ("github-actions", True),
        ("mallory", False),
    ]
    assert [comment["reactions"]["totalCount"] for comment in comments] == [1, 0]


def test_threads_have_pages_and_a_query_outside_the_schema_is_refused(github: GitHub, writer: str) -> None:
    for line in (7, 8, 9):
        github.review_comment(1, "a.py", line, "text", login="ada")
    seen, after = [], None
    for _ in range(2):
        asked = {"query": THREADS, "variables": {"after": after, "size": 2}}
        told = ask(github, writer, "POST", "/graphql", asked).body["data"]["repository"]["pullRequest"]["reviewThreads"]
        seen += [node["line"] for node in told["nodes"]]
        after = told["pageInfo"]["endCursor"]
    assert seen == [7, 8, 9]
    assert not told["pageInfo"]["hasNextPage"]
    wrong = ask(github, writer, "POST", "/graphql", {"query": "{ viewer { name } }"})
    assert "Cannot query field 'name'" in wrong.body["errors"][0]["message"]
    endless = ask(github, writer, "POST", "/graphql", {"query": THREADS, "variables": {"size": 101}})
    assert endless.body["errors"][0]["type"] == "EXCESSIVE_PAGINATION"


def test_writes_that_come_too_fast_meet_the_secondary_limit(repository: Repository) -> None:
    now = [0.0]
    with serving(repository, limits=Limits(gap=1.0, retry_after=7), clock=lambda: now[0]) as github:
        token = github.token(pull_requests="write")
        answers = []
        for moment in (0.0, 0.5, 5.0, 20.0):
            now[0] = moment
            said = ask(github, token, "POST", "/repos/acme/lakehouse/issues/1/comments", {"body": "text"})
            answers.append((said.status, said.headers["retry-after"]))
    assert answers == [(201, None), (403, "7"), (403, "7"), (201, None)]
    assert len(repository.pulls[1].conversation) == 2


def test_check_run_wants_a_title_a_known_conclusion_and_an_app(
    github: GitHub, repository: Repository, writer: str
) -> None:
    path, head = "/repos/acme/lakehouse/check-runs", github.head(1)
    given = {"name": "orchestrate", "head_sha": head, "conclusion": "neutral"}
    output = {"title": "Incomplete", "summary": "One file was not reviewed."}
    person = github.token(checks="write", login="ada")
    assert ask(github, person, "POST", path, {**given, "output": output}).status == 403
    assert ask(github, writer, "POST", path, {**given, "output": {"title": ""}}).status == 422
    assert ask(github, writer, "POST", path, {**given, "conclusion": "fine"}).status == 422
    assert ask(github, writer, "POST", path, {**given, "status": "completed", "conclusion": None}).status == 422
    assert repository.checks == []
    assert ask(github, writer, "POST", path, {**given, "output": output}).status == 201
    listed = ask(github, writer, "GET", f"/repos/acme/lakehouse/commits/{head}/check-runs").body
    assert [check["conclusion"] for check in listed["check_runs"]] == ["neutral"]


def test_failure_is_answered_so_often_and_nothing_is_done(github: GitHub, repository: Repository, writer: str) -> None:
    github.fail(Failure(path="/comments", status=502, method="POST"))
    path = "/repos/acme/lakehouse/issues/1/comments"
    assert [ask(github, writer, "POST", path, {"body": "text"}).status for _ in range(2)] == [502, 201]
    assert len(repository.pulls[1].conversation) == 1


def test_bad_token_and_unknown_repository(github: GitHub, writer: str) -> None:
    assert ask(github, "ghs_wrong", "GET", PULL).body["message"] == "Bad credentials"
    assert ask(github, writer, "GET", "/repos/acme/other/pulls/1").status == 404
    assert ask(github, writer, "GET", "/repos/acme/lakehouse/pulls/2").status == 404


def test_content_of_the_base_is_told_raw(github: GitHub, writer: str) -> None:
    path = "/repos/acme/lakehouse/contents/gone.py"
    raw = ask(github, writer, "GET", f"{path}?ref=main", accept="application/vnd.github.raw")
    assert raw.body == "print(1)\n"
    assert ask(github, writer, "GET", f"{path}?ref=feature").status == 404
