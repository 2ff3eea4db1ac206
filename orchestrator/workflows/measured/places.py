"""From the line of code that Spark named to the line of the project."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from orchestrator.code.project import Project
from orchestrator.code.python import PythonFile
from orchestrator.types import Location
from orchestrator.workspace.spark.evidence import CodePlace

_ACTION = re.compile(r"(\w{1,80}) at ")
_LIBRARY = frozenset({"site-packages", "dist-packages", "pyspark"})
_SIMPLE = (ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return, ast.Assert, ast.Raise, ast.Delete)
Span = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A line of a Python file of the project, with the first and last line of its statement."""

    path: str
    line: int
    span: Span

    def meets(self, location: Location) -> bool:
        """Whether its statement and the location share a line.

        The whole statement counts: before Python 3.11 a call in a chain over several lines has the line of its start.
        """
        first, last = self.span
        return self.path == location.path and first <= location.end_line and location.start_line <= last


class Places:
    """The Python files in which a line can be found: those that were reviewed, without Jupyter notebooks.

    The lines of a Jupyter notebook on disk are lines of JSON, which Spark never names.
    """

    def __init__(self, project: Project, reviewed: Iterable[str]) -> None:
        wanted = set(reviewed)
        self._files = {file.path: file for file in project.python if file.path in wanted and not file.source.is_jupyter}
        self._spans: dict[str, dict[int, Span]] = {}

    @cached_property
    def _by_name(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for path in self._files:
            found.setdefault(path.rpartition("/")[2], []).append(path)
        return {name: tuple(paths) for name, paths in found.items()}

    def of(self, place: CodePlace | None, description: str) -> Placed | None:
        """The place in the project; None where it is elsewhere, may be several, or the file has changed since."""
        path = self._path(place) if place is not None else None
        if place is None or path is None:
            return None
        spans = self._spans.setdefault(path, dict(_spans(self._files[path])))
        span = spans.get(place.line)
        if span is None or not _says(self._files[path], span, description):
            return None
        return Placed(path=path, line=place.line, span=span)

    def file(self, path: str) -> PythonFile:
        """The file of a place that was found."""
        return self._files[path]

    def _path(self, place: CodePlace) -> str | None:
        """The one path that shares the most names with the place, counted from the end."""
        parts = place.path.replace("\\", "/").split("/")
        if not _LIBRARY.isdisjoint(parts):
            return None
        shared = {
            path: min(len(parts), path.count("/") + 1) for path in self._by_name.get(parts[-1], ()) if place.is_in(path)
        }
        best = [path for path, names in shared.items() if names == max(shared.values())]
        return best[0] if len(best) == 1 else None


def _says(file: PythonFile, span: Span, description: str) -> bool:
    """Whether the statement names the action that Spark's own description does (`collect at job.py:42`)."""
    found = _ACTION.match(description)
    return found is None or found[1] in file.source.quote(*span)


def _spans(file: PythonFile) -> Iterator[tuple[int, Span]]:
    """Each line that belongs to a statement, or to the head of a compound one, with the span of that."""
    for head in (*_simple(file), *_heads(file)):
        for line in range(head[0], head[1] + 1):
            yield line, head


def _simple(file: PythonFile) -> Iterator[Span]:
    for kind in _SIMPLE:
        for node in file.nodes(kind):
            yield node.lineno, node.end_lineno or node.lineno


def _heads(file: PythonFile) -> Iterator[Span]:
    for asking in file.nodes(ast.If):
        yield asking.lineno, asking.test.end_lineno or asking.lineno
    for waiting in file.nodes(ast.While):
        yield waiting.lineno, waiting.test.end_lineno or waiting.lineno
    for loop in file.nodes(ast.For):
        yield loop.lineno, loop.iter.end_lineno or loop.lineno
    for block in file.nodes(ast.With):
        yield block.lineno, max(item.context_expr.end_lineno or block.lineno for item in block.items)
