"""The examples for GitLab and Azure DevOps: their own lines on a project, those that post against a loopback API."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
GITLAB = ROOT / "examples/gitlab/gitlab-ci.yml"
AZURE = ROOT / "examples/azure/azure-pipelines.yml"
TOKEN = "made-up-token"
TITLE = "a$(touch owned)`touch owned`"
SAFE = "def total(df):\n    return df\n"
LOOPS = f"{SAFE}\ndef wide(df, names):\n    for name in names:\n        df = df.withColumn(name, df.a)\n    return df\n"


def notebook(code: str) -> str:
    """A Jupyter notebook with that code in its second cell."""
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["# title"]},
        {
            "cell_type": "code",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": code.splitlines(keepends=True),
        },
    ]
    body = {
        "cells": cells,
        "metadata": {"language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(body, indent=1)


def git(folder: Path, *arguments: str) -> str:
    """What git says."""
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    return subprocess.run(
        ["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with a branch that adds a defect to a notebook, beside an old one in a file with a hostile name."""
    folder = tmp_path / "project"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    (folder / "new.ipynb").write_text(notebook(SAFE), encoding="utf-8")
    (folder / f"{TITLE}.py").write_text(LOOPS, encoding="utf-8")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "base")
    git(folder, "update-ref", "refs/remotes/origin/main", "HEAD")
    git(folder, "checkout", "--quiet", "-b", "change")
    (folder / "new.ipynb").write_text(notebook(LOOPS), encoding="utf-8")
    git(folder, "commit", "--quiet", "-am", "change")
    return folder


def ran(script: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """How a script of a CI job ends in that folder."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    kept = {"HOME": str(folder.parent), "ORCHESTRATE_CACHE_DIR": str(folder.parent / "cache")}
    return subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env={"PATH": path, "PYTHONPATH": str(ROOT), **kept, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def line_of(path: Path, words: str) -> int:
    """The line of a file on disk that holds the words."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if words in line)


def test_gitlab_gets_the_whole_project_and_the_gate_looks_at_the_change(project: Path) -> None:
    job = yaml.safe_load(GITLAB.read_text(encoding="utf-8"))["databricks-review"]
    script = "set -e\n" + "\n".join(job["script"])
    ended = ran(script, project, CI_MERGE_REQUEST_DIFF_BASE_SHA=git(project, "rev-parse", "main"))
    assert ended.returncode == 0, ended.stderr
    report = project / job["artifacts"]["reports"]["codequality"]
    found = {each["location"]["path"]: each for each in json.loads(report.read_text(encoding="utf-8"))}
    assert found.keys() == {"new.ipynb", f"{TITLE}.py"}
    assert found["new.ipynb"]["location"]["lines"]["begin"] == line_of(project / "new.ipynb", "withColumn")
    whole, gate = ended.stdout.split("PASSED: 2 findings, no gate was set")
    assert f"{TITLE}.py" in whole
    assert f"{TITLE}.py" not in gate
    assert "not counted: 1 outside the diff" in gate
    assert not (project / "owned").exists()


@dataclass
class Posted:
    """The threads of a made-up pull request, as Azure DevOps keeps them."""

    threads: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, str, str | None]] = field(default_factory=list)
    refuses: bool = False


@pytest.fixture
def posted(socket_enabled: None) -> Iterator[tuple[str, Posted]]:
    """A loopback API of threads and its address."""
    del socket_enabled
    kept = Posted()

    class Api(BaseHTTPRequestHandler):
        """Lists threads and adds one."""

        def do_GET(self) -> None:
            self._answer({"value": kept.threads, "count": len(kept.threads)})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if not kept.refuses:
                kept.threads.append({"id": len(kept.threads) + 1, **body})
            self._answer(body)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

        def _answer(self, body: object) -> None:
            kept.asked.append((self.command, self.path, self.headers["Authorization"]))
            data = json.dumps(body).encode()
            self.send_response(403 if kept.refuses and self.command == "POST" else 200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/acme/", kept
    server.shutdown()
    server.server_close()
    thread.join()


def steps() -> dict[str, str]:
    """The scripts of the pipeline by their names."""
    pipeline = yaml.safe_load(AZURE.read_text(encoding="utf-8"))
    return {step["displayName"]: step["bash"] for step in pipeline["steps"] if "bash" in step}


def azure(project: Path, address: str) -> tuple[subprocess.CompletedProcess[str], subprocess.CompletedProcess[str]]:
    """How the review and the posting of a pull request end."""
    temporary = project.parent / "temporary"
    temporary.mkdir(exist_ok=True)
    if not (temporary / "venv").exists():
        (temporary / "venv").symlink_to(Path(sys.executable).parent.parent)
        (temporary / "tool").symlink_to(ROOT)
    variables = {
        "AGENT_TEMPDIRECTORY": str(temporary),
        "SYSTEM_PULLREQUEST_SOURCECOMMITID": git(project, "rev-parse", "change"),
        "SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main",
        "SYSTEM_COLLECTIONURI": address,
        "SYSTEM_TEAMPROJECTID": "team",
        "BUILD_REPOSITORY_ID": "repository",
        "SYSTEM_PULLREQUEST_PULLREQUESTID": "22",
    }
    review = ran(steps()["Review"], project, **variables)
    return review, ran(steps()["Post"], project, **variables, SYSTEM_ACCESSTOKEN=TOKEN)


@pytest.mark.real
def test_azure_gets_each_thread_once_with_the_token_of_the_job(project: Path, posted: tuple[str, Posted]) -> None:
    address, kept = posted
    kept.threads.append({"id": 0, "properties": None, "comments": []})
    for new in (1, 0):
        review, post = azure(project, address)
        assert review.returncode == 0, review.stderr
        assert post.returncode == 0, post.stderr
        assert post.stdout == f"{new} new of 1 threads posted.\n"
    _, thread = kept.threads
    assert thread["threadContext"]["filePath"] == "/new.ipynb"
    assert thread["threadContext"]["rightFileStart"]["line"] == line_of(project / "new.ipynb", "withColumn")
    path = "/acme/team/_apis/git/repositories/repository/pullRequests/22/threads?api-version=7.1"
    assert kept.asked == [(way, path, f"Bearer {TOKEN}") for way in ("GET", "POST", "GET")]
    assert not (project.parent / "temporary" / "header").exists()


@pytest.mark.real
def test_hostile_names_reach_azure_as_text_and_run_nothing(project: Path, posted: tuple[str, Posted]) -> None:
    address, kept = posted
    (project / f"{TITLE}.py").write_text(LOOPS.replace("wide", "wider").replace("name", "named"), encoding="utf-8")
    git(project, "commit", "--quiet", "-am", "##vso[task.setvariable variable=PATH]x")
    _, post = azure(project, address)
    assert post.returncode == 0, post.stderr
    assert {each["threadContext"]["filePath"] for each in kept.threads} == {"/new.ipynb", f"/{TITLE}.py"}
    assert TITLE not in post.stdout + post.stderr
    assert [*project.parent.rglob("owned")] == []


@pytest.mark.real
def test_a_refused_thread_fails_the_job_and_says_the_code(project: Path, posted: tuple[str, Posted]) -> None:
    address, kept = posted
    kept.refuses = True
    _, post = azure(project, address)
    assert post.returncode != 0
    assert "403" in post.stderr
    assert not (project.parent / "temporary" / "header").exists()


def test_the_token_is_given_to_the_step_that_posts_alone() -> None:
    pipeline = yaml.safe_load(AZURE.read_text(encoding="utf-8"))
    named = [step.get("displayName") for step in pipeline["steps"] if "ACCESSTOKEN" in str(step)]
    assert named == ["Post"]
    assert "$(" not in steps()["Review"]
    assert "$(System" not in steps()["Post"]
