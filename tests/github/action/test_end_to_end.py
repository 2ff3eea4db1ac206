"""The Action from end to end: the example workflows on a runner of this machine, against the loopback GitHub.

What the runner installs comes from the environment of the tests; test_installing.py does it from the registry.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import JsonValue

from tests.github.action.acting import EXAMPLES, ROWS, followed, logs, pull_event, reviewed
from tests.github.loopback import GitHub, Repository, push
from tests.github.runner.running import Runner

pytestmark = pytest.mark.usefixtures("socket_enabled")


def test_pull_request_gets_one_review_a_summary_and_a_check(
    runner: Runner, github: GitHub, repository: Repository
) -> None:
    jobs = reviewed(runner, repository)
    assert [job.outcome for job in jobs.values()] == ["success", "success"], logs(jobs)
    pull = repository.pulls[1]
    assert [(thread.path, thread.line, thread.comments[0].login) for thread in pull.threads] == [
        ("jobs/daily.sql", 15, "github-actions[bot]")
    ]
    assert len(pull.reviews) == 1
    assert len(pull.conversation) == 1
    assert [(check.conclusion, check.head_sha) for check in repository.checks] == [("failure", github.head(1))]
    assert "1 finding at or above the gate" in jobs["review"].summary
    assert jobs["post"].outputs["post"]["conclusion"] == "failure"
    assert {request.status for request in github.writes} <= {200, 201}


def test_same_commit_twice_adds_no_comment(runner: Runner, github: GitHub, repository: Repository) -> None:
    reviewed(runner, repository)
    before = len(github.writes)
    jobs = reviewed(runner, repository)
    assert [job.outcome for job in jobs.values()] == ["success", "success"], logs(jobs)
    assert [len(repository.pulls[1].threads), len(repository.pulls[1].conversation)] == [1, 1]
    assert [request.path for request in github.writes[before:] if "/check-runs" not in request.path] == []


def test_fixed_finding_gets_a_word_its_thread_is_resolved_and_the_check_succeeds(
    runner: Runner, github: GitHub, repository: Repository
) -> None:
    reviewed(runner, repository)
    push(
        repository,
        1,
        {"jobs/daily.sql": ROWS.replace("OPTIMIZE main.sales.orders_15;", "OPTIMIZE main.sales.orders_115;")},
    )
    jobs = reviewed(runner, repository)
    thread = repository.pulls[1].threads[0]
    assert "Fixed in" in thread.comments[-1].body, logs(jobs)
    assert thread.resolved_by is not None
    assert repository.checks[-1].conclusion == "success"
    assert repository.checks[-1].head_sha == github.head(1)


def test_push_between_the_jobs_posts_no_line_of_the_old_head(runner: Runner, repository: Repository) -> None:
    def meanwhile(job: str) -> None:
        if job == "post":
            push(repository, 1, {"jobs/daily.sql": ROWS}, amend=True)

    runner.between = meanwhile
    jobs = reviewed(runner, repository)
    assert repository.pulls[1].threads == []
    assert [check.conclusion for check in repository.checks if check.conclusion == "success"] == []
    assert jobs["post"].summary.strip(), logs(jobs)


def closed(repository: Repository) -> None:
    repository.pulls[1].state = "closed"


def merged(repository: Repository) -> None:
    repository.pulls[1].state, repository.pulls[1].merged = "closed", True


def draft(repository: Repository) -> None:
    repository.pulls[1].draft = True


@pytest.mark.parametrize("happens", [closed, merged, draft])
@pytest.mark.parametrize("when", ["review", "post"])
def test_pull_request_that_is_not_open_any_more_gets_nothing_and_a_sentence(
    runner: Runner, repository: Repository, happens: Callable[[Repository], None], when: str
) -> None:
    occasion = pull_event(repository)
    runner.between = lambda job: happens(repository) if job == when else None
    jobs = runner.run(EXAMPLES / "pull-requests.yml", occasion)
    assert repository.pulls[1].threads == []
    assert repository.pulls[1].conversation == []
    assert [check.conclusion for check in repository.checks if check.conclusion == "success"] == []
    assert re.search(r"pull request 1 is (closed|merged|a draft)", jobs[when].summary), logs(jobs)
    assert jobs[when].outcome == "failure"
    assert "Traceback" not in logs(jobs)


def test_draft_and_fork_are_skipped_by_the_workflow_of_the_repository(runner: Runner, repository: Repository) -> None:
    repository.pulls[1].draft = True
    assert {job.outcome for job in reviewed(runner, repository).values()} == {"skipped"}
    repository.pulls[1].draft, repository.pulls[1].fork = False, "mallory/lakehouse"
    assert {job.outcome for job in reviewed(runner, repository).values()} == {"skipped"}


def test_fork_is_reviewed_without_a_write_and_posted_by_the_workflow_that_follows(
    runner: Runner, github: GitHub, repository: Repository
) -> None:
    repository.pulls[1].fork = "mallory/lakehouse"
    first = runner.run(EXAMPLES / "forks-review.yml", pull_event(repository))
    assert first["review"].outcome == "success", logs(first)
    assert github.writes == []
    second = runner.run(EXAMPLES / "forks-post.yml", followed(runner, first, github.head(1)))
    assert second["post"].outcome == "success", logs(second)
    assert [thread.line for thread in repository.pulls[1].threads] == [15]
    assert [check.conclusion for check in repository.checks] == ["failure"]


def test_artifact_of_a_fork_that_names_another_pull_request_posts_nothing(
    runner: Runner, github: GitHub, repository: Repository
) -> None:
    repository.pulls[1].fork = "mallory/lakehouse"
    first = runner.run(EXAMPLES / "forks-review.yml", pull_event(repository))
    push(repository, 1, {"new.sql": "SELECT 1;\n"}, branch="feature")
    second = runner.run(EXAMPLES / "forks-post.yml", followed(runner, first, github.head(1)))
    assert second["post"].outcome == "failure"
    assert repository.pulls[1].threads == []
    assert second["post"].summary.strip()


@pytest.mark.parametrize(
    ("field", "value"),
    [("repository", "acme/other"), ("pull", 2), ("head", "0" * 40), ("conclusion", "approved"), ("more", 1)],
)
def test_artifact_that_was_tampered_with_posts_nothing(
    runner: Runner, github: GitHub, repository: Repository, field: str, value: JsonValue
) -> None:
    def tamper(job: str) -> None:
        if job == "post":
            file = runner.artifacts / str(runner.runs) / "databricks-review" / "pull-review.json"
            told = json.loads(file.read_text(encoding="utf-8"))
            file.write_text(json.dumps({**told, field: value}), encoding="utf-8")

    runner.between = tamper
    jobs = reviewed(runner, repository)
    assert jobs["post"].outcome == "failure", logs(jobs)
    assert jobs["post"].summary.strip()
    assert "Traceback" not in logs(jobs)
    assert [request for request in github.writes if "/check-runs" not in request.path] == []
    assert [check.conclusion for check in repository.checks if check.conclusion == "success"] == []


def test_code_scanning_gets_the_sarif_and_nothing_is_posted(
    runner: Runner, github: GitHub, repository: Repository
) -> None:
    jobs = runner.run(EXAMPLES / "code-scanning.yml", pull_event(repository))
    assert [job.outcome for job in jobs.values()] == ["success", "success"], logs(jobs)
    (told,) = jobs["upload"].uploaded
    assert [result["ruleId"] for result in json.loads(told)["runs"][0]["results"]] == ["DEL001"]
    assert github.writes == []


def test_what_is_installed_is_pinned_by_hash_and_comes_before_the_code(
    runner: Runner, repository: Repository, tmp_path: Path
) -> None:
    jobs = reviewed(runner, repository)
    asked = (tmp_path / "pip.log").read_text(encoding="utf-8").splitlines()
    assert len(asked) == 2
    for line in asked:
        assert "--require-hashes" in line
        assert "--only-binary :all:" in line
        assert "requirements-action.lock" in line
    log = jobs["review"].log
    assert log.index("Install the reviewer") < log.index("Check out the head")


def test_gate_of_the_job_ends_the_review_red_and_leaves_the_artifact(
    runner: Runner, github: GitHub, repository: Repository, tmp_path: Path
) -> None:
    workflow = tmp_path / "pull-requests.yml"
    text = (EXAMPLES / "pull-requests.yml").read_text(encoding="utf-8")
    workflow.write_text(text.replace("{part: review}", "{part: review, gate: job}"), encoding="utf-8")
    jobs = runner.run(workflow, pull_event(repository))
    assert [job.outcome for job in jobs.values()] == ["failure", "skipped"], logs(jobs)
    assert (runner.artifacts / "1" / "databricks-review" / "results.sarif").is_file()
    assert github.writes == []


def test_review_that_is_incomplete_is_neutral_with_its_reason(runner: Runner, repository: Repository) -> None:
    push(repository, 1, {"jobs/daily.sql": ROWS, "jobs/broken.py": "def broken(:\n"})
    jobs = reviewed(runner, repository)
    assert [job.outcome for job in jobs.values()] == ["success", "failure"], logs(jobs)
    assert [check.conclusion for check in repository.checks] == ["neutral"]
    assert repository.checks[0].summary.startswith("1 file could not be reviewed: jobs/broken.py")
    assert "could not be reviewed" in jobs["post"].summary


def test_unknown_part_ends_with_a_sentence(runner: Runner, repository: Repository, tmp_path: Path) -> None:
    workflow = tmp_path / "pull-requests.yml"
    text = (EXAMPLES / "pull-requests.yml").read_text(encoding="utf-8")
    workflow.write_text(text.replace("{part: review}", "{part: both}"), encoding="utf-8")
    jobs = runner.run(workflow, pull_event(repository))
    assert jobs["review"].outcome == "failure"
    assert "neither 'review' nor 'post'" in jobs["review"].log
