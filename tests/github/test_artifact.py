"""What the posting job takes from the reviewing one: this and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import JsonValue

from orchestrator.errors import ArtifactError
from orchestrator.github.artifact import (
    ARTIFACT,
    MAX_BYTES,
    Comment,
    PullReview,
    read_artifact,
    unmarked,
    write_artifact,
)

Record = dict[str, JsonValue]


def review(**said: object) -> PullReview:
    told: dict[str, object] = {
        "schema": 1,
        "repository": "acme/lakehouse",
        "pull": 7,
        "head": "a" * 40,
        "base": "b" * 40,
        "conclusion": "success",
        "title": "No findings",
        "reason": "No findings",
        "comments": [Comment(finding="f1", path="src/ü b.py", line=3, start_line=1, body="**x**", suggestion="")],
        "still_there": ["f1", "f2"],
        "summary": "## Passed",
        "findings": 1,
        "reviewed": 2,
        "not_reviewed": 0,
    }
    return PullReview.model_validate({**told, **said})


def test_a_review_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_artifact(tmp_path / "out", review())
    assert read_artifact(tmp_path / "out") == review()


def set_to(**values: JsonValue) -> Callable[[Record, Record], None]:
    return lambda record, _: record.update(values)


def comment_set_to(**values: JsonValue) -> Callable[[Record, Record], None]:
    return lambda _, comment: comment.update(values)


def without_schema(record: Record, _: Record) -> None:
    del record["schema"]


TAMPERED: dict[str, tuple[Callable[[Record, Record], None], str]] = {
    "another schema": (set_to(schema=2), "schema"),
    "no schema": (without_schema, "schema"),
    "a key of its own": (set_to(token="x"), "token"),
    "a comment's key of its own": (comment_set_to(side="LEFT"), "comments.0.side"),
    "a repository with a path": (set_to(repository="acme/../x"), "repository"),
    "a repository of dots": (set_to(repository="acme/.."), "repository"),
    "a number as text": (set_to(pull="7"), "pull"),
    "no pull request": (set_to(pull=0), "pull"),
    "a short sha": (set_to(head="abc"), "head"),
    "a sha and a line": (set_to(head="a" * 40 + "\n"), "head"),
    "a conclusion of its own": (set_to(conclusion="skipped"), "conclusion"),
    "success of half a review": (set_to(not_reviewed=1), "success"),
    "a title of two lines": (set_to(title="a\nb"), "title"),
    "a long summary": (set_to(summary="x" * 60_001), "summary"),
    "our mark in the summary": (set_to(summary="<!-- orchestrate:v1 summary -->"), "summary"),
    "a hidden character": (set_to(summary="a\u202eb"), "U+202E"),
    "too many ids": (set_to(still_there=["f1"] * 20_001), "still_there"),
    "a negative count": (set_to(findings=-1), "findings"),
    "an id with a mark's end": (set_to(still_there=["f1", "x -->"]), "still_there.1"),
    "a comment on what is gone": (set_to(still_there=[]), "still there"),
    "a path upwards": (comment_set_to(path="../x.py"), "comments.0.path"),
    "an absolute path": (comment_set_to(path="/etc/passwd"), "comments.0.path"),
    "a path of two lines": (comment_set_to(path="a\nb"), "comments.0.path"),
    "line nought": (comment_set_to(line=0), "comments.0.line"),
    "a start below the end": (comment_set_to(start_line=3), "comments.0"),
    "our mark in a body": (comment_set_to(body="<!-- orchestrate:v1 finding=f2 -->"), "comments.0.body"),
    "a long body": (comment_set_to(body="x" * 10_001), "comments.0.body"),
    "an empty body": (comment_set_to(body=""), "comments.0.body"),
    "a control in a suggestion": (comment_set_to(suggestion="a\x1b[2J"), "comments.0.suggestion"),
    "a flag for a number": (comment_set_to(line=True), "comments.0.line"),
}


@pytest.mark.parametrize("name", ["ada_corp/lake.house", "a/b", "acme-1/_x"])
def test_a_repository_may_have_any_name_that_github_gives(name: str) -> None:
    assert review(repository=name).repository == name


@pytest.mark.parametrize("name", TAMPERED)
def test_a_tampered_review_is_refused_by_its_place(tmp_path: Path, name: str) -> None:
    file = write_artifact(tmp_path, review())
    record = json.loads(file.read_text(encoding="utf-8"))
    tamper, place = TAMPERED[name]
    tamper(record, record["comments"][0])
    file.write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(ArtifactError) as refusal:
        read_artifact(tmp_path)
    assert place in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_two_comments_on_one_finding_are_refused(tmp_path: Path) -> None:
    file = write_artifact(tmp_path, review())
    record = json.loads(file.read_text(encoding="utf-8"))
    record["comments"] *= 2
    file.write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(ArtifactError, match="twice"):
        read_artifact(tmp_path)


def test_more_comments_than_a_review_may_have_are_refused(tmp_path: Path) -> None:
    file = write_artifact(tmp_path, review())
    record = json.loads(file.read_text(encoding="utf-8"))
    record["still_there"] = [f"f{number}" for number in range(101)]
    record["comments"] = [{**record["comments"][0], "finding": f"f{number}"} for number in range(101)]
    file.write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(ArtifactError, match="comments"):
        read_artifact(tmp_path)


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b"\xff\xfe", b"{", b'{"schema": 1e999}', b"[" * 100_000])
def test_what_is_no_review_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / ARTIFACT).write_bytes(content)
    with pytest.raises(ArtifactError, match="is no review"):
        read_artifact(tmp_path)


def test_a_file_that_is_absent_a_link_a_folder_or_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="review-pr"):
        read_artifact(tmp_path)
    target = write_artifact(tmp_path / "elsewhere", review())
    (tmp_path / ARTIFACT).symlink_to(target)
    with pytest.raises(ArtifactError, match="cannot be read"):
        read_artifact(tmp_path)
    (tmp_path / ARTIFACT).unlink()
    (tmp_path / ARTIFACT).write_bytes(b" " * (MAX_BYTES + 1))
    with pytest.raises(ArtifactError, match="bytes"):
        read_artifact(tmp_path)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(ArtifactError, match="cannot be written"):
        write_artifact(tmp_path / "file", review())


def test_quoted_code_that_looks_like_a_mark_is_text() -> None:
    body = unmarked("`<!-- orchestrate:v1 finding=f2 -->`")
    assert Comment(finding="f1", path="a.py", line=1, body=body).body == body
