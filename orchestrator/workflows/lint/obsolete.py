"""What is no longer the way, in code that skills teach; each entry of the data file has its source."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from orchestrator.workflows.lint.content import Content, Problem
from orchestrator.workflows.lint.fences import fences

_DATA = Path(__file__).parent / "obsolete.json"
_CODE = frozenset({".py", ".sql", ".yml", ".yaml", ".ipynb", ".json", ".toml"})


@dataclass(frozen=True, kw_only=True)
class Obsolete:
    """One interface that must not be taught."""

    pattern: re.Pattern[str]
    instead: str


@cache
def obsolete() -> tuple[Obsolete, ...]:
    """The entries of the data file."""
    entries = json.loads(_DATA.read_text(encoding="utf-8"))["entries"]
    return tuple(Obsolete(pattern=re.compile(entry["pattern"]), instead=entry["instead"]) for entry in entries)


def problems(content: Content) -> Iterator[Problem]:
    """Each line of a skill's code that teaches one; prose may warn of them."""
    for skill in content.skills():
        for path in sorted(skill.folder.rglob("*")):
            if path.suffix in _CODE:
                yield from _lines(content, path, 1, path.read_text(encoding="utf-8"))
            elif path.suffix == ".md":
                yield from _blocks(content, path)


def _blocks(content: Content, path: Path) -> Iterator[Problem]:
    for fence in fences(path.read_text(encoding="utf-8")):
        yield from _lines(content, path, fence.line, fence.text)


def _lines(content: Content, path: Path, first: int, text: str) -> Iterator[Problem]:
    for number, line in enumerate(text.splitlines(), start=first):
        for entry in obsolete():
            if match := entry.pattern.search(line):
                yield content.problem(path, number, f"teaches {match[0]!r}; {entry.instead}")
