"""The block of code that lines stand in: the def, the notebook cell, the statement, or the entry of a YAML list."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from orchestrator.code.notebook import Notebook, parse_notebook
from orchestrator.code.source import SourceFile
from orchestrator.code.yaml import YamlList, YamlMap, YamlNode, parse_yaml

Lines = tuple[int, int]


def block(source: SourceFile, lines: Lines) -> Lines:
    """The smallest block that holds the lines, as lines on disk; the lines themselves where there is none."""
    fitting = [one for one in _blocks(source) if one[0] <= lines[0] and lines[1] <= one[1]]
    return min(fitting, key=lambda one: (one[1] - one[0], one), default=lines)


@lru_cache(maxsize=256)
def _blocks(source: SourceFile) -> tuple[Lines, ...]:
    return tuple(sorted(set(_found(source))))


def _found(source: SourceFile) -> Iterator[Lines]:
    notebook = parse_notebook(source) if source.path.endswith((".py", ".sql", ".ipynb")) else None
    if notebook is not None:
        yield from _cells(notebook)
    if source.path.endswith((".py", ".ipynb")):
        yield from _definitions(source, notebook)
    elif source.path.endswith(".sql") and notebook is None:
        yield from _statements(source)
    elif source.path.endswith((".yml", ".yaml")):
        root = parse_yaml(source).root
        yield from _entries(root, depth=0) if root is not None else ()


def _cells(notebook: Notebook) -> Iterator[Lines]:
    for cell in notebook.cells:
        place = notebook.source.location(cell.start_line, cell.end_line)
        yield place.start_line, place.end_line


def _definitions(source: SourceFile, notebook: Notebook | None) -> Iterator[Lines]:
    from orchestrator.code.python import parse_python

    parsed = parse_python(notebook.source if notebook is not None else source, notebook)
    if isinstance(parsed, str):
        return
    for node in ast.walk(parsed.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            place = parsed.source.location(first, node.end_lineno or node.lineno)
            yield place.start_line, place.end_line


def _statements(source: SourceFile) -> Iterator[Lines]:
    """Statements of a SQL file, told apart by a semicolon at the end of a line."""
    start = 1
    for number, line in enumerate(source.lines, start=1):
        if line.split("--")[0].rstrip().endswith(";"):
            yield start, number
            start = number + 1
    if start <= len(source.lines):
        yield start, len(source.lines)


def _entries(node: YamlNode, depth: int) -> Iterator[Lines]:
    """List entries that are maps, such as tasks and clusters, and the resources of a bundle: maps three deep."""
    if isinstance(node, YamlList):
        for item in node:
            if isinstance(item, YamlMap):
                yield item.start_line, item.end_line
            yield from _entries(item, depth + 1)
    elif isinstance(node, YamlMap):
        for entry in node.entries.values():
            if depth == 2:
                yield entry.key.start_line, max(entry.key.start_line, entry.value.end_line)
            yield from _entries(entry.value, depth + 1)
