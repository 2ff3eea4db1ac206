"""`orchestrate post-review DIR` as a step of a job."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.cli import main
from orchestrator.github.artifact import ARTIFACT, write_artifact
from tests.github.posting.reviewing import REPOSITORY, Scene, comment, review_of, scene

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    with scene(tmp_path) as made:
        for name, value in {
            "GITHUB_TOKEN": made.token(),
            "GITHUB_API_URL": made.github.address,
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
            "GITHUB_STEP_SUMMARY": str(tmp_path / "step.md"),
            "GITHUB_OUTPUT": str(tmp_path / "output"),
        }.items():
            monkeypatch.setenv(name, value)
        event(tmp_path, {"pull_request": {"number": 1, "head": {"sha": made.github.head(1)}}})
        yield made


def event(folder: Path, content: object) -> None:
    (folder / "event.json").write_text(json.dumps(content), encoding="utf-8")


def posted(place: Scene) -> int:
    return main(["post-review", str(place.folder)])


def test_the_step_posts_and_tells_the_job(place: Scene, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_artifact(place.folder, review_of(place, comment("a1"), conclusion="failure"))
    assert posted(place) == 1
    assert capsys.readouterr().out == "pull request 1: failure, 1 new comment\n"
    assert (tmp_path / "output").read_text(encoding="utf-8") == "conclusion=failure\ncomments=1\nposted=true\n"
    assert "**failure**, 1 new comment" in (tmp_path / "step.md").read_text(encoding="utf-8")
    assert len(place.pull.threads) == 1


def test_the_commit_of_a_workflow_run_binds_the_review(
    place: Scene, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    event(tmp_path, {"workflow_run": {"head_sha": "e" * 40, "pull_requests": []}})
    write_artifact(place.folder, review_of(place, comment("a1")))
    assert posted(place) == 2
    assert "this job of commit eeeeeeeeeeee" in capsys.readouterr().err
    assert place.posts == []


def test_the_branch_of_a_workflow_run_binds_the_review(
    place: Scene, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = {"head_branch": "feature", "head_repository": {"full_name": "mallory/lakehouse"}}
    event(tmp_path, {"workflow_run": {"head_sha": place.github.head(1), **other}})
    write_artifact(place.folder, review_of(place, comment("a1")))
    assert posted(place) == 2
    assert "this job's event from mallory/lakehouse:feature" in capsys.readouterr().err
    assert place.posts == []


def test_a_tampered_artifact_is_one_sentence_in_stderr_and_in_the_summary_of_the_job(
    place: Scene, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place.folder.mkdir()
    (place.folder / ARTIFACT).write_text('{"schema": 1, "evil": "<script>"}', encoding="utf-8")
    assert posted(place) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "is no review of a pull request" in told
    assert "is no review of a pull request" in (tmp_path / "step.md").read_text(encoding="utf-8")
    assert (tmp_path / "output").read_text(encoding="utf-8") == "conclusion=neutral\ncomments=0\nposted=false\n"
    assert place.repository.checks[0].conclusion == "neutral"


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("GITHUB_TOKEN", "", "GITHUB_TOKEN holds no token"),
        ("GITHUB_REPOSITORY", "", "GITHUB_REPOSITORY is ''"),
        ("GITHUB_REPOSITORY", "../..", "has to name the repository"),
        ("GITHUB_API_URL", "http://api.example.com", "https addresses only"),
        ("GITHUB_EVENT_PATH", "absent.json", "the event of the job cannot be read"),
    ],
)
def test_a_job_that_is_not_set_up_is_told_what_is_missing(
    place: Scene,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    variable: str,
    value: str,
    said: str,
) -> None:
    monkeypatch.setenv(variable, value)
    assert posted(place) == 2
    assert said in capsys.readouterr().err
    assert "Nothing was posted." in (tmp_path / "step.md").read_text(encoding="utf-8")
    assert place.github.requests == []


@pytest.mark.parametrize("content", [[], {"pull_request": {"number": "x"}}, {"workflow_run": {}}])
def test_an_event_that_cannot_be_understood_is_refused(
    place: Scene, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: object
) -> None:
    event(tmp_path, content)
    assert posted(place) == 2
    assert "cannot be understood at" in capsys.readouterr().err
