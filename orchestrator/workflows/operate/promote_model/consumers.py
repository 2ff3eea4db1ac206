"""Where the code of a project loads a registered model or moves its alias."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from orchestrator.code.reading import read_project

_LOADS = re.compile(r"models:/|get_model_version_by_alias|entity_version")
_MOVES = re.compile(r"\bset_registered_model_alias\s*\(")
MOST = 50
_TESTS = re.compile(r"(^|/)tests?/|(^|/)test_[^/]*$")


@dataclass(frozen=True, kw_only=True)
class Consumer:
    """One line of code."""

    place: str
    text: str
    moves: bool

    @property
    def when(self) -> str:
        """When it has the new version."""
        if self.moves:
            return "it moves an alias itself"
        if "entity_version" in self.text:
            return "never by itself: it names a number"
        return "at its next load" if "@" in self.text or "alias" in self.text else "as it names the version"


def consumers(path: Path, model: str) -> tuple[Consumer, ...]:
    """The lines of the project that load a model, or move an alias; those that name another model are left out.

    Raises:
        UsageError: there is no such path.
    """
    found = [
        Consumer(place=f"{source.path}:{number}", text=line.strip()[:160], moves=_MOVES.search(line) is not None)
        for source in read_project(path).sources
        if not _TESTS.search(source.path)
        for number, line in enumerate(source.lines, start=1)
        if (_LOADS.search(line) or _MOVES.search(line)) and not _of_another(line, model)
    ]
    return tuple(found[:MOST])


def _of_another(line: str, model: str) -> bool:
    named = re.search(r"models:/([\w.-]+)", line)
    return named is not None and named[1] != model
