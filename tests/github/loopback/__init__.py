"""A GitHub on the loopback: REST and GraphQL over real git repositories, which refuses what the real one refuses.

    repository = planted(tmp_path, base={"src/a.py": "x = 1\n"}, head={"src/a.py": "x = 2\n", "gone.py": None})
    with serving(repository) as github:                       # pull request 1 of "acme/lakehouse", open
        token = github.token(pull_requests="write", checks="write")   # a GITHUB_TOKEN; contents and pulls are read
        ...                        # GITHUB_API_URL=github.address, GITHUB_GRAPHQL_URL=github.address + "/graphql"
        push(repository, 1, {"src/a.py": "x = 3\n"})         # a new commit on the head; threads move or get outdated
    assert [thread.path for thread in repository.pulls[1].threads] == ["src/a.py"]
    assert len(github.writes) == 1                            # Requests that would change something, refused or not

What people do, done without HTTP: `github.reply(pull, thread, "no", login="ada")`, `github.resolve(pull, thread,
login="ada")`, `github.react(comment, "-1", login="ada")`, `github.comment(pull, body, login="mallory")` in the
conversation, `github.review_comment(pull, path, line, body, login="mallory")` opens a thread; `github.head(1)` is the
sha of the head; attributes of `repository.pulls[1]` (state, draft, ...) may be set at any time.

What goes wrong: `github.fail(Failure(path="/reviews", status=502, times=1))`; `Limits(...)` of `serving` for the sizes
and rates. `github.requests` has every request with its answer's status.

It knows (paths under `/repos/OWNER/NAME`, every list with `per_page`, `page` and `link`):
    GET   /pulls/N (json; media types diff and patch, 406 over the limits), /pulls/N/files, /pulls/N/commits,
          /pulls/N/comments, /pulls/N/reviews, /pulls?state=&head=, /issues/N/comments, /issues/comments/ID,
          /pulls/comments/ID, /pulls/comments/ID/reactions, /issues/comments/ID/reactions, /commits/REF,
          /commits/REF/check-runs, /commits/REF/pulls, /compare/A...B, /contents/PATH?ref= (json and raw),
          /collaborators/LOGIN/permission, and of the repository itself; /rate_limit; /user (403 for a GITHUB_TOKEN)
    POST  /pulls/N/reviews (all comments or none: 422), /pulls/N/comments, /pulls/N/comments/ID/replies,
          /issues/N/comments, /check-runs
    PATCH /issues/comments/ID, /pulls/comments/ID, /check-runs/ID
    GraphQL (validated by its schema): viewer; repository.pullRequest.reviewThreads with comments, viewerDidAuthor,
          reactions and reactionGroups; resolveReviewThread, unresolveReviewThread, addPullRequestReviewThreadReply

Traps of the real one that it has too:
- `resolveReviewThread` wants `contents: write`; with `pull-requests: write` alone it says FORBIDDEN. A reply does not.
- GET /user is 403 for a GITHUB_TOKEN: who one is tell `viewer { login }` and `viewerDidAuthor`. GraphQL says
  `github-actions` with `__typename` `Bot` for the login that REST calls `github-actions[bot]`;
  `viewer` says the latter.
- GraphQL answers 200 with `errors`; a comment that is too long, or a line outside
  every hunk, refuses the whole review.
- A check run wants `checks: write` of an app; a person's token gets 403. A check's name may have many runs.
- A scope that is not given at all answers 403 `Resource not accessible by integration`; an unknown repository 404.
"""

from __future__ import annotations

from tests.github.loopback.planting import planted, push
from tests.github.loopback.records import (
    BOT,
    CheckRun,
    Comment,
    File,
    Limits,
    Permissions,
    PullRequest,
    Repository,
    Request,
    Review,
    Thread,
)
from tests.github.loopback.server import Failure, GitHub, serving

__all__ = [
    "BOT",
    "CheckRun",
    "Comment",
    "Failure",
    "File",
    "GitHub",
    "Limits",
    "Permissions",
    "PullRequest",
    "Repository",
    "Request",
    "Review",
    "Thread",
    "planted",
    "push",
    "serving",
]
