"""What the review of a pull request hands to the job that posts it: one file, checked as if an enemy had written it.

The reviewing job has looked at a head that anybody may have written; the posting job has a token that writes. So
nothing is taken from the file but what this schema allows: bounded texts, confined paths, whole commit ids.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from orchestrator.code.opening import read_bounded
from orchestrator.code.visible import ACTING
from orchestrator.errors import ArtifactError
from orchestrator.github.markers import FINDING_ID

ARTIFACT = "pull-review.json"
"""The name of the file in the folder."""
MAX_BYTES = 4 * 1024 * 1024
MAX_BODY = 10_000
MAX_SUMMARY = 60_000
"""The API takes 65,536 characters; what is left is for our mark and a closing line."""
MAX_COMMENTS = 100
MAX_IDS = 20_000
MAX_COUNT = 10_000_000

_MARK = "<!-- orchestrate:"


def unmarked(text: str) -> str:
    """The text, where what begins like a mark of ours is only text: quoted code may hold one."""
    return text.replace(_MARK, "<\u00b7!-- orchestrate:")


def _only_seen(text: str) -> str:
    """The text, where nothing in it could pass for our mark, and no character acts or hides."""
    if _MARK in text:
        raise ValueError("holds a mark, which only the posting job may write")
    if found := ACTING.search(text):
        raise ValueError(f"holds the invisible or acting character U+{ord(found.group()):04X}")
    return text


def _one_line(text: str) -> str:
    if "\n" in text or "\t" in text:
        raise ValueError("is not one line")
    return _only_seen(text)


def _no_controls(text: str) -> str:
    """A suggestion is code, which may hold any letter, but neither controls nor halves of characters."""
    if any((ord(letter) < 0x20 and letter not in "\t\n") or 0xD800 <= ord(letter) <= 0xDFFF for letter in text):
        raise ValueError("holds a control character")
    return text


def _confined(path: str) -> str:
    if any(ord(letter) < 0x20 or letter == "\x7f" or 0xD800 <= ord(letter) <= 0xDFFF for letter in path):
        raise ValueError("is a path with a control character")
    if any(part in {"", ".", ".."} for part in path.split("/")):
        raise ValueError("is not a relative path inside the repository")
    return path


Sha = Annotated[str, Field(pattern=r"\A[0-9a-f]{40}\z")]
Identity = Annotated[str, Field(pattern=rf"\A{FINDING_ID}\z")]
RepositoryName = Annotated[
    str, Field(pattern=r"\A[A-Za-z0-9][A-Za-z0-9_-]{0,38}/[A-Za-z0-9._-]{1,100}\z"), AfterValidator(_confined)
]
HeadPath = Annotated[str, Field(min_length=1, max_length=4096), AfterValidator(_confined)]
Line = Annotated[int, Field(ge=1, le=MAX_COUNT)]
Count = Annotated[int, Field(ge=0, le=MAX_COUNT)]
Sentence = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(_one_line)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Comment(_Strict):
    """One comment on lines of the head: `line` is the last, `start_line` the first where there are several."""

    finding: Identity
    path: HeadPath
    line: Line
    start_line: Line | None = None
    body: Annotated[str, Field(min_length=1, max_length=MAX_BODY), AfterValidator(_only_seen)]
    suggestion: Annotated[str, Field(max_length=MAX_BODY), AfterValidator(_no_controls)] | None = None
    """What the commented lines become, without the newline at the end; an empty text deletes them."""

    @model_validator(mode="after")
    def _is_in_order(self) -> Comment:
        if self.start_line is not None and self.start_line >= self.line:
            raise ValueError("starts at its last line or below it")
        return self


class PullReview(_Strict):
    """The whole review of one head of one pull request, as it is to be posted."""

    schema_version: Literal[1] = Field(alias="schema")
    repository: RepositoryName
    pull: Annotated[int, Field(ge=1, le=2**31)]
    head: Sha
    base: Sha
    conclusion: Literal["success", "failure", "neutral"]
    title: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_one_line)]
    reason: Sentence
    comments: Annotated[list[Comment], Field(max_length=MAX_COMMENTS)]
    still_there: Annotated[list[Identity], Field(max_length=MAX_IDS)]
    """The ids of all findings of this review, inline or not: a thread whose id is not among them is of a fixed one."""
    summary: Annotated[str, Field(min_length=1, max_length=MAX_SUMMARY), AfterValidator(_only_seen)]
    findings: Count
    reviewed: Count
    not_reviewed: Count

    @property
    def is_complete(self) -> bool:
        """Whether everything was reviewed that should have been."""
        return self.not_reviewed == 0

    @model_validator(mode="after")
    def _adds_up(self) -> PullReview:
        if self.conclusion == "success" and not self.is_complete:
            raise ValueError("says success although something was not reviewed")
        named = [comment.finding for comment in self.comments]
        if len(set(named)) != len(named):
            raise ValueError("comments on the same finding twice")
        if not set(named) <= set(self.still_there):
            raise ValueError("comments on a finding that is not among those that are still there")
        return self


def write_artifact(folder: Path, review: PullReview) -> Path:
    """The file that was written into the folder, which is made where it is absent.

    Raises:
        ArtifactError: it cannot be written, or is larger than the posting job would read.
    """
    file = folder / ARTIFACT
    content = review.model_dump_json(by_alias=True, indent=1).encode()
    if len(content) > MAX_BYTES:
        raise ArtifactError(f"{str(file)!r} would have {len(content)} bytes; at most {MAX_BYTES} are read")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content + b"\n")
    except OSError as error:
        raise ArtifactError(f"{str(file)!r} cannot be written ({error.strerror}); name a folder that can") from error
    return file


def read_artifact(folder: Path) -> PullReview:
    """The review that a folder holds.

    Raises:
        ArtifactError: the file is absent, is no regular file, is too large, or does not keep to the schema.
    """
    file = folder / ARTIFACT
    raw = read_bounded(file, MAX_BYTES)
    if isinstance(raw, OSError):
        raise ArtifactError(f"{str(file)!r} cannot be read ({raw.strerror}); `orchestrate review-pr` writes it")
    if len(raw) > MAX_BYTES:
        raise ArtifactError(f"{str(file)!r} has more than {MAX_BYTES} bytes and is not read")
    try:
        return PullReview.model_validate_json(raw)
    except ValidationError as error:
        raise ArtifactError(
            f"{str(file)!r} is no review of a pull request: {_first(error)}; nothing of it is used"
        ) from None


def _first(error: ValidationError) -> str:
    """The first fault, by its place; never the value, which may be anything."""
    fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(str(part)[:40] for part in fault["loc"]) or "the file"
    return f"{place}: {fault['msg']}".encode("ascii", "backslashreplace").decode("ascii")[:300]
