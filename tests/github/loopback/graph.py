"""The GraphQL of review threads, over the schema beside this file: queries that do not fit it are refused by it."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from graphql import GraphQLError, GraphQLSchema, build_schema, graphql_sync
from pydantic import JsonValue

from tests.github.loopback.answers import Answer, RefusedError
from tests.github.loopback.patch import base_of, head_of
from tests.github.loopback.records import Access, Comment, Permissions, PullRequest, Repository, Thread
from tests.github.loopback.told import TIME
from tests.github.loopback.world import GitHub

_CONTENT = {
    "+1": "THUMBS_UP",
    "-1": "THUMBS_DOWN",
    "laugh": "LAUGH",
    "confused": "CONFUSED",
    "heart": "HEART",
    "hooray": "HOORAY",
    "rocket": "ROCKET",
    "eyes": "EYES",
}
MOST = 100
_MUTATION = re.compile(r"\b(resolveReviewThread|unresolveReviewThread|addPullRequestReviewThreadReply)\s*\(")
Node = dict[str, Any]


class _GraphError(GraphQLError):
    """An error with the `type` that the real one writes beside its message."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@cache
def _schema() -> GraphQLSchema:
    return build_schema((Path(__file__).parent / "schema.graphql").read_text(encoding="utf-8"))


def mutations(body: JsonValue) -> tuple[str, ...]:
    """The mutations that a request asks for."""
    query = body.get("query") if isinstance(body, dict) else None
    return tuple(_MUTATION.findall(query)) if isinstance(query, str) else ()


def answer(github: GitHub, permissions: Permissions, body: JsonValue) -> Answer:
    """What a request to `/graphql` gets: 200, with `errors` when something is wrong."""
    asked = body if isinstance(body, dict) else {}
    query, variables = asked.get("query"), asked.get("variables")
    if not isinstance(query, str):
        return Answer(body={"errors": [{"message": "A query attribute must be specified and must be a string."}]})
    found = graphql_sync(
        _schema(),
        query,
        root_value=_Root(github, permissions).fields(),
        variable_values=variables if isinstance(variables, dict) else None,
    )
    told: dict[str, JsonValue] = {}
    if found.data is not None or not found.errors:
        told["data"] = found.data
    if found.errors:
        told["errors"] = [_error(error) for error in found.errors]
    return Answer(body=told)


def _error(error: GraphQLError) -> JsonValue:
    cause = error.original_error if error.original_error is not None else error
    told: dict[str, JsonValue] = {"message": error.message, "path": list(error.path or [])}
    if isinstance(cause, _GraphError):
        told["type"] = cause.kind
    elif isinstance(cause, RefusedError):
        body = cause.answer.body
        told |= {"type": "UNPROCESSABLE", "message": str(body["message"]) if isinstance(body, dict) else "refused"}
    return told


class _Root:
    """What the fields of Query and Mutation give."""

    def __init__(self, github: GitHub, permissions: Permissions) -> None:
        self._github = github
        self._permissions = permissions

    def fields(self) -> dict[str, Callable[..., Node]]:
        return {
            "viewer": self.viewer,
            "rateLimit": self.rate,
            "repository": self.repository,
            "node": self.node,
            "resolveReviewThread": self.resolve,
            "unresolveReviewThread": self.unresolve,
            "addPullRequestReviewThreadReply": self.reply,
        }

    def viewer(self, _info: object) -> Node:
        return {"__typename": "User", "id": "U_viewer", "login": self._permissions.login, "databaseId": 1}

    def rate(self, _info: object) -> Node:
        return {"cost": 1, "limit": 1000, "remaining": 999, "used": 1}

    def repository(self, _info: object, *, owner: str, name: str, **_: object) -> Node:
        found = self._github.repositories.get(f"{owner}/{name}".lower())
        if found is None:
            said = f"Could not resolve to a Repository with the name '{owner}/{name}'."
            raise _GraphError("NOT_FOUND", said)
        return _Told(self._github, self._permissions, found).repository()

    def node(self, _info: object, **chosen: str) -> Node:
        told, thread, pull = self._thread(chosen["id"])
        return {"__typename": "PullRequestReviewThread", **told.thread(pull, thread)}

    def resolve(self, _info: object, **given: Mapping[str, str]) -> Node:
        return self._set(given["input"], self._permissions.login)

    def unresolve(self, _info: object, **given: Mapping[str, str]) -> Node:
        return self._set(given["input"], None)

    def reply(self, _info: object, **given: Mapping[str, str]) -> Node:
        asked = given["input"]
        self._need("write", "pull_requests")
        self._github.book()
        told, thread, pull = self._thread(asked["pullRequestReviewThreadId"])
        body = self._github.checked_body(asked["body"])
        sha = head_of(told.source, pull)
        comment = self._github.said(thread, body, self._permissions.login, sha)
        return {"clientMutationId": asked.get("clientMutationId"), "comment": told.comment(thread, comment)}

    def _set(self, asked: Mapping[str, str], login: str | None) -> Node:
        # Seen on the real one: `pull-requests: write` is not enough to resolve a thread, `contents: write` is wanted.
        self._need("write", "pull_requests", "contents")
        self._github.book()
        told, thread, pull = self._thread(asked["threadId"])
        thread.resolved_by = login
        return {"clientMutationId": asked.get("clientMutationId"), "thread": told.thread(pull, thread)}

    def _need(self, access: Access, *scopes: str) -> None:
        if not all(self._permissions.allows(scope, access) for scope in scopes):
            raise _GraphError("FORBIDDEN", "Resource not accessible by integration")

    def _thread(self, chosen: str) -> tuple[_Told, Thread, PullRequest]:
        self._need("read", "pull_requests")
        for repository in self._github.repositories.values():
            for number in repository.pulls:
                pull = self._github.pull(repository, number)
                for thread in pull.threads:
                    if f"PRRT_{thread.id}" == chosen:
                        return _Told(self._github, self._permissions, repository), thread, pull
        raise _GraphError("NOT_FOUND", f"Could not resolve to a node with the global id of '{chosen}'")


class _Told:
    """Records as nodes, as one token sees them."""

    def __init__(self, github: GitHub, permissions: Permissions, source: Repository) -> None:
        self._github = github
        self._permissions = permissions
        self.source = source

    def repository(self) -> Node:
        name = self.source.name.partition("/")[2]
        node = {"id": f"R_{name}", "name": name, "nameWithOwner": self.source.name, "isFork": False}
        return {**node, "pullRequest": lambda _info, number: self._pull(number)}

    def _pull(self, number: int) -> Node:
        if not self._permissions.allows("pull_requests", "read"):
            raise _GraphError("FORBIDDEN", "Resource not accessible by integration")
        if number not in self.source.pulls:
            raise _GraphError("NOT_FOUND", f"Could not resolve to a PullRequest with the number of {number}.")
        pull = self._github.pull(self.source, number)
        return {
            "id": f"PR_{number}",
            "number": number,
            "title": pull.title,
            "state": "MERGED" if pull.merged else pull.state.upper(),
            "isDraft": pull.draft,
            "headRefName": pull.head,
            "baseRefName": pull.base,
            "headRefOid": head_of(self.source, pull),
            "baseRefOid": base_of(self.source, pull),
            "author": _actor(pull.author),
            "authorAssociation": pull.association,
            "reviewThreads": _connection([self.thread(pull, thread) for thread in pull.threads]),
            "comments": _connection([self._said(comment) for comment in pull.conversation]),
        }

    def thread(self, pull: PullRequest, thread: Thread) -> Node:
        is_mine = self._permissions.allows("pull_requests", "write")
        can = is_mine and self._permissions.allows("contents", "write")
        by = thread.resolved_by
        return {
            "id": f"PRRT_{thread.id}",
            "isResolved": by is not None,
            "isOutdated": thread.line is None,
            "isCollapsed": by is not None,
            "resolvedBy": {"__typename": "User", "id": f"U_{by}", "login": by.removesuffix("[bot]")} if by else None,
            "path": thread.path,
            "line": thread.line,
            "startLine": thread.start_line,
            "originalLine": thread.original_line,
            "originalStartLine": thread.original_start_line,
            "diffSide": thread.side,
            "startDiffSide": thread.side if thread.original_start_line is not None else None,
            "subjectType": "LINE",
            "viewerCanReply": is_mine and pull.number > 0,
            "viewerCanResolve": can and by is None,
            "viewerCanUnresolve": can and by is not None,
            "comments": _connection([self.comment(thread, comment) for comment in thread.comments]),
        }

    def comment(self, thread: Thread, comment: Comment) -> Node:
        first = thread.comments[0]
        return {
            **self._said(comment),
            "__typename": "PullRequestReviewComment",
            "id": f"PRRC_{comment.id}",
            "fullDatabaseId": str(comment.id),
            "authorAssociation": "NONE",
            "path": thread.path,
            "line": thread.line,
            "originalLine": thread.original_line,
            "outdated": thread.line is None,
            "isMinimized": False,
            "lastEditedAt": None,
            "commit": {"oid": comment.commit},
            "originalCommit": {"oid": thread.original_commit},
            "replyTo": None if comment is first else self.comment(thread, first),
            "reactionGroups": [_group(content, comment.reactions.get(content, [])) for content in _CONTENT],
            "reactions": _reactions(comment),
        }

    def _said(self, comment: Comment) -> Node:
        return {
            "__typename": "IssueComment",
            "id": f"IC_{comment.id}",
            "databaseId": comment.id,
            "body": comment.body,
            "author": _actor(comment.login),
            "viewerDidAuthor": comment.login == self._permissions.login,
            "createdAt": TIME,
        }


def _actor(login: str) -> Node:
    kind = "Bot" if login.endswith("[bot]") else "User"
    name = login.removesuffix("[bot]")
    return {"__typename": kind, "id": f"{kind}_{name}", "login": name, "databaseId": zlib.crc32(login.encode()) >> 1}


def _group(content: str, logins: list[str]) -> Node:
    reactors = _connection([_actor(login) for login in logins])
    return {"content": _CONTENT[content], "viewerHasReacted": False, "reactors": reactors}


def _reactions(comment: Comment) -> Callable[..., Node]:
    def chosen(
        info: object,
        *,
        content: str | None = None,
        first: int | None = None,
        last: int | None = None,
        after: str | None = None,
    ) -> Node:
        found = [
            {"id": f"REA_{comment.id}_{login}", "content": _CONTENT[each], "user": _actor(login)}
            for each, logins in comment.reactions.items()
            for login in logins
            if content in {None, _CONTENT[each]}
        ]
        return {**_connection(found)(info, first=first, last=last, after=after), "viewerHasReacted": False}

    return chosen


def _connection(nodes: Sequence[Node]) -> Callable[..., Node]:
    """A field that gives one page: without a size, or with one over a hundred, it is refused."""

    def page(
        _info: object,
        *,
        first: int | None = None,
        last: int | None = None,
        after: str | None = None,
        before: str | None = None,
    ) -> Node:
        size = first if first is not None else last
        if size is None:
            said = "You must provide a `first` or `last` value to properly paginate the connection."
            raise _GraphError("MISSING_PAGINATION_BOUNDARIES", said)
        if not 1 <= size <= MOST:
            said = f"Requesting {size} records on the connection exceeds the `first` limit of {MOST} records."
            raise _GraphError("EXCESSIVE_PAGINATION", said)
        start = int(after.removeprefix("cursor:")) if after else 0
        end = int(before.removeprefix("cursor:")) - 1 if before else len(nodes)
        shown = range(start, end)[:size] if first is not None else range(start, end)[-size:]
        return {
            "nodes": [nodes[number] for number in shown],
            "totalCount": len(nodes),
            "pageInfo": {
                "hasNextPage": bool(shown) and shown[-1] + 1 < len(nodes),
                "hasPreviousPage": bool(shown) and shown[0] > 0,
                "startCursor": f"cursor:{shown[0] + 1}" if shown else None,
                "endCursor": f"cursor:{shown[-1] + 1}" if shown else None,
            },
        }

    return page
