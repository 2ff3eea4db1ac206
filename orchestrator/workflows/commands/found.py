"""Finds the engine of a plugin's command by its place: `workflows/<shape>/<command>/command.py`."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import ModuleType

COMMON = frozenset({"agents", "apply", "approve", "fail-on", "output", "workspace"})
"""Parameters that every command of a shape has: its driver reads them, not its engine."""
SHAPES = ("audit", "generate", "operate")
_WORKFLOWS = Path(__file__).parent.parent


def shape_of(command: str) -> str | None:
    """The shape whose folder holds the command; None where nothing of it is built."""
    folder = command.replace("-", "_")
    return next((shape for shape in SHAPES if (_WORKFLOWS / shape / folder / "command.py").is_file()), None)


def engine(command: str) -> ModuleType:
    """The module that declares the command's `COMMAND`."""
    return import_module(f"orchestrator.workflows.{shape_of(command)}.{command.replace('-', '_')}.command")
