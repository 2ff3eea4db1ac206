"""Whether the files of a case parse, read as a review reads them."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path

from orchestrator.code.decoding import Unreadable
from orchestrator.code.jupyter import jupyter_source
from orchestrator.code.project import parse_project
from orchestrator.code.reading import Files
from orchestrator.code.source import SourceFile
from orchestrator.code.yaml import parse_yaml


def unparsed(texts: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with each file that does not parse, by path; none where all do."""
    problems: dict[str, str] = {}
    sources: list[SourceFile] = []
    for path, text in texts.items():
        read = _source(path, text)
        if isinstance(read, Unreadable):
            problems[path] = read.reason
        else:
            sources.append(read)
    project = parse_project(Files(root=Path("input"), sources=tuple(sources), ledger=()))
    for entry in project.ledger:
        if entry.incomplete:
            problems.setdefault(entry.path, entry.reason)
    for source in sources:
        problem = _plain_problem(source)
        if problem:
            problems.setdefault(source.path, problem)
    return dict(sorted(problems.items()))


def _source(path: str, text: str) -> SourceFile | Unreadable:
    raw = text.encode("utf-8")
    digest = sha256(raw).hexdigest()
    if path.endswith(".ipynb"):
        return jupyter_source(path, raw, digest)
    return SourceFile(path=path, text=text, digest=digest)


def _plain_problem(source: SourceFile) -> str | None:
    """What is wrong with a file that no rule parses by itself."""
    suffix = source.path.rpartition(".")[2]
    if suffix in {"yml", "yaml"}:
        document = parse_yaml(source)
        return f"line {document.problem_line} {document.problem}" if document.problem else None
    reader: Callable[[str], object] | None = {"json": json.loads, "toml": tomllib.loads}.get(suffix)
    if reader is None:
        return None
    try:
        reader(source.text)
    except (ValueError, RecursionError) as error:
        return str(error)
    return None
