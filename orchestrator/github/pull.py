"""A pull request over the API: what it is, which files it changes, and which lines of them its diff shows."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter, ValidationError

from orchestrator.code.git import ask_git, filters_off
from orchestrator.errors import GitError, GitHubError
from orchestrator.github.artifact import RepositoryName, Sha
from orchestrator.github.diff.files import DiffedFile, PullDiff
from orchestrator.github.diff.hunks import hunks_of
from orchestrator.github.diff.unified import diffed_files
from orchestrator.github.posting.failures import ApiError

PAGE = 100
MAX_PAGES = 30
"""GitHub lists no more than 3,000 files, and does not say that there are more."""
MAX_PATCH = 3_000
"""Lines of a patch; GitHub shows no longer one."""
NOT_SHOWN = "GitHub shows no diff of this file: it is too long or binary"
NOT_LISTED = f"GitHub lists no more than {PAGE * MAX_PAGES:,} changed files, and this is none of them"
_DIFF = ("diff", "--unified=3", "--no-color", "--no-ext-diff", "--no-textconv", "--find-renames", "--full-index")
_NAMES = ("--ignore-submodules=all", "--src-prefix=a/", "--dst-prefix=b/")


class Reads(Protocol):
    """The part of the API that only reads."""

    def get(self, path: str, **query: str) -> JsonValue:
        """What is at the path."""
        ...


class _Read(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Repository(_Read):
    full_name: RepositoryName


class _Side(_Read):
    sha: Sha
    repo: _Repository | None = None


class PullRequest(_Read):
    """A pull request as the API tells it now."""

    number: int
    state: Literal["open", "closed"]
    draft: bool = False
    merged: bool = False
    head: _Side
    base: _Side
    changed_files: Annotated[int, Field(ge=0)] = 0

    def hindrance(self, *, drafts: bool) -> str:
        """Why it is not reviewed, empty where it is."""
        name = f"pull request {self.number}"
        if self.merged or self.state == "closed":
            return f"{name} is {'merged' if self.merged else 'closed'}; there is nothing to review"
        if self.head.repo is None:
            return f"the repository that {name} comes from was deleted; there is nothing to review"
        if self.draft and not drafts:
            return f"{name} is a draft; mark it ready, or give --drafts"
        return ""


class _File(_Read):
    filename: str
    status: str
    previous_filename: str | None = None
    patch: str | None = None
    changes: int = 0


_FILES = TypeAdapter(tuple[_File, ...])


def pull_request(api: Reads, repository: str, number: int) -> PullRequest:
    """The pull request of that number.

    Raises:
        GitHubError: there is none that the token may read, or the answer cannot be read.
        ApiError: the API does not answer.
    """
    try:
        body = api.get(f"/repos/{repository}/pulls/{number}")
    except ApiError as error:
        if error.status != 404:
            raise
        raise GitHubError(
            f"{repository} has no pull request {number} that the token may read; it needs `pull-requests: read`"
        ) from error
    try:
        return PullRequest.model_validate(body)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors(include_input=False)[0]["loc"])
        raise GitHubError(f"GitHub's answer about pull request {number} cannot be read at {place!r}") from None


def check_head(root: Path, pull: PullRequest) -> None:
    """Nothing, where the commit that is checked out is the head of the pull request.

    Raises:
        GitHubError: it is another one, such as the merge that `actions/checkout` takes when it is not told.
    """
    answer = ask_git(root, "rev-parse", "HEAD")
    here = answer.output.decode("ascii", "replace").strip()
    if here != pull.head.sha:
        raise GitHubError(
            f"the commit checked out is {here[:12] or 'none'}, and the head of pull request {pull.number} is "
            f"{pull.head.sha[:12]}; check that one out (`ref: ${{{{ github.event.pull_request.head.sha }}}}`, "
            "`fetch-depth: 0`), or wait for the run of the newer push"
        )


def pull_diff(api: Reads, repository: str, pull: PullRequest, root: Path) -> PullDiff:
    """What the pull request's diff shows: as the API lists it, or by git where the API does not list it.

    Raises:
        DeniedError: the token may not read it.
        GitError: the API fails, and git does not know the base.
    """
    try:
        return _listed(api, repository, pull)
    except ApiError:
        return local_diff(root, pull.base.sha, pull.head.sha)


def local_diff(root: Path, base: str, head: str) -> PullDiff:
    """What a pull request from one commit to the other shows, as git tells it; the paths are of the repository.

    Raises:
        GitError: git does not know one of the commits, or they share no history.
    """
    start = ask_git(root, "merge-base", base, head)
    fork = start.output.decode("ascii", "replace").strip()
    if start.code != 0 or not fork:
        raise GitError(f"git finds no common history of {base[:12]} and {head[:12]}; fetch the whole of it first")
    answer = ask_git(root, *_DIFF, *_NAMES, fork, head, settings=filters_off(root))
    if answer.code != 0:
        raise GitError(f"git cannot compare {fork[:12]} with {head[:12]}: {answer.complaint}")
    found = diffed_files(answer.output)
    return PullDiff(files={path: _as_shown(file) for path, file in found.items()})


def _as_shown(file: DiffedFile) -> DiffedFile:
    """The file, without its hunks where GitHub would not show them."""
    if sum(len(hunk.texts) for hunk in file.hunks) < MAX_PATCH:
        return file
    return DiffedFile(path=file.path, previous=file.previous, unseen=NOT_SHOWN)


def _listed(api: Reads, repository: str, pull: PullRequest) -> PullDiff:
    found: dict[str, DiffedFile] = {}
    listed = 0
    for page in range(1, MAX_PAGES + 1):
        files = _page(api, repository, pull.number, page)
        listed += len(files)
        found.update((file.filename, _diffed(file)) for file in files if file.status != "removed")
        if len(files) < PAGE:
            break
    return PullDiff(files=found, cut=NOT_LISTED if listed < pull.changed_files else "")


def _page(api: Reads, repository: str, number: int, page: int) -> tuple[_File, ...]:
    body = api.get(f"/repos/{repository}/pulls/{number}/files", per_page=str(PAGE), page=str(page))
    try:
        return _FILES.validate_python(body)
    except ValidationError:
        raise ApiError(f"GitHub's list of the files of pull request {number} cannot be read") from None


def _diffed(file: _File) -> DiffedFile:
    hunks = hunks_of(file.patch) if file.patch is not None else ()
    # A rename or a new mode alone has no patch and no changes: its diff is whole, and shows no line.
    unseen = NOT_SHOWN if file.patch is None and (file.changes or file.status not in {"renamed", "changed"}) else ""
    return DiffedFile(path=file.filename, previous=file.previous_filename, hunks=hunks, unseen=unseen)
