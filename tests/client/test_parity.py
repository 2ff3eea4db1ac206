"""Slash parity: a command typed in the real client ends with what the same command gives without a client.

The scripted model does what section 0 of the prompt says, reading command and arguments from the text that the client
sent to it. Then findings, tables, facts, files and change sets are compared whole.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from orchestrator.workspace.sandbox import Sandbox
from tests.client.claude import ROOT, SECONDS, VERSIONS, Claude
from tests.client.messages import Asked, Block, messages, text, use

pytestmark = [pytest.mark.real, pytest.mark.enable_socket]
ARGUMENTS = re.compile(r"Arguments: `(?P<words>[^`]*)`")
FIRST = re.compile(r"^## 0\. .*?^```sh\n(?P<command>orchestrate [^\n]+)\n```$", re.MULTILINE | re.DOTALL)
FOUND, CLEAN = 1, 0


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """The company that ships, for both sides."""
    with Sandbox.start() as started:
        yield started


@dataclass
class FollowsSectionZero:
    """A model that runs the first command of the prompt; then the same words with more, if told to."""

    more: str = ""
    received: str = ""
    ran: list[str] = field(default_factory=list)

    def __call__(self, asked: Asked) -> list[Block]:
        if asked.turn == 0:
            self.received = asked.said
            return self._use(self._first())
        if asked.turn == 1 and self.more:
            return self._use(self._first().replace(" --output", f" {self.more} --output"))
        return [text("The report stands above.")]

    def _first(self) -> str:
        """The command of section 0 with the arguments that the prompt carries, less those of an approval."""
        arguments, command = ARGUMENTS.search(self.received), FIRST.search(self.received)
        assert arguments, self.received
        assert command, self.received
        words = re.sub(r" --apply --approve \w+", "", arguments["words"])
        return command["command"].replace("ARGUMENTS", words)

    def _use(self, command: str) -> list[Block]:
        self.ran.append(command)
        return [use("Bash", f"toolu_{len(self.ran)}", command=command, description="section 0")]


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of the two ways to run a command: its folder, and the workspace that it asks."""

    folder: Path
    workspace: Mapping[str, str]

    @property
    def project(self) -> Path:
        """Where it runs; both sides name it alike, as reports name their project."""
        return self.folder / "project"

    def slash(self, line: str, model: FollowsSectionZero) -> list[str]:
        """A line typed in the client; returns the commands that the client did not run without asking a person."""
        self.project.mkdir(parents=True, exist_ok=True)
        with messages(model) as served:
            claude = Claude(version=VERSIONS[0], home=self.folder, address=served.address, more=self.workspace)
            events = claude.events(line, cwd=self.project)
        ended = next(event for event in events if event["type"] == "result")
        assert ended["result"] == "The report stands above."
        return [each["tool_input"]["command"] for each in ended.get("permission_denials", [])]

    def headless(self, *words: str) -> int:
        """The command without a client."""
        self.project.mkdir(parents=True, exist_ok=True)
        report = f"json=.orchestrate/{words[0]}.json"
        ended = subprocess.run(
            [str(ROOT / ".venv" / "bin" / "orchestrate"), *words, "--output", report, "--quiet"],
            cwd=self.project,
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder), "LANG": "C.UTF-8", **self.workspace},
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=SECONDS,
            check=False,
        )
        assert "Traceback" not in ended.stderr, ended.stderr
        return ended.returncode

    def report(self, command: str) -> dict[str, Any]:
        """The report as JSON, whole but for the time that it took."""
        read: dict[str, Any] = json.loads((self.project / ".orchestrate" / f"{command}.json").read_bytes())
        assert read.pop("seconds") > 0
        return read

    def files(self) -> dict[str, bytes]:
        """Every file but the report, by its place in the project."""
        found = (path for path in self.project.rglob("*") if path.is_file())
        places = {str(path.relative_to(self.project)): path for path in found}
        reports = re.compile(r"\.orchestrate/[^/]+\.json")
        return {place: path.read_bytes() for place, path in places.items() if not reports.fullmatch(place)}


@pytest.fixture
def sides(tmp_path: Path, sandbox: Sandbox) -> tuple[Side, Side]:
    """The client's side and the headless one, each in a folder of its own."""
    workspace = {"DATABRICKS_HOST": sandbox.host, "DATABRICKS_TOKEN": sandbox.token}
    slash, headless = (Side(folder=tmp_path / name, workspace=workspace) for name in ("slash", "headless"))
    return slash, headless


def received(model: FollowsSectionZero, words: str) -> bool:
    """Whether the model was given these arguments, in their place of the prompt."""
    found = ARGUMENTS.search(model.received)
    return found is not None and shlex.split(found["words"]) == shlex.split(words)


def test_an_audit_in_the_client_finds_what_the_headless_audit_finds(sides: tuple[Side, Side]) -> None:
    slash, headless = sides
    words = "--catalog retail_prod --days 60"
    model = FollowsSectionZero()
    assert slash.slash(f"/databricks-governance:audit-permissions {words}", model) == []
    assert received(model, words)
    assert headless.headless("audit-permissions", *words.split()) == FOUND
    report = slash.report("audit-permissions")
    assert report == headless.report("audit-permissions")
    assert {"rule", "message", "evidence", "severity"} <= report["findings"][0].keys()
    assert "grant-to-everybody" in {each["rule"] for each in report["findings"]}
    assert slash.files() == headless.files()


def test_a_generated_project_in_the_client_is_the_headless_one_byte_by_byte(sides: tuple[Side, Side]) -> None:
    slash, headless = sides
    words = "shop-orders --template delta-live-tables --catalog shop"
    model = FollowsSectionZero()
    assert slash.slash(f"/databricks-engineering:scaffold-project {words}", model) == []
    assert received(model, words)
    assert headless.headless("scaffold-project", *words.split()) == CLEAN
    assert slash.report("scaffold-project") == headless.report("scaffold-project")
    files = slash.files()
    assert "shop-orders/databricks.yml" in files
    assert files == headless.files()


def test_a_change_set_in_the_client_is_the_headless_one_and_a_person_is_asked_before_it_is_applied(
    sides: tuple[Side, Side],
) -> None:
    slash, headless = sides
    words = "--catalog retail_prod --least-privilege --keep governance-team"
    model = FollowsSectionZero()
    assert slash.slash(f"/databricks-governance:configure-access-control {words}", model) == []
    assert received(model, words)
    assert headless.headless("configure-access-control", *words.split()) == CLEAN
    report = slash.report("configure-access-control")
    assert report == headless.report("configure-access-control")
    assert slash.files() == headless.files()
    kept = next(place for place in slash.files() if place.startswith(".orchestrate/changes/"))
    sha = json.loads(slash.files()[kept])["sha256"]
    assert f"change set {sha}" in "\n".join(report["notes"])

    approval = f"--apply --approve {sha[:12]}"
    approved = FollowsSectionZero(more=approval)
    asked = slash.slash(f"/databricks-governance:configure-access-control {words} {approval}", approved)
    assert received(approved, f"{words} {approval}")
    assert [approval in command for command in asked] == [True], "a person is asked, whatever the model was told"
    assert headless.headless("configure-access-control", *words.split()) == CLEAN
    assert headless.report("configure-access-control")["tables"][0]["title"].startswith("Changes: "), (
        "nothing was applied"
    )

    assert headless.headless("configure-access-control", *words.split(), *approval.split()) == CLEAN
    became = next(each for each in headless.report("configure-access-control")["tables"] if "became" in each["title"])
    assert {row[2] for row in became["rows"]} == {"verified"}
