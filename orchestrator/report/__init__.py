"""Prints a review in the formats people and machines read; a format is a file here with a `render` function."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

from orchestrator.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.report.context import Context
    from orchestrator.types import Review

_MARK = "\ndef render("


def formats() -> dict[str, str]:
    """The module of each format by the format's name: every file of this folder that defines `render`.

    The files are read, not imported, so that listing the formats costs no import.
    """
    files = [file for file in Path(__file__).parent.glob("*.py") if file.stem != "__init__"]
    found = sorted(file.stem for file in files if _MARK in file.read_text(encoding="utf-8"))
    return {name: f"{__name__}.{name}" for name in found}


def render(name: str, review: Review, context: Context) -> str:
    """The review in the format of that name, ending with a newline.

    Raises: UsageError when there is no such format.
    """
    known = formats()
    if name not in known:
        raise UsageError(f"no output format {name!r}; there are {', '.join(known)}")
    module = import_module(known[name])
    return cast("Callable[[Review, Context], str]", module.render)(review, context)
