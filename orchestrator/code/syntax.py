"""From the text of a Python file or notebook to its syntax tree."""

from __future__ import annotations

import ast
import warnings
from typing import TYPE_CHECKING

from orchestrator.code.notebook import python_segments, python_text

if TYPE_CHECKING:
    from orchestrator.code.notebook import Notebook
    from orchestrator.code.source import SourceFile


def read_tree(source: SourceFile, notebook: Notebook | None) -> tuple[ast.Module | str, str | None]:
    """The tree, or why there is none; and which cells of a notebook are missing from it."""
    tree = _parse(python_text(source, notebook))
    if isinstance(tree, ast.Module) or notebook is None:
        return tree, None
    bodies: list[ast.stmt] = []
    broken: list[int] = []
    for segment in python_segments(notebook):
        part = _parse("\n" * (segment.first_line - 1) + segment.text)
        if isinstance(part, ast.Module):
            bodies.extend(part.body)
        else:
            broken.append(segment.cell)
    if not bodies:
        return tree, None
    cells = ", ".join(str(cell) for cell in broken)
    return ast.Module(body=bodies, type_ignores=[]), f"cell {cells} does not parse"


def _parse(text: str) -> ast.Module | str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError as error:
        return f"does not parse as Python 3 (line {error.lineno}: {error.msg})"
    except (ValueError, RecursionError, MemoryError) as error:
        return f"does not parse as Python 3 ({type(error).__name__}: nested too deeply, or holds a NUL)"
