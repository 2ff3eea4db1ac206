"""Which parameters a notebook reads and defines, together with the notebooks that it runs."""

from __future__ import annotations

import ast
import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.code.facts import Facts
    from orchestrator.code.notebook import Notebook
    from orchestrator.code.python import Call, PythonFile

_MOST = 50
"""Notebooks followed from one."""
_SUFFIXES = ("", ".py", ".sql", ".ipynb")
_CREATING = ("text", "dropdown", "combobox", "multiselect")
_OPEN = re.compile(
    r"widgets\b(?!\s*\.\s*(?:get|text|dropdown|combobox|multiselect|remove|removeAll)\s*\()"
    r"|[(,=]\s*dbutils\s*[,)]|=\s*dbutils\s*(?:\n|\Z)|getCurrentBindings|currentRunParameters|get_dbutils"
)
"""Text after which any parameter may be read: all widgets at once, or `dbutils` handed to code that is not followed."""
_DYNAMIC_GET = re.compile(r"(?:widgets\s*\.\s*get|getArgument)\s*\(\s*(?!\s*(?:name\s*=\s*)?[\"'])")
_SQL_WIDGET = re.compile(r"\bCREATE\s+WIDGET\s+(?:TEXT|DROPDOWN|COMBOBOX|MULTISELECT)\s+`?(\w+)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Widgets:
    """What a notebook and those that it runs do with parameters; `text` is the code of all of them."""

    text: str
    defined: frozenset[str]
    gets: tuple[tuple[PythonFile, Call, str], ...]

    def mentions(self, name: str) -> bool:
        """Whether the name stands anywhere as a text or as an SQL parameter."""
        word = re.escape(name)
        return re.search(rf"[\"'`]{word}[\"'`]|:{word}\b|\$\{{?{word}\b|\{{\{{\s*{word}\b", self.text) is not None

    @property
    def read(self) -> tuple[str, ...]:
        """The names that the code reads, each once, in order."""
        return tuple(dict.fromkeys(name for _, _, name in self.gets))


def widgets_of(facts: Facts, notebook: Notebook) -> Widgets | None:
    """The parameters of a notebook; None where what it reads cannot be told."""
    group = _closure(facts, notebook)
    if group is None:
        return None
    text = "\n".join(_code(each) for each in group) + "\n" + "\n".join(_modules(facts, group))
    if _OPEN.search(text) or _DYNAMIC_GET.search(text):
        return None
    files = [file for each in group if (file := facts.project.python_by_path.get(each.source.path)) is not None]
    if any(file.problem is not None for file in files):
        return None
    defined = frozenset(_SQL_WIDGET.findall(text)) | frozenset(name for file in files for name in _created(file))
    return Widgets(text=text, defined=defined, gets=tuple(get for file in files for get in _gets(file)))


def _closure(facts: Facts, notebook: Notebook) -> list[Notebook] | None:
    """The notebook and all that it runs by `%run`; None where one of them is not in the project."""
    known = {each.source.path: each for each in facts.project.notebooks}
    group = {notebook.source.path: notebook}
    waiting = [notebook]
    while waiting:
        here = waiting.pop()
        for cell in here.cells:
            if cell.runs is None:
                continue
            found = _resolved(here.source.path, cell.runs, known)
            if found is None or len(group) > _MOST:
                return None
            if found.source.path not in group:
                group[found.source.path] = found
                waiting.append(found)
    return list(group.values())


def _resolved(path: str, target: str, known: dict[str, Notebook]) -> Notebook | None:
    base = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
    return next((known[base + suffix] for suffix in _SUFFIXES if base + suffix in known), None)


def _code(notebook: Notebook) -> str:
    return "\n".join(cell.text for cell in notebook.cells if cell.language not in {"markdown", "html"})


def _modules(facts: Facts, group: list[Notebook]) -> Iterator[str]:
    """The text of the project's modules that read widgets themselves and that one of the notebooks imports."""
    imported: set[str] = set()
    for notebook in group:
        file = facts.project.python_by_path.get(notebook.source.path)
        imported |= {module.rsplit(".", 1)[-1] for module in file.modules} if file is not None else set()
        imported |= set(file.imports) if file is not None else set()
    for other in facts.project.python:
        stem = posixpath.basename(other.path).removesuffix(".py")
        if other.notebook is None and stem in imported and "dbutils" in other.source.text:
            yield other.source.text


def _created(file: PythonFile) -> Iterator[str]:
    for call in file.calls_named(*_CREATING):
        name = file.string(call.argument(0, "name"))
        if name and (file.dotted(call.receiver) or "").endswith("widgets"):
            yield name


def _gets(file: PythonFile) -> Iterator[tuple[PythonFile, Call, str]]:
    for call in file.calls_named("get", "getArgument"):
        is_widget = (file.dotted(call.receiver) or "").endswith("widgets") or call.name == "getArgument"
        name = file.string(call.argument(0, "name"))
        if is_widget and name:
            yield file, call, name


def is_caught(file: PythonFile, node: ast.AST) -> bool:
    """Whether a `try` stands around the node, so that a missing widget is provided for."""
    return any(isinstance(parent, ast.Try) for parent in file.ancestors(node))
