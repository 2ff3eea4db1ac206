"""Prints a scored run in the formats that people and other tools read; a format is a file here with `render`.

Every export is a pure function of the scored run and its suite: equal inputs give equal bytes.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

from orchestrator.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.evaluate.exports.report import Report

_MARK = "\ndef render("


def formats() -> dict[str, str]:
    """The module of each format by its name: every file of this folder that defines `render`; none is imported."""
    files = [file for file in Path(__file__).parent.glob("*.py") if file.stem != "__init__"]
    found = sorted(file.stem for file in files if _MARK in file.read_text(encoding="utf-8"))
    return {name: f"{__name__}.{name}" for name in found}


def render(name: str, report: Report) -> str:
    """The scored run in the format of that name, ending with a newline.

    Raises:
        UsageError: there is no such format.
    """
    known = formats()
    if name not in known:
        raise UsageError(f"no output format {name!r}; there are {', '.join(known)}")
    module = import_module(known[name])
    return cast("Callable[[Report], str]", module.render)(report)
