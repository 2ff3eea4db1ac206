"""Which files make up a bundle: root files by name, `include` patterns as Go's `filepath.Glob` reads them.

`**` matches exactly one directory, as it does in the CLI; a pattern in another file than the root is ignored by both.
"""

from __future__ import annotations

import fnmatch
import posixpath
import re
from bisect import bisect_left
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

ROOT_NAMES: Final = ("databricks.yml", "databricks.yaml", "bundle.yml", "bundle.yaml")
"""The names that make a file the root of a bundle, the one that counts first."""
_WILDCARDS = re.compile(r"[*?\[]")


def root_files(paths: Iterable[str]) -> tuple[str, ...]:
    """One root file a directory, in order of path."""
    found: dict[str, str] = {}
    for path in paths:
        directory, name = posixpath.split(path)
        if name not in ROOT_NAMES:
            continue
        other = found.get(directory)
        if other is None or _rank(path) < _rank(other):
            found[directory] = path
    return tuple(sorted(found.values()))


def has_wildcard(pattern: str) -> bool:
    """Whether the pattern may match nothing without being an error."""
    return _WILDCARDS.search(pattern) is not None


def anchored(directory: str, pattern: str) -> str | None:
    """The pattern from the project's root, None where it is absolute or leads outside the project."""
    if posixpath.isabs(pattern):
        return None
    joined = posixpath.normpath(posixpath.join(directory, pattern))
    return None if joined == ".." or joined.startswith("../") else joined


def matching(pattern: str, paths: Sequence[str]) -> tuple[str, ...]:
    """The sorted paths that an anchored pattern matches; a wildcard never crosses a slash."""
    segments = [re.compile(fnmatch.translate(segment.replace("[^", "[!"))) for segment in pattern.split("/")]
    prefix = pattern[: match.start()] if (match := _WILDCARDS.search(pattern)) else pattern
    return tuple(path for path in _beginning(prefix, paths) if _matches(segments, path))


def beneath(directory: str, paths: Sequence[str]) -> tuple[str, ...]:
    """The sorted paths anywhere under the directory."""
    return tuple(_beginning("" if directory in {"", "."} else directory.rstrip("/") + "/", paths))


def _beginning(prefix: str, paths: Sequence[str]) -> Iterator[str]:
    start = bisect_left(paths, prefix)
    return takewhile(lambda path: path.startswith(prefix), islice(paths, start, None))


def _matches(segments: list[re.Pattern[str]], path: str) -> bool:
    parts = path.split("/")
    return len(parts) == len(segments) and all(
        segment.match(part) for segment, part in zip(segments, parts, strict=True)
    )


def _rank(path: str) -> int:
    return ROOT_NAMES.index(posixpath.basename(path))
