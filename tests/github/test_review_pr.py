"""`orchestrate review-pr` on the loopback GitHub: what it leaves for the posting job, and what it refuses."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import pytest

from orchestrator.cli import main
from orchestrator.workflows.cache import cached_review
from orchestrator.workflows.request import Progress, Request, Reviewed
from tests.github.loopback import Failure, planted, push, serving
from tests.github.loopback.planting import Texts
from tests.github.reviewing import Job

pytestmark = pytest.mark.enable_socket

LOAD = "src/load.py"
PLAIN = "from pyspark.sql import functions as F\n\ndf = spark.table('main.silver.orders')\n" + "# more\n" * 20
LOOP = "for name in df.columns:\n    df = df.withColumn(name, F.trim(name))\n"
COUNT = "if df.count() == 0:\n    raise ValueError('none')\n"
FIRST = PLAIN.count("\n") + 2


@contextmanager
def working(folder: Path, base: Texts, head: Texts) -> Iterator[Job]:
    """A job on a pull request from one to the other."""
    repository = planted(folder, base=base, head=head)
    with serving(repository) as github:
        yield Job(github=github, repository=repository, folder=folder)


@pytest.fixture
def job(tmp_path: Path) -> Iterator[Job]:
    """A pull request that adds a loop to a file which has one already, far from it."""
    with working(tmp_path, {LOAD: LOOP + PLAIN}, {LOAD: LOOP + PLAIN + LOOP}) as made:
        yield made


def test_a_finding_on_a_changed_line_is_a_comment_and_an_old_one_is_not(job: Job) -> None:
    assert job.run() == 0
    posted = job.posted
    (comment,) = posted.comments
    assert (comment.path, comment.line, comment.start_line) == (LOAD, FIRST + 2, None)
    assert "PYS003" in comment.body
    assert (posted.conclusion, posted.findings, len(posted.still_there)) == ("success", 1, 2)
    assert "does not change" in posted.summary
    assert (posted.head, posted.base) == (job.github.head(1), job.base)


def test_the_folder_has_the_reports_too_and_the_next_steps_are_told(job: Job) -> None:
    job.run()
    assert {file.name for file in job.out.iterdir()} == {
        "pull-review.json",
        "findings.json",
        "report.md",
        "results.sarif",
    }
    assert json.loads((job.out / "results.sarif").read_text(encoding="utf-8"))["version"] == "2.1.0"
    told = job.outputs
    assert (told["conclusion"], told["findings"], told["comments"], told["pull"]) == ("success", "1", "1", "1")
    assert (told["head"], told["reviewed"]) == (job.github.head(1), "true")
    assert job.summary.startswith("## Passed: 1 finding")


def test_the_gate_decides_the_conclusion_and_the_exit_code(job: Job) -> None:
    assert job.run("--fail-on", "medium") == 1
    assert job.posted.conclusion == "failure"


def test_two_reviews_of_one_commit_are_the_same_text(job: Job) -> None:
    job.run()
    first = (job.out / "pull-review.json").read_bytes()
    job.run()
    assert (job.out / "pull-review.json").read_bytes() == first


def test_what_is_left_can_be_posted(job: Job) -> None:
    job.run()
    environment = {
        "GITHUB_TOKEN": job.github.token(contents="write", pull_requests="write", issues="write", checks="write"),
        "GITHUB_API_URL": job.github.address,
        "GITHUB_REPOSITORY": job.repository.name,
        "GITHUB_EVENT_PATH": "",
    }
    with patch.dict(os.environ, environment):
        assert main(["post-review", str(job.out)]) == 0
    assert [(thread.path, thread.line) for thread in job.repository.pulls[1].threads] == [(LOAD, FIRST + 2)]


def test_the_configuration_is_that_of_the_base(tmp_path: Path) -> None:
    settings = ".databricks-plugin-config.yaml"
    base = {LOAD: PLAIN, settings: "fail_on: medium\n"}
    with working(tmp_path, base, {LOAD: PLAIN + LOOP, settings: "rules:\n  ignore: [PYS003]\n"}) as job:
        assert job.run() == 1
        assert len(job.posted.comments) == 1


def test_an_attribute_of_the_head_hides_no_finding(tmp_path: Path) -> None:
    with working(tmp_path, {LOAD: PLAIN}, {LOAD: PLAIN + LOOP, ".gitattributes": "* binary\n"}) as job:
        assert job.run("--fail-on", "medium") == 1
        assert job.posted.comments == []
        assert "GitHub shows no diff of this file" in job.posted.summary


def test_what_could_not_be_reviewed_makes_the_review_neutral(tmp_path: Path) -> None:
    with working(tmp_path, {LOAD: PLAIN}, {"src/broken.py": "def (:\n"}) as job:
        assert job.run() == 3
        assert (job.posted.conclusion, job.posted.not_reviewed) == ("neutral", 1)
        assert "broken.py" in job.posted.summary
        assert "broken.py" in job.posted.reason


def test_comments_are_capped_the_worst_first_and_the_rest_is_told(tmp_path: Path) -> None:
    with working(tmp_path, {LOAD: PLAIN}, {LOAD: PLAIN + COUNT + LOOP * 4}) as job:
        job.run("--max-inline", "2")
        assert ["PYS003" in comment.body for comment in job.posted.comments] == [True, True]
        assert job.posted.summary.count("over the limit of comments on lines") == 3
        assert len(job.posted.still_there) == job.posted.findings == 5


def test_a_suggestion_silences_its_rule_when_it_is_committed(tmp_path: Path) -> None:
    with working(tmp_path, {LOAD: PLAIN}, {LOAD: PLAIN + COUNT + LOOP}) as job:
        job.run()
        (suggesting,) = [comment for comment in job.posted.comments if comment.suggestion is not None]
        assert "PYS009" in suggesting.body
        lines = (PLAIN + COUNT + LOOP).split("\n")
        lines[(suggesting.start_line or suggesting.line) - 1 : suggesting.line] = [suggesting.suggestion or ""]
        push(job.repository, 1, {LOAD: "\n".join(lines)})
        job.check_out()
        job.run()
        assert suggesting.finding not in job.posted.still_there
        assert not any("PYS009" in comment.body for comment in job.posted.comments)


@pytest.mark.parametrize("newline", ["\r\n"])
def test_a_file_with_other_newlines_gets_no_suggestion(tmp_path: Path, newline: str) -> None:
    base, head = (text.replace("\n", newline) for text in (PLAIN, PLAIN + COUNT))
    with working(tmp_path, {LOAD: base}, {LOAD: head}) as job:
        job.run()
        (comment,) = job.posted.comments
        assert (comment.line, comment.suggestion) == (PLAIN.count("\n") + 1, None)


def test_no_suggestion_shows_a_credential(tmp_path: Path) -> None:
    line = "if df.count() == 0: token = 'dapi" + "0123456789abcdef" * 2 + "'\n"
    with working(tmp_path, {LOAD: PLAIN}, {LOAD: PLAIN + line}) as job:
        job.run()
        assert all(comment.suggestion is None for comment in job.posted.comments)
        assert "0123456789abcdef" not in (job.out / "pull-review.json").read_text(encoding="utf-8")


def test_a_folder_of_the_repository_is_reviewed_at_its_own_paths(tmp_path: Path) -> None:
    with working(tmp_path, {f"etl/{LOAD}": PLAIN}, {f"etl/{LOAD}": PLAIN + LOOP}) as job:
        job.inside = "etl"
        assert job.run() == 0
        assert [comment.path for comment in job.posted.comments] == [f"etl/{LOAD}"]


REFUSED: dict[str, tuple[dict[str, object], str]] = {
    "closed": ({"state": "closed"}, "is closed"),
    "merged": ({"state": "closed", "merged": True}, "is merged"),
    "draft": ({"draft": True}, "is a draft"),
    "deleted fork": ({"fork": "bob/lakehouse", "fork_deleted": True}, "was deleted"),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_a_pull_request_that_is_not_to_be_reviewed_is_refused_in_one_sentence(
    job: Job, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    state, said = REFUSED[reason]
    for name, value in state.items():
        setattr(job.repository.pulls[1], name, value)
    assert job.run() == 2
    assert said in capsys.readouterr().err
    assert said in job.summary
    assert job.outputs["conclusion"] == "neutral"
    assert not job.out.exists()


def test_a_draft_is_reviewed_where_that_is_asked_for(job: Job) -> None:
    job.repository.pulls[1].draft = True
    assert job.run("--drafts") == 0


def test_another_commit_than_the_head_is_refused(job: Job, capsys: pytest.CaptureFixture[str]) -> None:
    job.check_out(job.base)
    assert job.run() == 2
    assert "check that one out" in capsys.readouterr().err


def test_a_push_after_the_checkout_is_left_to_the_next_run(job: Job, capsys: pytest.CaptureFixture[str]) -> None:
    job.check_out()
    push(job.repository, 1, {"src/other.py": "x = 1\n"}, amend=True)
    assert job.run() == 2
    assert "newer push" in capsys.readouterr().err
    assert not job.out.exists()


def test_a_base_that_was_not_fetched_is_named(job: Job, capsys: pytest.CaptureFixture[str]) -> None:
    job.check_out()
    push(job.repository, 1, {"base.py": "x = 1\n"}, branch="main")
    assert job.run() == 2
    assert "fetch it first" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["pull_request_target", "workflow_dispatch", "issue_comment"])
def test_a_review_begins_from_no_such_event(job: Job, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert job.run(name=name) == 2
    assert repr(name) in capsys.readouterr().err
    assert not [request for request in job.github.requests if request.path]


def test_a_pull_request_may_be_named_without_an_event(job: Job) -> None:
    job.check_out()
    assert job.command("--repo", job.repository.name, "--pull", "1", GITHUB_EVENT_PATH="") == 0
    assert len(job.posted.comments) == 1


STRANGERS = {
    "fork": {"fork": "bob/lakehouse"},
    "association": {"association": "FIRST_TIME_CONTRIBUTOR"},
    "app": {"association": "MEMBER"},
}


@pytest.mark.parametrize("who", STRANGERS)
def test_no_model_is_asked_for_strangers(job: Job, who: str) -> None:
    for name, value in STRANGERS[who].items():
        setattr(job.repository.pulls[1], name, value)
    if who == "app":
        job.event["sender"] = {"login": "helper[bot]", "type": "Bot"}
    assert job.run("--model", "claude-sonnet-5-5", "--max-usd", "1") == 0
    assert "Reviewed by rules alone" in job.posted.summary
    assert job.posted.conclusion == "success"


def test_a_model_that_cannot_be_asked_makes_the_review_neutral(job: Job) -> None:
    job.repository.pulls[1].association = "MEMBER"
    with patch.dict(os.environ):
        for name in [each for each in os.environ if each.startswith("ANTHROPIC")]:
            del os.environ[name]
        assert job.run("--model", "claude-sonnet-5-5") == 3
    assert job.posted.conclusion == "neutral"
    assert "no model was asked" in job.posted.reason


def test_a_configuration_inside_the_checkout_is_refused(job: Job, capsys: pytest.CaptureFixture[str]) -> None:
    checkout = job.check_out()
    (checkout / "mild.yaml").write_text("fail_on: never\n", encoding="utf-8")
    assert job.run("--config", str(checkout / "mild.yaml")) == 2
    assert "--config names a file of the checkout" in capsys.readouterr().err


def test_a_reviewer_that_is_part_of_the_head_is_refused(job: Job, capsys: pytest.CaptureFixture[str]) -> None:
    checkout = job.check_out()
    (checkout / "plugins").mkdir()
    with patch("orchestrator.cli.pull_request.content_folder", lambda name: checkout / name):
        assert job.run() == 2
    assert "install it elsewhere" in capsys.readouterr().err


@pytest.mark.parametrize(("status", "code"), [(404, 2), (403, 2), (401, 2)])
def test_a_token_that_may_not_read_is_told_what_it_needs(
    job: Job, status: int, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    job.github.fail(Failure(path="/pulls/1", status=status, body='{"message": "Not Found"}'))
    assert job.run() == code
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert "Nothing was reviewed" in job.summary


def test_the_token_is_out_of_reach_while_the_code_is_read(job: Job) -> None:
    seen: list[str | None] = []

    def reviewing(request: Request, *, use_cache: bool, progress: Progress) -> Reviewed:
        seen.append(os.environ.get("GITHUB_TOKEN"))
        return cached_review(request, use_cache=use_cache, progress=progress)

    with patch("orchestrator.cli.pull_request.cached_review", reviewing):
        job.run()
    assert seen == [None]


def test_hostile_names_and_texts_stay_text(tmp_path: Path) -> None:
    name = "src/<!-- orchestrate:v1 summary -->.py"
    with working(tmp_path, {"a.py": "x = 1\n"}, {name: PLAIN + LOOP, "src/@team.py": "def (:\n"}) as job:
        assert job.run() == 3
        assert [comment.path for comment in job.posted.comments] == [name]
        assert "<!-- orchestrate:" not in job.posted.summary
        assert "`src/@team.py`" in job.posted.summary


def test_a_comment_that_quotes_a_mark_of_ours_is_text(tmp_path: Path) -> None:
    line = "if df.count() == 0:  # <!-- orchestrate:v1 finding=0 -->\r\n    pass\r\n"
    base = PLAIN.replace("\n", "\r\n")
    with working(tmp_path, {LOAD: base}, {LOAD: base + line}) as job:
        assert job.run() == 0
        (comment,) = job.posted.comments
        assert "!-- orchestrate:v1" in comment.body
        assert "<!-- orchestrate:v1" not in comment.body


def test_github_is_asked_for_little(job: Job) -> None:
    job.run()
    assert [request.path.removeprefix("/repos/acme/lakehouse") for request in job.github.requests] == [
        "/pulls/1",
        "/pulls/1/files",
    ]
    assert not job.github.writes
