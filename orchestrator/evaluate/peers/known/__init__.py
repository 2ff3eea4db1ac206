"""One file a linter, found by its place: it declares `LINTER = Linter(...)`."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from orchestrator.errors import UsageError
from orchestrator.evaluate.peers.linter import Linter

_MARK = "\nLINTER = Linter("


def linters() -> dict[str, Linter]:
    """Every linter of this folder, by name."""
    found: dict[str, Linter] = {}
    for file in sorted(Path(__file__).parent.glob("*.py")):
        if file.stem != "__init__" and _MARK in file.read_text(encoding="utf-8"):
            one = import_module(f"{__name__}.{file.stem}").LINTER
            found[one.name] = one
    return found


def linter(name: str) -> Linter:
    """The linter of that name.

    Raises:
        UsageError: there is none.
    """
    known = linters()
    if name not in known:
        raise UsageError(f"no linter is called {name!r}; there are {', '.join(known)}")
    return known[name]
