"""Jupyter notebooks: .ipynb files read as Databricks source notebooks whose lines know where they stand on disk."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from orchestrator.code.decoding import Unreadable, decode
from orchestrator.code.json_strings import list_spans, string_lines
from orchestrator.code.notebook import COMMENTS, HEADER, SEPARATOR, cell_magic
from orchestrator.code.source import Origin, SourceFile

if TYPE_CHECKING:
    from orchestrator.code.json_strings import Span, Step

MAX_CELLS = 5_000
MAX_OUTPUT_CHARACTERS = 20_000
"""How much of one output's text is kept: enough to find a token or a row of names in."""
MAX_OUTPUTS = 1_000

_LANGUAGES = {"python": "python", "ipython": "python", "python3": "python", "pyspark": "python", "sql": "sql"}
_SHOWN = {("text",), ("data",), ("traceback",)}
_HAS_OUTPUTS = re.compile(rb'"outputs"\s*:\s*\[\s*[^\]\s]')
_NEWLINES = re.compile(r"\r\n?")
_NOTEBOOK_KEY = "application/vnd.databricks.v1+notebook"
_CELL_KEY = "application/vnd.databricks.v1+cell"
_TABLE_KEY = "application/vnd.databricks.v1+output"


@dataclass(frozen=True, slots=True, kw_only=True)
class CellOutput:
    """What a cell printed or showed when the notebook was saved; `line` is a line of the .ipynb file.

    `text` is cut after `MAX_OUTPUT_CHARACTERS`. `whole` is where the list of all outputs of the cell stands in the
    file, brackets included; None where that is not certain.
    """

    cell: int
    text: str
    line: int
    whole: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _JupyterCell:
    """One cell as stored: its kind, its source lines, and the file's line of each."""

    kind: str
    title: str
    lines: tuple[str, ...]
    places: tuple[int, ...]


def jupyter_source(path: str, raw: bytes, digest: str) -> SourceFile | Unreadable:
    """The notebook laid out as a source notebook, each line leading back to the .ipynb file; never raises."""
    parsed = _parsed(raw)
    if isinstance(parsed, Unreadable):
        return parsed
    document, text = parsed
    language = _language(document)
    if language not in COMMENTS or language == "scala":
        return Unreadable(reason=f"the notebook's language is not reviewed: {language}", incomplete=False)
    cells = _cells(document, text)
    if cells is None:
        return Unreadable(reason="not a Jupyter notebook: it has no list of cells")
    if len(cells) > MAX_CELLS:
        return Unreadable(reason=f"more than {MAX_CELLS} cells")
    lines, origins = _laid_out(cells, COMMENTS[language])
    return SourceFile(path=path, text="\n".join(lines), digest=digest, origins=tuple(origins))


def jupyter_outputs(raw: bytes) -> tuple[CellOutput, ...]:
    """The saved outputs of a .ipynb file, at most `MAX_OUTPUTS`; none for a file that is no notebook."""
    parsed = _parsed(raw) if _HAS_OUTPUTS.search(raw) else None
    if parsed is None or isinstance(parsed, Unreadable):
        return ()
    document, text = parsed
    stored = _cell_list(document) or []
    places, lists = _places(document, text), _output_lists(document, text)
    found: list[CellOutput] = []
    for number, cell in enumerate(stored):
        for place, output in enumerate(_items(cell, "outputs")):
            shown = _output_text(output)
            if shown and len(found) < MAX_OUTPUTS:
                line = places.get((number, "outputs", place), places.get((number, "source"), 1))
                found.append(CellOutput(cell=number + 1, text=shown, line=line, whole=lists.get(number)))
    return tuple(found)


def _parsed(raw: bytes) -> tuple[dict[str, object], str] | Unreadable:
    decoded = decode(raw)
    if isinstance(decoded, Unreadable):
        return decoded
    try:
        document: object = json.loads(decoded.text)
    except json.JSONDecodeError as error:
        return Unreadable(reason=f"not a Jupyter notebook: no JSON at line {error.lineno} ({error.msg})")
    except (RecursionError, ValueError):
        return Unreadable(reason="not a Jupyter notebook: its JSON is nested too deep or holds too long a number")
    if not isinstance(document, dict):
        return Unreadable(reason="not a Jupyter notebook: it has no list of cells")
    return cast("dict[str, object]", document), decoded.text


def _mapping(value: object, *keys: str) -> dict[str, object]:
    """The object under those keys, one inside the other; empty where there is none."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def _items(value: object, key: str) -> list[object]:
    """The list under a key; empty where there is none."""
    found = value.get(key) if isinstance(value, dict) else None
    return cast("list[object]", found) if isinstance(found, list) else []


def _language(document: dict[str, object]) -> str:
    """The language of cells that name none."""
    metadata = _mapping(document, "metadata")
    named = (
        _mapping(metadata, _NOTEBOOK_KEY).get("language"),
        _mapping(metadata, "language_info").get("name"),
        _mapping(metadata, "kernelspec").get("language"),
    )
    name = next((given.lower() for given in named if isinstance(given, str) and given), "python")
    return _LANGUAGES.get(name, name)


def _cell_list(document: dict[str, object]) -> list[object] | None:
    """The stored cells: at the top in format 4, in the first worksheet in format 3."""
    if isinstance(document.get("cells"), list):
        return _items(document, "cells")
    sheets = _items(document, "worksheets")
    return _items(sheets[0], "cells") if sheets else None


def _cells(document: dict[str, object], text: str) -> list[_JupyterCell] | None:
    stored = _cell_list(document)
    if stored is None:
        return None
    places = _places(document, text)
    return [_cell(cell, number, places) for number, cell in enumerate(stored)]


def _root(document: dict[str, object]) -> tuple[str, int]:
    """The key of the outermost object that holds the cells, and how many steps lead to their list."""
    return ("cells", 1) if isinstance(document.get("cells"), list) else ("worksheets", 3)


def _output_lists(document: dict[str, object], text: str) -> dict[Step, Span]:
    """Where the list of outputs of each cell stands, by cell number; nothing of a cell that has two such lists."""
    root, depth = _root(document)
    found: dict[Step, Span] = {}
    twice: set[Step] = set()
    for path, span in list_spans(text, root=root, key="outputs"):
        if len(path) == depth + 2 and path[1:depth] in {(), (0, "cells")}:
            twice.update({path[depth]} & found.keys())
            found[path[depth]] = span
    return {cell: span for cell, span in found.items() if cell not in twice}


def _places(document: dict[str, object], text: str) -> dict[tuple[Step, ...], int]:
    """The line of each source string and of the first string of each output, by cell number and path below it."""
    root, depth = _root(document)
    places: dict[tuple[Step, ...], int] = {}
    for path, line in string_lines(text, root=root):
        below = path[depth:]
        key = below[1] if len(below) > 1 else None
        if key in {"source", "input"}:
            places.setdefault((below[0], "source"), line)
            places[(below[0], "source", *below[2:])] = line
        elif key == "outputs" and below[3:4] in _SHOWN:
            places.setdefault(below[:3], line)
    return places


def _cell(stored: object, number: int, places: dict[tuple[Step, ...], int]) -> _JupyterCell:
    cell = _mapping(stored)
    source = cell.get("source", cell.get("input", ""))
    parts = source if isinstance(source, list) else [source]
    lines, lines_at = [""], [0]
    for at, part in enumerate(parts):
        line = places.get((number, "source", at), places.get((number, "source"), 1))
        pieces = _clean(part).split("\n") if isinstance(part, str) else [""]
        lines_at[-1] = lines_at[-1] or line
        lines[-1] += pieces[0]
        lines.extend(pieces[1:])
        # What follows a newline begins in the next string of the list, if there is one.
        lines_at.extend([line] * (len(pieces) - 2) + [0] * (len(pieces) > 1))
    last = max(lines_at) or places.get((number, "source"), 1)
    kind = cell.get("cell_type")
    title = _mapping(cell, "metadata", _CELL_KEY).get("title")
    return _JupyterCell(
        kind=kind if isinstance(kind, str) else "code",
        title=_clean(title).replace("\n", " ") if isinstance(title, str) else "",
        lines=tuple(lines),
        places=tuple(at or last for at in lines_at),
    )


def _clean(text: str) -> str:
    """A string as text that can be written as UTF-8: one newline style, no lone surrogates, no NUL."""
    text = _NEWLINES.sub("\n", text).replace("\0", "\ufffd")
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _laid_out(cells: list[_JupyterCell], comment: str) -> tuple[list[str], list[Origin]]:
    """The lines of the source notebook, and where each stands; what is not in the file stands at its cell's start."""
    lines, origins = [f"{comment} {HEADER}"], [Origin(1, None)]
    for number, cell in enumerate(cells, 1):
        if number > 1:
            lines += ["", f"{comment} {SEPARATOR}", ""]
            origins += [Origin(origins[-1].line, None)] * 3
        if cell.title:
            lines.append(f"{comment} DBTITLE 1,{cell.title}")
            origins.append(Origin(cell.places[0], number))
        lines += _source_lines(cell, comment)
        added = len(lines) - len(origins) - len(cell.lines)
        places = [cell.places[0]] * added + list(cell.places)
        origins += [Origin(place, number) for place in places]
    return lines, origins


def _source_lines(cell: _JupyterCell, comment: str) -> list[str]:
    """The cell's lines, behind `MAGIC` prefixes when they are not in the notebook's language."""
    prefix = f"{comment} MAGIC "
    if cell.kind in {"markdown", "raw", "heading"}:
        return [f"{prefix}%md", *(f"{prefix}{line}".rstrip() for line in cell.lines)]
    head = next((line for line in cell.lines if line.strip()), "")
    if cell_magic(head) is None:
        return list(cell.lines)
    return [f"{prefix}{line}" if line else prefix.rstrip() for line in cell.lines]


def _output_text(output: object) -> str:
    """The text of one output: a stream, a shown value, an error, or the rows of a Databricks table."""
    stored = _mapping(output)
    shown = _mapping(stored, "data") or stored
    parts = [_joined(stored.get("text")), _joined(stored.get("traceback"))]
    parts += [_joined(shown[key]) for key in sorted(shown) if key.startswith("text/")]
    table = _mapping(shown, _TABLE_KEY)
    parts += [_table_text(table)] if table else []
    return _clean("\n".join(part for part in parts if part)[:MAX_OUTPUT_CHARACTERS])


def _table_text(table: dict[str, object]) -> str:
    """The rows of a Databricks table as JSON; nothing when they are nested deeper than can be written."""
    try:
        return json.dumps(table.get("data"), ensure_ascii=False)
    except RecursionError:
        return ""


def _joined(value: object) -> str:
    """A string, or a list of strings as one; anything else is nothing."""
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""
