"""Ignore files: gitignore patterns, bounded, and folders whose name says that nobody wrote their content here."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pathspec import GitIgnoreSpec

IGNORE_FILE = ".orchestrateignore"
SKIPPED_FOLDERS = frozenset(
    {
        ".bundle",
        ".databricks",
        ".git",
        ".tox",
        ".venv",
        "__pycache__",
        "build",
        "dist",
        "node_modules",
        "site-packages",
        "spark-warehouse",
        "venv",
    }
)
MAX_PATTERNS = 1_000
MAX_WILDCARDS = 6
"""Stars in one pattern: each one more multiplies the time that a hostile pattern can take."""
_STARS = re.compile(r"\*+")


@dataclass(frozen=True, kw_only=True)
class Patterns:
    """Compiled gitignore patterns; `dropped` holds those that could not be used."""

    spec: GitIgnoreSpec
    dropped: tuple[str, ...] = ()

    def decision(self, path: str) -> bool | None:
        """Whether the last pattern that matches ignores the path (a folder's ends with `/`); None when none does."""
        return self.spec.check_file(path).include


def compile_patterns(lines: Sequence[str]) -> Patterns | None:
    """The patterns of an ignore file's lines, or None when there is none among them."""
    wanted = [line for line in lines if line.strip() and not line.startswith("#")][:MAX_PATTERNS]
    if not wanted:
        return None
    from pathspec import GitIgnoreSpec

    usable = [line for line in wanted if _is_usable(line)]
    kept = set(usable)
    dropped = tuple(line for line in wanted if line not in kept)
    return Patterns(spec=GitIgnoreSpec.from_lines(usable), dropped=dropped)


def _is_usable(line: str) -> bool:
    """Whether a pattern is valid and cheap to match."""
    from pathspec import GitIgnoreSpec

    if len(_STARS.findall(line)) > MAX_WILDCARDS:
        return False
    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True


@dataclass(frozen=True, kw_only=True)
class FolderIgnores:
    """The ignore files on the way from the root to a folder, innermost last."""

    levels: tuple[tuple[str, Patterns], ...] = field(default=())

    def with_file(self, folder: str, text: str) -> FolderIgnores:
        """These and the .gitignore of one more folder (`""` or a path that ends with `/`)."""
        patterns = compile_patterns(text.splitlines())
        return self if patterns is None else FolderIgnores(levels=(*self.levels, (folder, patterns)))

    def ignores(self, path: str) -> bool:
        """Whether git would leave the path out: the innermost ignore file that speaks of it decides."""
        for folder, patterns in reversed(self.levels):
            decision = patterns.decision(path[len(folder) :])
            if decision is not None:
                return decision
        return False
