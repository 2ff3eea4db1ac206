"""`/databricks-engineering:review-pipeline` in the real client, with a scripted model."""

from __future__ import annotations

import json
import shutil
import threading
from pathlib import Path

import pytest

from tests.client.claude import ROOT, VERSIONS, Claude
from tests.client.messages import Asked, Block, messages, text, use

pytestmark = [pytest.mark.real, pytest.mark.enable_socket]
PLUGIN = "databricks-engineering"
AGENTS = ("streaming-specialist", "bundle-validator", "security-guardian")
OPENINGS = {name: f"You are the {name.replace('-', ' ')}" for name in AGENTS}
QUOTE = "    save_segments(config, segments)"
TOOL = f"mcp__plugin_{PLUGIN}_spark-profiler__analyze_metrics"


def claims(agent: str) -> str:
    """The answer of one agent: one claim that stands in the code, one that was made up."""
    stands = {
        "path": "src/customer_360/segmentation.py",
        "start_line": 63,
        "end_line": 63,
        "quote": QUOTE,
        "category": "saved-unseen",
        "severity": "medium",
        "confidence": 75,
        "message": f"segments are saved that nobody has looked at, says {agent}",
        "why": "a test says so",
        "fix": None,
    }
    return json.dumps({"findings": [stands, {**stands, "quote": "this line is nowhere"}], "not_reviewed": []})


class Conductor:
    """What the model says: the conductor's turns in order, and each agent's answer when all agents have been asked."""

    def __init__(self) -> None:
        self.together = threading.Barrier(len(AGENTS))
        self.agents: list[str] = []

    def __call__(self, asked: Asked) -> list[Block]:
        for name, opening in OPENINGS.items():
            if opening in asked.system:
                self.agents.append(name)
                self.together.wait(timeout=30)
                return [text(claims(name))]
        turns = (self._rules, self._triage, self._metrics, self._ask, self._write, self._merge)
        return turns[asked.turn]() if asked.turn < len(turns) else [text("The report stands above.")]

    def _rules(self) -> list[Block]:
        command = "orchestrate review-pipeline . --output json=.orchestrate/rules.json --quiet"
        return [use("Bash", "toolu_rules", command=command, description="rules")]

    def _triage(self) -> list[Block]:
        command = f"orchestrate triage . --plugin {PLUGIN} --output json"
        return [use("Bash", "toolu_triage", command=command, description="triage")]

    def _metrics(self) -> list[Block]:
        return [use(TOOL, "toolu_metrics", event_log=f"{self.folder}/no-such-log")]

    def _ask(self) -> list[Block]:
        return [
            use(
                "Agent",
                f"toolu_{name.replace('-', '_')}",
                subagent_type=f"{PLUGIN}:{name}",
                description="review",
                prompt="Review this project.",
                run_in_background=False,
            )
            for name in AGENTS
        ]

    def _write(self) -> list[Block]:
        return [
            use(
                "Write",
                f"toolu_write_{number}",
                file_path=f"{self.folder}/.orchestrate/claims/{name}.json",
                content=claims(name),
            )
            for number, name in enumerate(AGENTS)
        ]

    def _merge(self) -> list[Block]:
        return [
            use("Bash", "toolu_merge", command="orchestrate merge . --claims .orchestrate/claims", description="merge")
        ]

    folder: Path


@pytest.mark.parametrize("version", VERSIONS)
def test_review_pipeline_runs_rules_a_tool_three_agents_at_once_and_merges(version: str, tmp_path: Path) -> None:
    project = tmp_path / "customer-360"
    shutil.copytree(ROOT / "examples" / "customer-360", project)
    conductor = Conductor()
    conductor.folder = project
    with messages(conductor) as model:
        claude = Claude(version=version, home=tmp_path, address=model.address)
        events = claude.events(f"/{PLUGIN}:review-pipeline .", cwd=project)
    results = {
        block["tool_use_id"]: json.dumps(block.get("content"))
        for event in events
        if event["type"] == "user" and isinstance(event["message"]["content"], list)
        for block in event["message"]["content"]
        if block["type"] == "tool_result"
    }
    ended = next(event for event in events if event["type"] == "result")
    assert ended.get("permission_denials", []) == []
    assert (project / ".orchestrate" / "rules.json").is_file()
    assert f"{PLUGIN}:streaming-specialist" in results["toolu_triage"]
    assert "no-such-log" in results["toolu_metrics"], "the server answered, and names the file that is not there"
    assert sorted(conductor.agents) == sorted(AGENTS)
    merged = results["toolu_merge"]
    assert "STR004" in merged
    assert merged.count("says ") == 1, "three agents that see one defect make one finding"
    assert "3 withheld" in merged
    assert ended["result"] == "The report stands above."
