"""Every Python, YAML, JSON and TOML file can be read by its own parser."""

from __future__ import annotations

import ast
import json
import tomllib
from collections.abc import Callable

import yaml

from orchestrator.workflows.commands.result import NewFile
from orchestrator.workflows.generate.validators import Target, Validated

NAME = "files parse"


def validate(target: Target) -> Validated | None:
    """Whether each file parses; the first that does not is named with its reason."""
    for file in target.files:
        problem = _problem(file)
        if problem:
            return Validated(name=NAME, standing="failed", detail=f"{file.path}: {problem}")
    return Validated(name=NAME, standing="passed", detail=f"{len(target.files)} files")


def _problem(file: NewFile) -> str:
    """Why the file cannot be read; empty where it can, or where it is of no kind that is read here."""
    read = _READERS.get(file.path.rpartition(".")[2])
    if read is None:
        return ""
    try:
        read(file.text)
    except (SyntaxError, ValueError, yaml.YAMLError) as error:
        return " ".join(str(error).split())[:300]
    return ""


def _all_documents(text: str) -> None:
    for _ in yaml.safe_load_all(text):
        pass


_READERS: dict[str, Callable[[str], object]] = {
    "py": ast.parse,
    "yml": _all_documents,
    "yaml": _all_documents,
    "json": json.loads,
    "ipynb": json.loads,
    "toml": tomllib.loads,
}
