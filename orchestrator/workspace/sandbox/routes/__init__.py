"""The REST families: every file of this folder that declares a `FAMILY`."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path

from orchestrator.workspace.sandbox.family import Family


@cache
def families() -> tuple[Family, ...]:
    """The families found in this folder, by file name."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))
    found = [getattr(import_module(f"{__name__}.{name}"), "FAMILY", None) for name in names]
    return tuple(family for family in found if isinstance(family, Family))
