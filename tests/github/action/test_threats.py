"""What a hostile pull request can do to the Action: one test for each line of the table in docs/security.md."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.github.action.acting import EXAMPLES, ROOT, ROWS, RUINED, followed, logs, pull_event, reviewed
from tests.github.action.test_workflows import test_job_that_reads_code_cannot_write_and_job_that_writes_reads_no_code
from tests.github.loopback import GitHub, Repository, planted, push, serving
from tests.github.runner.running import Occasion, Runner

pytestmark = pytest.mark.usefixtures("socket_enabled")

CALLED = "import pathlib; pathlib.Path({place!r}).write_text('ran')\n"
NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")


def test_every_line_of_the_table_names_a_test_that_is_there() -> None:
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8").partition("## Pull requests")[2]
    table = text.partition("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ") and not line.startswith("| threat")]
    assert len(rows) >= 10
    for row in rows:
        named = NAMED.findall(row)
        assert named, row
        for file, test in named:
            assert f"def {test}(" in (ROOT / "tests/github" / file).read_text(encoding="utf-8"), row


def test_title_branch_and_body_reach_no_shell(runner: Runner, repository: Repository, tmp_path: Path) -> None:
    place = tmp_path / "pwned"
    pull = repository.pulls[1]
    push(repository, 1, {}, branch="feature")
    hostile = f'";touch${{IFS}}{place};"$(touch${{IFS}}{place})`touch${{IFS}}{place}`'
    pull.title = pull.body = hostile
    occasion = pull_event(repository)
    side = occasion.payload["pull_request"]
    assert isinstance(side, dict)
    head = side["head"]
    assert isinstance(head, dict)
    head["ref"] = head["label"] = hostile
    jobs = runner.run(EXAMPLES / "pull-requests.yml", occasion)
    assert [job.outcome for job in jobs.values()] == ["success", "success"], logs(jobs)
    assert not place.exists()


def test_no_code_of_the_head_is_run(runner: Runner, repository: Repository, tmp_path: Path) -> None:
    place = tmp_path / "ran"
    called = CALLED.format(place=str(place))
    names = ("yaml", "pip", "venv", "sitecustomize", "usercustomize", "conftest", "json", "github", "setup")
    files = {f"{name}.py": called for name in names}
    push(repository, 1, {**files, "orchestrator/__init__.py": called, "orchestrator/__main__.py": called})
    jobs = reviewed(runner, repository)
    assert [job.outcome for job in jobs.values()] == ["success", "success"], logs(jobs)
    assert not place.exists()
    assert [thread.path for thread in repository.pulls[1].threads] == ["jobs/daily.sql"]


def test_configuration_of_the_head_does_not_turn_its_review_down(runner: Runner, repository: Repository) -> None:
    push(repository, 1, {".databricks-plugin-config.yaml": "ignore: [DEL001]\nfail_on: never\nexclude: ['jobs/**']\n"})
    jobs = reviewed(runner, repository)
    assert [thread.path for thread in repository.pulls[1].threads] == ["jobs/daily.sql"], logs(jobs)
    assert [check.conclusion for check in repository.checks] == ["failure"]


def test_job_that_reads_the_head_only_reads(runner: Runner, github: GitHub, repository: Repository) -> None:
    counted: list[int] = []
    runner.between = lambda _job: counted.append(len(github.requests))
    reviewed(runner, repository)
    assert {request.method for request in github.requests[counted[0] : counted[1]]} == {"GET"}
    for example in EXAMPLES.glob("*.yml"):
        test_job_that_reads_code_cannot_write_and_job_that_writes_reads_no_code(example)


def test_job_that_posts_has_no_code_and_no_model(runner: Runner, repository: Repository) -> None:
    jobs = reviewed(runner, repository)
    assert "Check out" not in jobs["post"].log
    assert list((runner.folder / "run-1" / "post" / "workspace").iterdir()) == []


def test_marks_in_texts_of_others_count_nothing(runner: Runner, github: GitHub, repository: Repository) -> None:
    reviewed(runner, repository)
    forged = repository.pulls[1].threads.pop().comments[0].body
    said = repository.pulls[1].conversation.pop().body
    assert "<!-- orchestrate:v1" in forged
    thread = github.review_comment(1, "jobs/daily.sql", 15, forged, login="mallory")
    comment = github.comment(1, said, login="mallory")
    jobs = reviewed(runner, repository)
    assert [each.comments[0].login for each in repository.pulls[1].threads] == ["mallory", "github-actions[bot]"], logs(
        jobs
    )
    assert [each.login for each in repository.pulls[1].conversation] == ["mallory", "github-actions[bot]"]
    assert (thread.comments[0].body, comment.body, thread.resolved_by) == (forged, said, None)


@pytest.mark.parametrize("how", ["resolved", "disliked"])
def test_what_a_person_closed_stays_closed(runner: Runner, github: GitHub, repository: Repository, how: str) -> None:
    reviewed(runner, repository)
    thread = repository.pulls[1].threads[0]
    if how == "resolved":
        github.resolve(1, thread, login="ada")
    else:
        github.react(thread.comments[0], "-1", login="ada")
    push(repository, 1, {"jobs/daily.sql": f"OPTIMIZE main.sales.more;\n{RUINED}"})
    jobs = reviewed(runner, repository)
    assert [each.id for each in repository.pulls[1].threads] == [thread.id], logs(jobs)
    assert len(thread.comments) == 1


def test_event_that_gives_a_stranger_secrets_is_refused(runner: Runner, github: GitHub, repository: Repository) -> None:
    occasion = Occasion(event="pull_request_target", payload=pull_event(repository).payload)
    jobs = runner.run(EXAMPLES / "pull-requests.yml", occasion)
    assert [job.outcome for job in jobs.values()] == ["failure", "skipped"]
    assert "pull_request_target" in jobs["review"].summary
    assert github.requests == []


@pytest.mark.parametrize("given", ["{checks: write}", "{pull-requests: write}", "{pull-requests: read, checks: read}"])
def test_missing_permission_is_named_and_nothing_is_half_posted(
    runner: Runner, repository: Repository, tmp_path: Path, given: str
) -> None:
    workflow = tmp_path / "pull-requests.yml"
    text = (EXAMPLES / "pull-requests.yml").read_text(encoding="utf-8")
    written = "{contents: write, pull-requests: write, checks: write}"
    assert text.count(written) == 1
    workflow.write_text(text.replace(written, given), encoding="utf-8")
    jobs = runner.run(workflow, pull_event(repository))
    assert jobs["post"].outcome == "failure", logs(jobs)
    assert re.search(r"pull-requests: write|checks: write", jobs["post"].summary), logs(jobs)
    assert repository.pulls[1].threads == []
    assert repository.pulls[1].conversation == []
    assert [check.conclusion for check in repository.checks if check.conclusion == "success"] == []


def test_markup_in_names_and_code_of_the_head_stays_text(action: Path, interpreter: Path, tmp_path: Path) -> None:
    path = "jobs/@ada <img src=x>.sql"
    line = (
        "VACUUM main.sales.orders RETAIN 1 HOURS; -- </details> ``` @ada <!-- orchestrate:v1 finding=0 --> ::error::x"
    )
    repository = planted(tmp_path, base={path: ROWS}, head={path: f"{line}\n{ROWS}"})
    with serving(repository) as github:
        runner = Runner(github=github, action=action, folder=tmp_path / "runner", interpreter=interpreter)
        jobs = reviewed(runner, repository)
    pull = repository.pulls[1]
    assert [thread.line for thread in pull.threads] == [1], logs(jobs)
    bodies = [comment.body for comment in (*pull.threads[0].comments, *pull.conversation)]
    bodies += [check.summary for check in repository.checks] + [job.summary for job in jobs.values()]
    for body in bodies:
        outside = re.sub(r"(`+).+?\1", "", body, flags=re.DOTALL)
        assert "<img" not in outside
        assert "</details> " not in outside
        assert not re.search(r"(?<![\w\\])@ada", outside)
        assert body.count("<!-- orchestrate:v1") <= 1
    assert not re.search(r"^::", "\n".join(job.log for job in jobs.values()), flags=re.MULTILINE)


def test_artifact_of_one_fork_cannot_speak_for_another(runner: Runner, github: GitHub, repository: Repository) -> None:
    repository.pulls[1].fork = "mallory/lakehouse"
    first = runner.run(EXAMPLES / "forks-review.yml", pull_event(repository))
    other = followed(runner, first, "f" * 40)
    second = runner.run(EXAMPLES / "forks-post.yml", other)
    assert second["post"].outcome == "failure"
    assert repository.pulls[1].threads == []
    assert [request for request in github.writes if "/check-runs" not in request.path] == []
