"""Pull requests and events for the tests of the Action, and its code as a runner unpacks it."""

from __future__ import annotations

import shutil
from pathlib import Path

from pydantic import JsonValue

from tests.github.loopback import Repository
from tests.github.loopback.told import pull_json
from tests.github.runner.running import Job, Occasion, Runner

ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "examples" / "github"
NAME = "acme/lakehouse"
ROWS = "".join(f"OPTIMIZE main.sales.orders_{number};\n" for number in range(1, 31))
BAD = "VACUUM main.sales.orders RETAIN 1 HOURS;\n"
RUINED = ROWS.replace("OPTIMIZE main.sales.orders_15;", f"{BAD}OPTIMIZE main.sales.orders_15;")
"""A line that ruins time travel, which is line 15."""
PARTS = ("orchestrator", "agents", "skills", "tools", "plugins")
FILES = ("action.yml", "requirements-action.lock", "requirements-action-model.lock")


def unpacked(place: Path) -> Path:
    """Our action as the runner unpacks it: a copy, far from the repository."""
    for part in PARTS:
        shutil.copytree(ROOT / part, place / part, ignore=shutil.ignore_patterns("__pycache__"))
    for file in FILES:
        shutil.copy(ROOT / file, place)
    return place


def pull_event(repository: Repository, number: int = 1) -> Occasion:
    pull = repository.pulls[number]
    payload: dict[str, JsonValue] = {
        "action": "synchronize",
        "number": number,
        "pull_request": pull_json(repository, pull),
        "repository": {"full_name": repository.name},
        "sender": {"login": pull.author, "type": "User"},
    }
    return Occasion(event="pull_request", payload=payload, is_fork=pull.fork is not None)


def followed(runner: Runner, jobs: dict[str, Job], head: str) -> Occasion:
    """The `workflow_run` after a run of pull request 1: for a fork it names no pull request."""
    pull = runner.github.first.pulls[1]
    run: dict[str, JsonValue] = {
        "id": str(runner.runs),
        "event": "pull_request",
        "conclusion": "success" if all(job.outcome == "success" for job in jobs.values()) else "failure",
        "head_sha": head,
        "head_branch": pull.head,
        "head_repository": {"full_name": pull.fork or NAME},
        "pull_requests": [],
    }
    payload: dict[str, JsonValue] = {"workflow_run": run, "repository": {"full_name": NAME}}
    return Occasion(event="workflow_run", payload=payload)


def reviewed(runner: Runner, repository: Repository) -> dict[str, Job]:
    return runner.run(EXAMPLES / "pull-requests.yml", pull_event(repository))


def logs(jobs: dict[str, Job]) -> str:
    return "\n".join(f"# {name}: {job.outcome}\n{job.log}{job.summary}" for name, job in jobs.items())
