"""`orchestrate review-pr` as a job runs it: a clone with the head checked out, an event, and a loopback GitHub."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from orchestrator.cli import main
from orchestrator.github.artifact import PullReview, read_artifact
from tests.github.loopback import GitHub, Repository
from tests.github.loopback.planting import git

NUMBER = 1


@dataclass(kw_only=True)
class Job:
    """One run of the reviewing job; `event` holds what the payload says otherwise than by default."""

    github: GitHub
    repository: Repository
    folder: Path
    event: dict[str, object] = field(default_factory=dict)
    inside: str = ""
    """The folder of the checkout that is reviewed."""

    @property
    def checkout(self) -> Path:
        return self.folder / "checkout"

    @property
    def base(self) -> str:
        """The sha of the base."""
        pull = self.repository.pulls[NUMBER]
        return git(self.repository.folder, "rev-parse", pull.base).decode().strip()

    @property
    def out(self) -> Path:
        return self.folder / "out"

    @property
    def summary(self) -> str:
        return (self.folder / "summary.md").read_text(encoding="utf-8")

    @property
    def outputs(self) -> dict[str, str]:
        lines = (self.folder / "outputs").read_text(encoding="utf-8").splitlines()
        return dict(line.split("=", 1) for line in lines)

    @property
    def posted(self) -> PullReview:
        return read_artifact(self.out)

    def check_out(self, commit: str | None = None) -> Path:
        """A clone of the repository at the head of the pull request, or at another commit."""
        if not self.checkout.exists():
            git(self.folder, "clone", "--quiet", "--no-checkout", str(self.repository.folder), str(self.checkout))
        git(self.checkout, "fetch", "--quiet", "origin")
        git(self.checkout, "checkout", "--quiet", "--detach", commit or self.github.head(NUMBER))
        return self.checkout

    def run(self, *words: str, name: str = "pull_request", **environment: str) -> int:
        """The exit code of the command on the event of the pull request."""
        file = self.folder / "event.json"
        file.write_text(json.dumps(self._payload()), encoding="utf-8")
        if not self.checkout.exists():
            self.check_out()
        return self.command("--event", str(file), *words, GITHUB_EVENT_NAME=name, **environment)

    def command(self, *words: str, **environment: str) -> int:
        """The exit code of the command with these words alone, in the checkout."""
        for each in ("summary.md", "outputs"):
            (self.folder / each).write_text("", encoding="utf-8")
        runner = {
            "GITHUB_TOKEN": self.github.token(),
            "GITHUB_API_URL": self.github.address,
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary.md"),
            "GITHUB_OUTPUT": str(self.folder / "outputs"),
            "ORCHESTRATE_STATE_DIR": str(self.folder / "state"),
            **environment,
        }
        line = ["review-pr", str(self.checkout / self.inside), "--out", str(self.out), "--jobs", "1", "--quiet", *words]
        with patch.dict(os.environ, runner):
            return main(line)

    def _payload(self) -> Mapping[str, object]:
        pull = self.repository.pulls[NUMBER]
        name = {"full_name": pull.fork or self.repository.name}
        told: dict[str, object] = {
            "number": NUMBER,
            "head": {"sha": self.github.head(NUMBER), "repo": name},
            "author_association": pull.association,
        }
        return {
            "repository": {"full_name": self.repository.name},
            "pull_request": told,
            "sender": {"login": pull.author, "type": "User"},
            **self.event,
        }
