"""The one comment in the conversation, written once and edited in place."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from orchestrator.github.markers import is_summary
from orchestrator.github.posting.api import Api, Json
from orchestrator.github.posting.failures import ApiError

MAX_PAGES = 100

_QUERY = """
query Summary($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) { pullRequest(number: $number) {
    comments(first: 100, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes { databaseId body viewerDidAuthor }
    } } }
}
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Posted:
    """The comment that stands there."""

    number: int
    body: str


class _Read(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Comment(_Read):
    number: int | None = Field(alias="databaseId")
    body: str
    ours: bool = Field(alias="viewerDidAuthor")


class _PageInfo(_Read):
    more: bool = Field(alias="hasNextPage")
    end: str | None = Field(alias="endCursor")


class _Comments(_Read):
    page: _PageInfo = Field(alias="pageInfo")
    nodes: list[_Comment]


class _Pull(_Read):
    comments: _Comments


class _Repository(_Read):
    pull: _Pull = Field(alias="pullRequest")


class _Page(_Read):
    repository: _Repository


def posted_summary(api: Api, repository: str, pull: int) -> Posted | None:
    """Our summary, where there is one.

    Raises:
        ApiError, DeniedError: the conversation cannot be read.
    """
    owner, _, name = repository.partition("/")
    after = None
    for _ in range(MAX_PAGES):
        variables: Json = {"owner": owner, "name": name, "number": pull, "after": after}
        comments = _parsed(api.ask(_QUERY, variables)).repository.pull.comments
        for comment in comments.nodes:
            if comment.ours and comment.number is not None and is_summary(comment.body):
                return Posted(number=comment.number, body=comment.body)
        if not comments.page.more:
            return None
        after = comments.page.end
    raise ApiError(f"pull request {pull} has more than {MAX_PAGES * 100} comments; no more are read")


def write_summary(api: Api, repository: str, pull: int, posted: Posted | None, body: str) -> bool:
    """Whether anything was written: nothing is where the comment says the same already.

    Raises:
        ApiError, DeniedError: it was not written.
    """
    if posted is None:
        api.write("POST", f"/repos/{repository}/issues/{pull}/comments", {"body": body})
        return True
    if _same(posted.body, body):
        return False
    api.write("PATCH", f"/repos/{repository}/issues/comments/{posted.number}", {"body": body})
    return True


def _same(one: str, other: str) -> bool:
    """Line ends may come back as the browser writes them."""
    return one.replace("\r\n", "\n").rstrip() == other.replace("\r\n", "\n").rstrip()


def _parsed(data: Json) -> _Page:
    try:
        return _Page.model_validate(data)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise ApiError(f"GitHub's answer about the conversation cannot be read at {place!r}") from None
