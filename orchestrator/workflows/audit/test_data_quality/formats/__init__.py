"""Checks as files of the tools that run them; a format is a file of this folder with `written(table, checks)`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import cast

from orchestrator.workflows.commands.result import NewFile
from orchestrator.workspace.quality.check import QualityCheck

Written = Callable[[str, Sequence[QualityCheck]], NewFile]


def in_every_format(table: str, checks: Sequence[QualityCheck]) -> tuple[NewFile, ...]:
    """The checks of one table as a file of each format; none where there is no check."""
    if not checks:
        return ()
    names = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem != "__init__")
    return tuple(cast("Written", import_module(f"{__name__}.{name}").written)(table, checks) for name in names)
