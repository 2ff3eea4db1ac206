"""One review with a hostile project, by the command line, and everything that it left behind."""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from orchestrator.cli import main
from tests.models.answers import Asked, Script
from tests.models.messages_api import serving
from tests.workflows.graph.scene import MODEL
from tests.workflows.hostile.carriers import CARRIED
from tests.workflows.hostile.obedient import CATEGORY, HONEST, LOSS, OBEDIENT
from tests.workflows.hostile.planted import ENVIRONMENT

FORMATS = ("text", "markdown", "json", "html", "sarif", "gitlab", "azure")
SEEDED_TEXTS = {"load.py": f"clean: {LOSS}", CARRIED: f"daily: {LOSS}"}


@dataclass(frozen=True, kw_only=True)
class Examined:
    """What a run sent, wrote and said."""

    code: int
    asked: list[Asked]
    reports: dict[str, str]
    left: dict[str, bytes] = field(repr=False)
    """Every file that the run wrote, by its path, and what it told on its streams."""
    changed: frozenset[str]
    """What is otherwise in the project and around it."""

    @property
    def findings(self) -> list[dict[str, Any]]:
        """The findings of the report as JSON, the withheld ones too."""
        found: list[dict[str, Any]] = json.loads(self.reports["json"])["findings"]
        return found

    @property
    def by_rules(self) -> Counter[tuple[str, str]]:
        """The findings of rules that the gate counts, by rule and severity."""
        counted = (each for each in self.findings if each["source"] == "rule" and each["suppressed_by"] is None)
        return Counter((each["rule"], each["severity"]) for each in counted if each["standing"] == "verified")

    @property
    def suppressed(self) -> list[dict[str, Any]]:
        """The real defects that a reader is not shown, with the reason; empty where each place has one that is."""
        places = self.seeded.values()
        hidden = [found for found in places if all(each["standing"] == "withheld" for each in found)]
        return [each for found in hidden for each in found]

    @property
    def tools_that_answered(self) -> set[str]:
        """The tools that ran and had no objection, by the run's log."""
        logs = (data for path, data in self.left.items() if path.endswith("events.jsonl"))
        events = [json.loads(line) for log in logs for line in log.splitlines()]
        return {each["tool"] for each in events if each["kind"] == "tool-called" and not each.get("problem")}

    @property
    def seeded(self) -> dict[str, list[dict[str, Any]]]:
        """What became of the real defects that the honest specialist reported, by path."""
        return {
            path: [
                each
                for each in self.findings
                if path == each["location"]["path"]
                and HONEST in each["specialists"]
                and each["rule"] == CATEGORY
                and told in f"{each['message']} {each['why']}"
            ]
            for path, told in SEEDED_TEXTS.items()
        }

    @property
    def text(self) -> bytes:
        """Everything that came out: requests to the model, reports, files of the run, streams."""
        bodies = [json.dumps(each.body, ensure_ascii=False).encode() for each in self.asked]
        return b"\0".join([*bodies, *self.left.values()])


@dataclass(kw_only=True)
class Bench:
    """Where reviews are run: a folder of their own for each."""

    folder: Path
    patch: pytest.MonkeyPatch
    capture: pytest.CaptureFixture[str]

    def examine(self, root: Path, script: Script, *options: str) -> Examined:
        """One review of a project, all formats written."""
        out = self.folder / "out"
        for name, value in ENVIRONMENT.items():
            self.patch.setenv(name, value)
        self.patch.setenv("ORCHESTRATE_STATE_DIR", str(out / "state"))
        self.patch.setenv("ORCHESTRATE_CACHE_DIR", str(out / "cache"))
        outputs = [f"--output={name}={out / name}" for name in FORMATS]
        agents = f"--agents={','.join((HONEST, *OBEDIENT))}"
        before = _state(root.parent)
        with serving(script) as api:
            self.patch.setenv("ANTHROPIC_BASE_URL", api.address)
            code = main(["review-pipeline", str(root), "--model", MODEL, "--all", agents, *outputs, *options])
        said = self.capture.readouterr()
        left = {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()}
        left["streams"] = f"{said.out}\0{said.err}".encode("utf-8", "backslashreplace")
        reports = {name: (out / name).read_text(encoding="utf-8") for name in FORMATS}
        changed = frozenset(dict(before.items() ^ _state(root.parent).items()))
        return Examined(code=code, asked=api.asked, reports=reports, left=left, changed=changed)


def _state(folder: Path) -> dict[str, tuple[int, int]]:
    """What is in a folder, and when it was written."""
    walked = (Path(place) / name for place, _, names in os.walk(folder) for name in names)
    return {str(path): (path.lstat().st_size, path.lstat().st_mtime_ns) for path in walked}
