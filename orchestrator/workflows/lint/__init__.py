"""The lint of the marketplace's content: one file a check, found by its place, each with a function `problems`."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from orchestrator.workflows.lint.content import Content, Problem

__all__ = ["Content", "Problem", "lint"]
_NO_CHECKS = frozenset({"__init__", "content", "fences"})


def lint(content: Content) -> tuple[Problem, ...]:
    """Every problem of the content, by file and line."""
    found = list(content.problems)
    for name in checks():
        found.extend(import_module(f"orchestrator.workflows.lint.{name}").problems(content))
    return tuple(sorted(set(found)))


def checks() -> tuple[str, ...]:
    """The names of the checks, which are those of their files."""
    return tuple(sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem not in _NO_CHECKS))
