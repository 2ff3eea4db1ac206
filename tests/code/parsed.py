"""Small projects for tests of the code model, parsed the way a review parses them."""

from __future__ import annotations

import ast
import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

from orchestrator.code.facts import Facts
from orchestrator.code.project import parse_project
from orchestrator.code.python import PythonFile, parse_python
from orchestrator.code.reading import read_project
from orchestrator.code.source import SourceFile

TODAY = dt.date(2026, 11, 23)


def python(text: str) -> PythonFile:
    """One parsed Python file."""
    file = parse_python(SourceFile(path="src/job.py", text=dedent(text).strip() + "\n", digest=""))
    assert isinstance(file, PythonFile), file
    return file


def project(folder: Path, files: Mapping[str, str]) -> Facts:
    """The facts about a project of these files."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).strip() + "\n", encoding="utf-8")
    return Facts(parse_project(read_project(folder)), TODAY)


def last(file: PythonFile) -> ast.expr:
    """The value of the file's last statement, which must be an expression."""
    statement = file.tree.body[-1]
    assert isinstance(statement, ast.Expr)
    return statement.value
