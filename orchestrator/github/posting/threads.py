"""The threads of a pull request that we began, and the two things that only GraphQL can do: resolve and open again.

Who wrote a text is told by the API (`viewerDidAuthor`): a mark in anybody else's text is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from orchestrator.github.markers import Mark, mark_of
from orchestrator.github.posting.api import Api, Json
from orchestrator.github.posting.failures import ApiError
from orchestrator.github.posting.plan import Thread

MAX_PAGES = 100

_QUERY = """
query Threads($owner: String!, $name: String!, $number: Int!, $after: String) {
  viewer { login }
  repository(owner: $owner, name: $name) { pullRequest(number: $number) {
    reviewThreads(first: 50, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes { id isResolved resolvedBy { login }
        comments(first: 100) { totalCount
          nodes { databaseId body viewerDidAuthor
            reactionGroups { content viewerHasReacted reactors(first: 1) { totalCount } } } } }
    } } }
}
"""
_RESOLVE = """
mutation Resolve($thread: ID!) { resolveReviewThread(input: {threadId: $thread}) { thread { id isResolved } } }
"""
_REOPEN = """
mutation Reopen($thread: ID!) { unresolveReviewThread(input: {threadId: $thread}) { thread { id isResolved } } }
"""


class _Read(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Total(_Read):
    total: int = Field(alias="totalCount")


class _Reactions(_Read):
    content: str
    ours: bool = Field(alias="viewerHasReacted")
    reactors: _Total


class _Comment(_Read):
    number: int | None = Field(alias="databaseId")
    body: str
    ours: bool = Field(alias="viewerDidAuthor")
    reactions: list[_Reactions] | None = Field(alias="reactionGroups")

    @property
    def is_disliked(self) -> bool:
        """Whether somebody else put a thumb down under it."""
        return any(each.content == "THUMBS_DOWN" and each.reactors.total > each.ours for each in self.reactions or ())


class _Comments(_Total):
    nodes: list[_Comment]


class _Login(_Read):
    login: str


class _Thread(_Read):
    id: str
    resolved: bool = Field(alias="isResolved")
    resolved_by: _Login | None = Field(alias="resolvedBy")
    comments: _Comments


class _PageInfo(_Read):
    more: bool = Field(alias="hasNextPage")
    end: str | None = Field(alias="endCursor")


class _Threads(_Read):
    page: _PageInfo = Field(alias="pageInfo")
    nodes: list[_Thread]


class _Pull(_Read):
    threads: _Threads = Field(alias="reviewThreads")


class _Repository(_Read):
    pull: _Pull = Field(alias="pullRequest")


class _Page(_Read):
    viewer: _Login
    repository: _Repository


def our_threads(api: Api, repository: str, pull: int) -> tuple[Thread, ...]:
    """The threads whose first comment is ours and bears a mark.

    Raises:
        ApiError, DeniedError: they cannot be read.
    """
    return tuple(
        thread
        for page in _pages(api, repository, pull)
        for each in page.repository.pull.threads.nodes
        if (thread := _ours(each, page.viewer.login)) is not None
    )


def resolve(api: Api, thread: Thread) -> None:
    """Resolve the thread; doing it twice is as good as once.

    Raises:
        ApiError, DeniedError: it stays open.
    """
    api.change(_RESOLVE, {"thread": thread.id}, again=True)


def reopen(api: Api, thread: Thread) -> None:
    """Open the thread again; doing it twice is as good as once.

    Raises:
        ApiError, DeniedError: it stays resolved.
    """
    api.change(_REOPEN, {"thread": thread.id}, again=True)


def _pages(api: Api, repository: str, pull: int) -> Iterator[_Page]:
    owner, _, name = repository.partition("/")
    after = None
    for _ in range(MAX_PAGES):
        variables: Json = {"owner": owner, "name": name, "number": pull, "after": after}
        page = _parsed(api.ask(_QUERY, variables))
        yield page
        info = page.repository.pull.threads.page
        after = info.end
        if not info.more:
            return
    raise ApiError(f"pull request {pull} has more than {MAX_PAGES * 50} threads; no more are read")


def _parsed(data: Json) -> _Page:
    try:
        return _Page.model_validate(data)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise ApiError(f"GitHub's answer about the threads cannot be read at {place!r}") from None


def _ours(thread: _Thread, viewer: str) -> Thread | None:
    comments = thread.comments.nodes
    first = comments[0] if comments and comments[0].ours else None
    mark = mark_of(first.body) if first is not None else None
    if first is None or first.number is None or mark is None or mark.kind != "finding":
        return None
    words = [kind for kind in map(_word, comments[1:]) if kind is not None]
    told = bool(words) and words[-1].kind == "fixed"
    somebody = thread.resolved_by is not None and _plain(thread.resolved_by.login) != _plain(viewer)
    return Thread(
        id=thread.id,
        comment=first.number,
        finding=mark.finding,
        resolved=thread.resolved,
        # Where the API does not say who resolved it, only our word under it makes it ours.
        by_person=thread.resolved and (somebody or not told),
        disliked=any(comment.is_disliked for comment in comments if comment.ours),
        # What is beyond the first page was not read: somebody may have written there.
        answered=thread.comments.total > len(comments) or not all(comment.ours for comment in comments),
        told=told,
    )


def _word(comment: _Comment) -> Mark | None:
    return mark_of(comment.body) if comment.ours else None


def _plain(login: str) -> str:
    """REST and the viewer of GraphQL write the suffix, authors in GraphQL do not."""
    return login.removesuffix("[bot]").lower()
