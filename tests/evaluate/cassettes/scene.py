"""One small project, a script that plays its specialists and their refuter, and its recording."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from orchestrator.evaluate.recorded.recording import Taped, record
from orchestrator.evaluate.recorded.settings import CassetteSettings
from orchestrator.evaluate.recorded.subject import Subject
from orchestrator.models.conversation import Ask, ToolUse
from orchestrator.models.scripted import Said, ScriptedModel
from tests.workflows.graph.scene import AGENTS, CLAIM, KEEP, LOAD, MODEL

PROJECT = {"load.py": LOAD}
SETTINGS = CassetteSettings(model=MODEL, agents=AGENTS)
KEY = "key-of-a-test-that-never-lands-on-disk"
Script = Callable[[Ask], Said | str]


def subject(*, case: str = "case-1", variant: str = "input", epoch: int = 1, **changed: str) -> Subject:
    """The project, with other files laid over it."""
    files = {name.replace("__", "/") + ".py": text for name, text in changed.items()}
    return Subject.of(case, variant, {**PROJECT, **files}, epoch=epoch)


def finds(ask: Ask) -> Said | str:
    """Specialists read the file and claim one defect; the refuter keeps it."""
    if any("You are the refuter" in block.text for block in ask.system):
        return json.dumps(KEEP)
    if len(ask.messages) == 1:
        return Said(blocks=(ToolUse(id="toolu_1", name="read_file", arguments={"path": "load.py"}),))
    return json.dumps({"findings": [CLAIM], "not_reviewed": []})


def recorded(
    folder: Path, project: Subject | None = None, *, script: Script = finds, settings: CassetteSettings = SETTINGS
) -> Taped:
    """Record the project by the script."""
    return record(project or subject(), folder, settings, model=ScriptedModel(script), credentials=frozenset({KEY}))
