"""What an answer of the API means."""

from __future__ import annotations

import pytest

from orchestrator.github.posting.answers import Answer, denial, message_of, pause_of

FORBIDDEN = {"message": "Resource not accessible by integration"}


@pytest.mark.parametrize(
    ("accepted", "path", "permission"),
    [
        ("pull_requests=write", "/repos/o/n/x", "pull-requests"),
        ("issues=write; pull_requests=write", "/repos/o/n/issues/1/comments", "pull-requests"),
        ("contents=write,metadata=read", "/repos/o/n/pulls/1/reviews", "contents"),
        ("", "/repos/o/n/check-runs", "checks"),
        ("", "/graphql", "pull-requests"),
        ("unheard_of=write", "/repos/o/n/commits/a/check-runs", "checks"),
    ],
)
def test_a_denial_names_the_permission_as_a_workflow_writes_it(accepted: str, path: str, permission: str) -> None:
    headers = {"x-accepted-github-permissions": accepted} if accepted else {}
    found = denial(Answer(status=403, headers=headers, body=dict(FORBIDDEN)), path, "write")
    assert found is not None
    assert found.permission == f"{permission}: write"
    assert f"`{permission}: write`" in found.sentence


@pytest.mark.parametrize(
    ("status", "headers", "message", "pause"),
    [
        (403, {"retry-after": "7"}, "no", 7.0),
        (429, {}, "no", 60.0),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "130"}, "no", 31.0),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "50"}, "no", 1.0),
        (403, {}, "You have exceeded a secondary rate limit", 60.0),
        (403, {"retry-after": "soon"}, "no", 60.0),
        (403, {"retry-after": "-4"}, "no", 0.0),
        (403, {"x-ratelimit-remaining": "12"}, "Resource not accessible by integration", None),
        (422, {"retry-after": "7"}, "no", None),
        (502, {}, "no", None),
    ],
)
def test_a_limit_is_waited_for_and_nothing_else_is(
    status: int, headers: dict[str, str], message: str, pause: float | None
) -> None:
    assert pause_of(Answer(status=status, headers=headers, body={"message": message}), now=100, attempt=0) == pause


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (None, "no reason given"),
        ([], "no reason given"),
        ({"message": "A", "errors": ["b", {"message": "c"}, {"code": "d"}, {}]}, "A; b; c; d; no reason given"),
        ({"message": "two\nlines"}, "two lines"),
        ({"message": "x" * 999}, "x" * 300),
    ],
)
def test_what_the_api_says_is_one_bounded_line(body: None, said: str) -> None:
    assert message_of(Answer(status=422, body=body)) == said
