"""Workflows, jobs and steps, run one after the other."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import JsonValue

from tests.github.loopback import GitHub
from tests.github.loopback.records import Access
from tests.github.runner.actions import ActionError, Surroundings, use
from tests.github.runner.expressions import filled, holds

OURS = "OWNER/databricks-platform-marketplace@COMMIT"
Step = dict[str, Any]


@dataclass(kw_only=True, slots=True)
class Job:
    """How a job ended, and what it left."""

    name: str
    outcome: str = "success"
    log: str = ""
    summary: str = ""
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    """Of each step that has an id."""
    uploaded: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, slots=True)
class Occasion:
    """What starts a run: the name of the event and its payload."""

    event: str
    payload: dict[str, JsonValue]
    is_fork: bool = False


@dataclass(kw_only=True)
class Runner:
    """Runs workflows of one repository; `action` is the folder of our action as the runner unpacks it."""

    github: GitHub
    action: Path
    folder: Path
    interpreter: Path
    between: Callable[[str], None] = lambda _job: None
    """Is told the name of each job before it begins: what happens meanwhile is done there."""
    runs: int = 0

    @property
    def artifacts(self) -> Path:
        """Where artifacts are kept, by run and name."""
        return self.folder / "artifacts"

    def run(self, workflow: Path, occasion: Occasion) -> dict[str, Job]:
        """The jobs of one run of the workflow, in their order; a skipped one has the outcome `skipped`."""
        self.runs += 1
        told = yaml.safe_load(workflow.read_text(encoding="utf-8"))
        jobs: dict[str, Job] = {}
        for name, job in told["jobs"].items():
            self.between(name)
            needed = jobs.get(job.get("needs", ""))
            contexts = self._contexts(occasion)
            if (needed is not None and needed.outcome != "success") or not holds(job.get("if", "'yes'"), contexts):
                jobs[name] = Job(name=name, outcome="skipped")
                continue
            jobs[name] = _Running(self, occasion, name, job).job()
        return jobs

    def _contexts(self, occasion: Occasion) -> dict[str, JsonValue]:
        name = self.github.first.name
        return {"github": {"event": occasion.payload, "repository": name, "run_id": str(self.runs)}}


class _Running:
    """One job while it runs, on a machine of its own."""

    def __init__(self, runner: Runner, occasion: Occasion, name: str, told: Mapping[str, Any]) -> None:
        self._runner = runner
        self._occasion = occasion
        self._told = told
        self._home = runner.folder / f"run-{runner.runs}" / name
        self._job = Job(name=name)
        self._token = runner.github.token(**_scopes(told["permissions"], is_fork=occasion.is_fork))
        for place in ("workspace", "temp", "home"):
            (self._home / place).mkdir(parents=True)
        self._around = Surroundings(
            source=runner.github.first.folder,
            workspace=self._home / "workspace",
            artifacts=runner.artifacts,
            run=str(runner.runs),
            interpreter=runner.interpreter,
        )

    def job(self) -> Job:
        for step in self._told["steps"]:
            given = {name: filled(str(value), self._contexts({})) for name, value in step.get("with", {}).items()}
            if step["uses"] == OURS:
                self._compose(given)
            else:
                self._do(step, given)
            if self._job.outcome != "success":
                break
        self._job.uploaded = self._around.uploaded
        return self._job

    def _compose(self, given: dict[str, str]) -> None:
        action = yaml.safe_load((self._runner.action / "action.yml").read_text(encoding="utf-8"))
        unknown = set(given) - set(action["inputs"])
        assert not unknown, f"inputs that the action has not: {unknown}"
        inputs = {
            name: given.get(name, filled(str(told.get("default", "")), self._contexts({})))
            for name, told in action["inputs"].items()
        }
        for step in action["runs"]["steps"]:
            condition = step.get("if", "'yes'")
            # Without a word about the job's state a condition means: and nothing has failed.
            if self._job.outcome != "success" and "cancelled()" not in condition:
                continue
            if holds(condition, self._contexts(inputs)):
                told = {
                    name: filled(_text(value), self._contexts(inputs)) for name, value in step.get("with", {}).items()
                }
                self._do(step, told, inputs)

    def _do(self, step: Step, given: dict[str, str], inputs: dict[str, str] | None = None) -> None:
        identity = step.get("id", f"step-{len(self._job.outputs)}")
        self._job.log += f"## {step.get('name', step.get('uses'))}\n"
        if "run" in step:
            self._job.outputs[identity] = self._shell(step, inputs or {})
            return
        try:
            self._job.outputs[identity] = use(step["uses"].partition("@")[0], given, self._around)
        except ActionError as error:
            self._fail(str(error))

    def _shell(self, step: Step, inputs: dict[str, str]) -> dict[str, str]:
        assert step["shell"] == "bash"
        contexts = self._contexts(inputs)
        files = {name: self._home / name for name in ("output", "summary")}
        for file in files.values():
            file.write_text("", encoding="utf-8")
        given = {name: filled(str(value), contexts) for name, value in step.get("env", {}).items()}
        where = filled(step.get("working-directory", str(self._around.workspace)), contexts)
        ended = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", filled(step["run"], contexts)],
            cwd=where,
            env={**self._environment(files), **given},
            capture_output=True,
            text=True,
            check=False,
        )
        self._job.log += ended.stdout + ended.stderr
        self._job.summary += files["summary"].read_text(encoding="utf-8")
        if ended.returncode != 0:
            self._fail(f"Process completed with exit code {ended.returncode}.")
        lines = files["output"].read_text(encoding="utf-8").splitlines()
        return dict(line.split("=", 1) for line in lines)

    def _fail(self, words: str) -> None:
        self._job.outcome = "failure"
        self._job.log += f"Error: {words}\n"

    def _environment(self, files: Mapping[str, Path]) -> dict[str, str]:
        event = self._home / "event.json"
        event.write_text(json.dumps(self._occasion.payload), encoding="utf-8")
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self._home / "home"),
            "LANG": "C.UTF-8",
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(self._runner.action),
            "GITHUB_API_URL": self._runner.github.address,
            "GITHUB_GRAPHQL_URL": f"{self._runner.github.address}/graphql",
            "GITHUB_EVENT_NAME": self._occasion.event,
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_OUTPUT": str(files["output"]),
            "GITHUB_REPOSITORY": self._runner.github.first.name,
            "GITHUB_RUN_ID": str(self._runner.runs),
            "GITHUB_STEP_SUMMARY": str(files["summary"]),
            "GITHUB_WORKSPACE": str(self._around.workspace),
            "RUNNER_TEMP": str(self._home / "temp"),
        }

    def _contexts(self, inputs: dict[str, str]) -> dict[str, JsonValue]:
        steps: dict[str, JsonValue] = {name: {"outputs": dict(told)} for name, told in self._job.outputs.items()}
        return {
            "github": {
                "event": self._occasion.payload,
                "repository": self._runner.github.first.name,
                "run_id": str(self._runner.runs),
                "token": self._token,
            },
            "runner": {"temp": str(self._home / "temp")},
            "inputs": dict(inputs),
            "steps": steps,
        }


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _scopes(permissions: Mapping[str, str], *, is_fork: bool) -> dict[str, Access]:
    """The permissions of a job as those of a token; what is not named is not given, and a fork never writes."""
    names = {"contents": "contents", "pull-requests": "pull_requests", "issues": "issues", "checks": "checks"}
    found: dict[str, Access] = {}
    for scope, name in names.items():
        wanted = permissions.get(scope, "none")
        found[name] = "none" if wanted == "none" else "read" if wanted == "read" or is_fork else "write"
    return found
