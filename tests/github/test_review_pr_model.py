"""`orchestrate review-pr --model`: what a model finds on changed lines is a comment like that of a rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.github.loopback import planted, serving
from tests.github.reviewing import Job
from tests.models.answers import Asked, Said, structured
from tests.models.messages_api import serving as serving_model
from tests.workflows.graph.scene import AGENTS, CLAIM, KEEP, LOAD, MODEL, WRITE, finds, who

pytestmark = pytest.mark.enable_socket

BEFORE = LOAD.replace(WRITE, "rows.show()")


def finds_new(asked: Asked) -> Said:
    """What a model says that finds the defect, and of which the refuter asks whether the change made it."""
    return structured({**KEEP, "new": "yes"}) if who(asked) == "refuter" else finds(asked)


def test_a_defect_that_the_refuter_keeps_is_a_comment_on_its_line_and_fails_the_gate(tmp_path: Path) -> None:
    repository = planted(tmp_path, base={"load.py": BEFORE}, head={"load.py": LOAD})
    repository.pulls[1].association = "MEMBER"
    with serving(repository) as github, serving_model(finds_new) as model:
        job = Job(github=github, repository=repository, folder=tmp_path)
        asked = ("--model", MODEL, "--agents", ",".join(AGENTS))
        places = {"ANTHROPIC_API_KEY": "k", "ANTHROPIC_BASE_URL": model.address}
        code = job.run(*asked, **places, ORCHESTRATE_CACHE_DIR=str(tmp_path / "cache"))
    assert code == 1
    (comment,) = job.posted.comments
    assert (comment.path, comment.line) == ("load.py", CLAIM["start_line"])
    assert str(CLAIM["category"]) in comment.body
    assert job.posted.conclusion == "failure"
    assert MODEL in job.posted.summary
