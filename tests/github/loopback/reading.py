"""What the API tells: every GET under a repository."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from urllib.parse import unquote

from pydantic import JsonValue

from tests.github.loopback.answers import Answer, not_found, too_large
from tests.github.loopback.calls import Call, route
from tests.github.loopback.patch import changes, compared, sha_of
from tests.github.loopback.planting import git
from tests.github.loopback.records import Comment, Thread
from tests.github.loopback.told import (
    check_json,
    comment_json,
    file_json,
    pull_json,
    repository_json,
    review_json,
    thread_comment_json,
)

_PULLS = ("pull_requests",)
_TALK = ("issues", "pull_requests")
_CONTENTS = ("contents",)


def threads(call: Call) -> Iterator[tuple[Thread, Comment]]:
    """Every comment of every thread of the repository."""
    for number in call.repository.pulls:
        for thread in call.github.pull(call.repository, number).threads:
            for comment in thread.comments:
                yield thread, comment


def thread_comment(call: Call, number: int) -> tuple[Thread, Comment]:
    """A comment of a thread, by its number.

    Raises:
        RefusedError: there is none.
    """
    for thread, comment in threads(call):
        if comment.id == number:
            return thread, comment
    raise not_found()


def said_comment(call: Call, number: int) -> Comment:
    """A comment of a conversation, by its number.

    Raises:
        RefusedError: there is none.
    """
    for pull in call.repository.pulls.values():
        for comment in pull.conversation:
            if comment.id == number:
                return comment
    raise not_found()


def commit(call: Call, reference: str) -> str:
    """The sha that a path names.

    Raises:
        RefusedError: there is no such commit.
    """
    if (found := sha_of(call.repository.folder, unquote(reference))) is None:
        raise not_found()
    return found


def _repository(call: Call) -> Answer:
    return Answer(body=repository_json(call.repository))


def _pulls(call: Call) -> Answer:
    state, head = call.query.get("state", "open"), call.query.get("head", "").rpartition(":")[2]
    found = [call.github.pull(call.repository, number) for number in call.repository.pulls]
    wanted = [pull for pull in found if state in {"all", pull.state} and head in {"", pull.head}]
    return call.paged([pull_json(call.repository, pull) for pull in wanted])


def _pull(call: Call) -> Answer:
    pull = call.pull
    if "diff" not in call.accept and "patch" not in call.accept:
        return Answer(body=pull_json(call.repository, pull))
    found, limits = changes(call.repository, pull), call.github.limits
    if len(found.files) > limits.files:
        raise too_large(
            f"files ({limits.files}). Consider using 'List pull requests files' API or locally cloning the repository "
            "instead."
        )
    if found.diff.count("\n") > limits.lines:
        raise too_large(f"lines ({limits.lines})")
    return Answer(text=found.diff.encode(), content_type="application/vnd.github.v3.diff; charset=utf-8")


def _files(call: Call) -> Answer:
    limits = call.github.limits
    found = changes(call.repository, call.pull).files[: limits.listed]
    return call.paged([file_json(file, limits.patch) for file in found])


def _commits(call: Call) -> Answer:
    pull = pull_json(call.repository, call.pull)
    base, head = (str(side["sha"]) for side in (pull["base"], pull["head"]) if isinstance(side, dict))
    told = git(call.repository.folder, "rev-list", "--reverse", f"{base}..{head}").decode().split()
    return call.paged([{"sha": sha} for sha in told])


def _comments(call: Call) -> Answer:
    found: list[JsonValue] = [
        thread_comment_json(thread, comment) for thread in call.pull.threads for comment in thread.comments
    ]
    return call.paged(found)


def _comment(call: Call) -> Answer:
    return Answer(body=thread_comment_json(*thread_comment(call, call.number)))


def _said_comment(call: Call) -> Answer:
    return Answer(body=comment_json(said_comment(call, call.number)))


def _conversation(call: Call) -> Answer:
    return call.paged([comment_json(comment) for comment in call.pull.conversation])


def _reviews(call: Call) -> Answer:
    return call.paged([review_json(review) for review in call.pull.reviews])


def _reactions(call: Call) -> Answer:
    return _told_reactions(call, thread_comment(call, call.number)[1])


def _said_reactions(call: Call) -> Answer:
    return _told_reactions(call, said_comment(call, call.number))


def _told_reactions(call: Call, comment: Comment) -> Answer:
    wanted = call.query.get("content")
    found: list[JsonValue] = [
        {"id": comment.id * 10 + number, "content": content, "user": {"login": login, "type": "User"}}
        for content, logins in comment.reactions.items()
        for number, login in enumerate(logins)
        if wanted in {None, content}
    ]
    return call.paged(found)


def _commit(call: Call) -> Answer:
    sha = commit(call, call.parts[0])
    parents: list[JsonValue] = [
        {"sha": parent} for parent in git(call.repository.folder, "log", "-1", "--format=%P", sha).decode().split()
    ]
    return Answer(body={"sha": sha, "parents": parents})


def _checks(call: Call) -> Answer:
    sha, name = commit(call, call.parts[0]), call.query.get("check_name")
    found = [check for check in call.repository.checks if check.head_sha == sha and name in {None, check.name}]
    return call.paged([check_json(check) for check in found], key="check_runs")


def _pulls_of_commit(call: Call) -> Answer:
    sha = commit(call, call.parts[0])
    told = [pull_json(call.repository, pull) for pull in call.repository.pulls.values()]
    return call.paged([pull for pull in told if isinstance(pull["head"], dict) and pull["head"]["sha"] == sha])


def _compare(call: Call) -> Answer:
    base, head = commit(call, call.parts[0]), commit(call, call.parts[1])
    fork = git(call.repository.folder, "merge-base", base, head).decode().strip()
    files: list[JsonValue] = [
        file_json(file, call.github.limits.patch) for file in compared(call.repository.folder, base, head).files
    ]
    return Answer(body={"merge_base_commit": {"sha": fork}, "base_commit": {"sha": base}, "files": files[:300]})


def _contents(call: Call) -> Answer:
    sha, path = commit(call, call.query.get("ref", "main")), unquote(call.parts[0])
    kind = git(call.repository.folder, "cat-file", "-t", f"{sha}:{path}", check=False).decode().strip()
    if kind != "blob":
        raise not_found()
    data = git(call.repository.folder, "cat-file", "blob", f"{sha}:{path}")
    if "raw" in call.accept:
        return Answer(text=data, content_type="application/vnd.github.raw; charset=utf-8")
    return Answer(
        body={
            "type": "file",
            "encoding": "base64",
            "size": len(data),
            "name": path.rpartition("/")[2],
            "path": path,
            "content": base64.encodebytes(data).decode(),
        }
    )


def _permission(call: Call) -> Answer:
    login = unquote(call.parts[0])
    found = call.repository.collaborators.get(login, "read")
    return Answer(body={"permission": found, "role_name": found, "user": {"login": login}})


ROUTES = (
    route("GET", r"", (), _repository),
    route("GET", r"/pulls", _PULLS, _pulls),
    route("GET", r"/pulls/(\d+)", _PULLS, _pull),
    route("GET", r"/pulls/(\d+)/files", _PULLS, _files),
    route("GET", r"/pulls/(\d+)/commits", _PULLS, _commits),
    route("GET", r"/pulls/(\d+)/comments", _PULLS, _comments),
    route("GET", r"/pulls/(\d+)/reviews", _PULLS, _reviews),
    route("GET", r"/pulls/comments/(\d+)", _PULLS, _comment),
    route("GET", r"/pulls/comments/(\d+)/reactions", _PULLS, _reactions),
    route("GET", r"/issues/(\d+)/comments", _TALK, _conversation),
    route("GET", r"/issues/comments/(\d+)", _TALK, _said_comment),
    route("GET", r"/issues/comments/(\d+)/reactions", _TALK, _said_reactions),
    route("GET", r"/commits/([^/]+)/check-runs", ("checks",), _checks),
    route("GET", r"/commits/([^/]+)/pulls", _PULLS, _pulls_of_commit),
    route("GET", r"/commits/([^/]+)", _CONTENTS, _commit),
    route("GET", r"/compare/(.+)\.\.\.(.+)", _CONTENTS, _compare),
    route("GET", r"/contents/(.+)", _CONTENTS, _contents),
    route("GET", r"/collaborators/([^/]+)/permission", (), _permission),
)
