"""Records as the JSON of the API."""

from __future__ import annotations

import zlib

from pydantic import JsonValue

from tests.github.loopback.patch import base_of, changes, head_of
from tests.github.loopback.records import CheckRun, Comment, File, PullRequest, Repository, Review, Thread

TIME = "2026-01-01T00:00:00Z"
REACTIONS = ("+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes")


def user(login: str) -> dict[str, JsonValue]:
    """A person, or an app by its login."""
    kind = "Bot" if login.endswith("[bot]") else "User"
    return {
        "login": login,
        "id": zlib.crc32(login.encode()),
        "node_id": f"U_{login}",
        "type": kind,
        "site_admin": False,
    }


def repository_json(repository: Repository) -> dict[str, JsonValue]:
    """The repository."""
    return _named(repository.name, fork=False)


def pull_json(repository: Repository, pull: PullRequest) -> dict[str, JsonValue]:
    """A pull request, whole; the repository of a head is null when its fork was deleted."""
    files = changes(repository, pull).files
    name = pull.fork or repository.name
    owner = name.partition("/")[0]
    gone = pull.fork is not None and pull.fork_deleted
    head: dict[str, JsonValue] = {
        "label": f"{owner}:{pull.head}",
        "ref": pull.head,
        "sha": head_of(repository, pull),
        "user": None if gone else user(owner),
        "repo": None if gone else _named(name, fork=pull.fork is not None),
    }
    base: dict[str, JsonValue] = {
        "label": f"{repository.name.partition('/')[0]}:{pull.base}",
        "ref": pull.base,
        "sha": base_of(repository, pull),
        "user": user(repository.name.partition("/")[0]),
        "repo": repository_json(repository),
    }
    return {
        "id": 1000 + pull.number,
        "node_id": f"PR_{pull.number}",
        "number": pull.number,
        "state": pull.state,
        "draft": pull.draft,
        "merged": pull.merged,
        "locked": False,
        "title": pull.title,
        "body": pull.body,
        "user": user(pull.author),
        "author_association": pull.association,
        "html_url": f"https://github.com/{repository.name}/pull/{pull.number}",
        "head": head,
        "base": base,
        "changed_files": len(files),
        "additions": sum(file.additions for file in files),
        "deletions": sum(file.deletions for file in files),
        "commits": 1,
        "created_at": TIME,
        "updated_at": TIME,
    }


def file_json(file: File, most: int) -> dict[str, JsonValue]:
    """A changed file; `patch` is left out when there is none, and when it is too long."""
    said: dict[str, JsonValue] = {
        "sha": file.sha if file.status != "removed" else None,
        "filename": file.path,
        "status": file.status,
        "additions": file.additions,
        "deletions": file.deletions,
        "changes": file.additions + file.deletions,
    }
    if file.previous is not None:
        said["previous_filename"] = file.previous
    if file.patch is not None and file.patch.count("\n") < most:
        said["patch"] = file.patch
    return said


def review_json(review: Review) -> dict[str, JsonValue]:
    """A review."""
    return {
        "id": review.id,
        "node_id": f"PRR_{review.id}",
        "user": user(review.login),
        "body": review.body,
        "state": review.state,
        "commit_id": review.commit,
        "submitted_at": TIME,
        "author_association": "NONE",
    }


def comment_json(comment: Comment) -> dict[str, JsonValue]:
    """A comment of the conversation."""
    counts: dict[str, JsonValue] = {content: len(comment.reactions.get(content, ())) for content in REACTIONS}
    return {
        "id": comment.id,
        "node_id": f"IC_{comment.id}",
        "user": user(comment.login),
        "body": comment.body,
        "author_association": "NONE",
        "created_at": TIME,
        "updated_at": TIME,
        "html_url": f"https://github.com/comments/{comment.id}",
        "reactions": {**counts, "total_count": sum(map(len, comment.reactions.values()))},
    }


def thread_comment_json(thread: Thread, comment: Comment) -> dict[str, JsonValue]:
    """A comment of a review thread."""
    first = thread.comments[0]
    return {
        **comment_json(comment),
        "node_id": f"PRRC_{comment.id}",
        "pull_request_review_id": comment.review,
        "path": thread.path,
        "side": thread.side,
        "line": thread.line,
        "start_line": thread.start_line,
        "original_line": thread.original_line,
        "original_start_line": thread.original_start_line,
        "position": thread.line,
        "subject_type": "line",
        "commit_id": comment.commit,
        "original_commit_id": thread.original_commit,
        **({} if comment is first else {"in_reply_to_id": first.id}),
    }


def check_json(check: CheckRun) -> dict[str, JsonValue]:
    """A check run."""
    return {
        "id": check.id,
        "node_id": f"CR_{check.id}",
        "name": check.name,
        "head_sha": check.head_sha,
        "status": check.status,
        "conclusion": check.conclusion,
        "external_id": check.external_id,
        "html_url": f"https://github.com/checks/{check.id}",
        "app": {"id": 15368, "slug": "github-actions", "name": "GitHub Actions"},
        "output": {
            "title": check.title,
            "summary": check.summary,
            "text": check.text,
            "annotations_count": len(check.annotations),
        },
    }


def _named(name: str, *, fork: bool) -> dict[str, JsonValue]:
    owner, _, short = name.partition("/")
    return {
        "id": zlib.crc32(name.encode()),
        "node_id": f"R_{short}",
        "name": short,
        "full_name": name,
        "owner": user(owner),
        "fork": fork,
        "private": False,
        "default_branch": "main",
    }
