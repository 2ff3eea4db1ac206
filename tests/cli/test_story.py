"""The story of a run with a model: JSON lines for machines, lines that move on a terminal, nothing when quiet."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console
from rich.progress import Progress, TextColumn

from orchestrator.cli.progress import Terminal
from orchestrator.cli.story import Story
from orchestrator.events import StepEnded
from tests.workflows.runs.logs import EVENTS, call

ROOT = Path(__file__).parent.parent.parent


def test_elsewhere_than_on_a_terminal_each_event_is_one_json_line_without_the_answers_text(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with Story.of(quiet=False) as story:
        for event in EVENTS:
            story.event(event)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["event"] for line in lines] == [event.kind for event in EVENTS]
    ended = next(line for line in lines if line["event"] == "specialist-ended")
    assert (ended["who"], ended["text"]) == ("delta-specialist", len("an answer"))


def test_seconds_are_told_to_the_thousandth(capsys: pytest.CaptureFixture[str]) -> None:
    with Story.of(quiet=False) as story:
        story.event(StepEnded(step="read", seconds=7.08e-06))
        story.event(StepEnded(step="rules", seconds=1.23456789))
    assert [json.loads(line).get("seconds") for line in capsys.readouterr().err.splitlines()] == [0.0, 1.235]


def test_quiet_tells_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with Story.of(quiet=True) as story:
        for event in EVENTS:
            story.event(event)
    assert capsys.readouterr().err == ""


def test_a_terminal_shows_a_line_for_each_specialist_at_work_and_keeps_what_became_of_it() -> None:
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=True, width=100, color_system=None)
    at_work: list[str] = []
    steps: list[str] = []
    refuted = call("b", who="refuter f1").model_copy(update={"part": "refuter"})
    with Progress(TextColumn("{task.description}", markup=False), console=console, auto_refresh=False) as progress:
        story = Terminal(progress)
        for event in (*EVENTS, refuted, refuted):
            story.event(event)
            steps.append(progress.tasks[0].description)
            at_work += [task.description for task in progress.tasks if "delta-specialist" in task.description]
    assert at_work[0] == "  delta-specialist"
    assert at_work[-1] == "  delta-specialist: 1 turn, 1 tool call, $0.2500"
    assert list(dict.fromkeys(steps)) == [
        "reading files",
        "rules",
        "asking specialists: 0 done, 1 at work",
        "asking specialists: 1 done, 0 at work",
        "refute: 1 call, $0.2500",
        "refute: 2 calls, $0.5000",
    ]
    kept = shown.getvalue()
    assert "  delta-specialist: done in 1 turn\n" in kept.replace("\r", "")
    assert "  sql-specialist gave no answer: the model refused⟨U+001B⟩[2J" in kept
    assert "1 file changed" in kept


@pytest.mark.parametrize(
    "arguments", [["runs"], ["runs", "show", "x"], ["graph", "deploy-bundel"], ["graph", "--help"]]
)
def test_what_shows_no_graph_imports_none_of_the_heavy_libraries(arguments: list[str], tmp_path: Path) -> None:
    program = (
        "import sys\nfrom orchestrator.cli import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "print('imported', *{name.split('.')[0] for name in sys.modules}, file=sys.stderr)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT,
        env={**os.environ, "ORCHESTRATE_STATE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    imported = set(ended.stderr.splitlines()[-1].split())
    assert "orchestrator" in imported
    assert not imported & {"langgraph", "langchain_core", "anthropic", "mcp", "databricks", "sqlglot"}
