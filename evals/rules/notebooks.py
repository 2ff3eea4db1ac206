"""Turns notebooks that were exported as HTML back into the source format that repositories hold."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

_MODEL = re.compile(r"__DATABRICKS_NOTEBOOK_MODEL = '([A-Za-z0-9+/=]+)'")
_FORMATS = {"python": (".py", "#"), "sql": (".sql", "--"), "scala": (".scala", "//"), "r": (".r", "#")}
_MAX_CELLS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceNotebook:
    """A notebook as text in the source format, and the suffix its language gives the file."""

    suffix: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cell:
    position: float
    title: str
    command: str


def convert_exports(root: Path) -> int:
    """Replaces each exported notebook below `root` by its source and removes other HTML; how many were replaced."""
    converted = 0
    for path in sorted(root.rglob("*.html")):
        notebook = source_notebook(path.read_text(encoding="utf-8", errors="replace"))
        path.unlink()
        if notebook is None or path.with_suffix(notebook.suffix).exists():
            continue
        path.with_suffix(notebook.suffix).write_text(notebook.text, encoding="utf-8")
        converted += 1
    return converted


def source_notebook(html: str) -> SourceNotebook | None:
    """The notebook whose model the page carries; None when it carries none that can be read."""
    found = _MODEL.search(html)
    if found is None:
        return None
    try:
        model = json.loads(unquote(base64.b64decode(found[1], validate=True).decode("utf-8")))
    except (binascii.Error, UnicodeDecodeError, ValueError, RecursionError):
        return None
    if not isinstance(model, dict) or model.get("language") not in _FORMATS:
        return None
    suffix, comment = _FORMATS[model["language"]]
    cells = sorted(_cells(model.get("commands")), key=lambda cell: cell.position)
    divider = f"\n\n{comment} COMMAND ----------\n\n"
    body = divider.join("\n".join(_cell_lines(cell, comment)) for cell in cells)
    return SourceNotebook(suffix=suffix, text=f"{comment} Databricks notebook source\n{body}\n")


def _cells(commands: object) -> Iterator[_Cell]:
    if not isinstance(commands, list):
        return
    for command in commands[:_MAX_CELLS]:
        if not isinstance(command, dict) or not isinstance(command.get("command"), str):
            continue
        position = command.get("position")
        title = command.get("commandTitle") if command.get("showCommandTitle") else ""
        yield _Cell(
            position=float(position) if isinstance(position, int | float) else 0.0,
            title=title if isinstance(title, str) else "",
            command=command["command"],
        )


def _cell_lines(cell: _Cell, comment: str) -> Iterator[str]:
    if cell.title:
        yield f"{comment} DBTITLE 1,{cell.title.splitlines()[0]}"
    lines = cell.command.splitlines()
    if not cell.command.lstrip().startswith("%"):
        yield from lines
        return
    for line in lines:
        yield f"{comment} MAGIC {line}".rstrip()
