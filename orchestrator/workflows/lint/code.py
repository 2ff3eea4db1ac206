"""The code of skills and commands: every block and file parses, and a skill's code passes our own rules."""

from __future__ import annotations

import ast
import datetime as dt
import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import yaml

from orchestrator.types import Severity
from orchestrator.workflows.cache import cached_review
from orchestrator.workflows.lint.content import Content, Problem
from orchestrator.workflows.lint.fences import Fence, fences
from orchestrator.workflows.request import Request

_SUFFIXES = {"python": ".py", "py": ".py", "sql": ".sql", "yaml": ".yml", "yml": ".yml", "json": ".json"}
_UNPARSED = "is not reviewed"
_LEAST = Severity.LOW
TODAY = dt.date(2026, 11, 1)
"""A fixed day, so that the lint of the same content gives the same answer on every day."""


def problems(content: Content) -> Iterator[Problem]:
    """Blocks and files that do not parse, and findings of our rules in what skills teach."""
    for _, path, first, text in content.texts():
        for fence in fences(text, first):
            yield from _unparsed(content, path, fence)
    for skill in content.skills():
        yield from _files(content, skill.folder)
        yield from _reviewed(content, skill.folder)
        yield from _reviewed_blocks(content, skill.folder)


def _files(content: Content, folder: Path) -> Iterator[Problem]:
    for path in sorted(folder.rglob("*")):
        suffix = path.suffix.removeprefix(".")
        if suffix in _SUFFIXES and path.is_file():
            yield from _unparsed(content, path, Fence(suffix, path.read_text(encoding="utf-8"), 1))


def _unparsed(content: Content, path: Path, fence: Fence) -> Iterator[Problem]:
    parse = _PARSERS.get(_SUFFIXES.get(fence.language, ""))
    if parse is None:
        return
    try:
        parse(fence.text)
    except (SyntaxError, ValueError, yaml.YAMLError) as error:
        said = str(error).splitlines()[0]
        yield content.problem(path, fence.line, f"this {fence.language} does not parse: {said}")


def _yaml(text: str) -> None:
    list(yaml.safe_load_all(text))


def _json(text: str) -> None:
    """One value, or one value a line."""
    try:
        json.loads(text)
    except ValueError:
        for line in text.splitlines():
            json.loads(line)


_PARSERS: dict[str, Callable[[str], object]] = {".py": ast.parse, ".json": _json, ".yml": _yaml}


def _reviewed(content: Content, folder: Path) -> Iterator[Problem]:
    """The findings in the files of a skill."""
    review = cached_review(Request(path=folder, today=TODAY), use_cache=False).review
    for finding in review.reported:
        if finding.severity.at_least(_LEAST):
            path = folder / finding.location.path
            yield content.problem(path, finding.location.start_line, f"{finding.rule}: {finding.message}")
    for entry in review.incomplete:
        yield content.problem(folder / entry.path, 1, f"{_UNPARSED}: {entry.reason}")


def _reviewed_blocks(content: Content, folder: Path) -> Iterator[Problem]:
    """The findings in the blocks of a skill's texts, each at its line of the text."""
    with tempfile.TemporaryDirectory() as made:
        places = dict(_written(folder, Path(made)))
        if not places:
            return
        review = cached_review(Request(path=Path(made), today=TODAY), use_cache=False).review
        for finding in review.reported:
            path, line = places[finding.location.path]
            message = f"{finding.rule}: {finding.message}"
            yield content.problem(path, line + finding.location.start_line - 1, message)


def _written(folder: Path, made: Path) -> Iterator[tuple[str, tuple[Path, int]]]:
    """Write each block of code into a file of its own; the file's name, and where the block stands."""
    for text in sorted(folder.rglob("*.md")):
        for number, fence in enumerate(fences(text.read_text(encoding="utf-8"))):
            suffix = _SUFFIXES.get(fence.language)
            if suffix in {".py", ".sql"}:
                name = f"{text.stem}_{text.parent.name}_{number}{suffix}"
                (made / name).write_text(fence.text, encoding="utf-8")
                yield name, (text, fence.line)
