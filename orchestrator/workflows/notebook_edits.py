"""Edits of Jupyter notebooks: of the JSON as it stands on disk, and only such as leave everything but outputs alone."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, cast

from orchestrator.code.decoding import Unreadable, decode
from orchestrator.code.opening import read_bounded
from orchestrator.code.source import SourceFile

if TYPE_CHECKING:
    from pathlib import Path

_Members = list[tuple[str, object]]


def text_on_disk(source: SourceFile, root: Path, limit: int) -> SourceFile | None:
    """The JSON of a notebook as a source whose lines are those of the file; None where the file is not as it was."""
    raw = read_bounded(root / source.path, limit)
    if isinstance(raw, OSError) or sha256(raw).hexdigest() != source.digest:
        return None
    decoded = decode(raw)
    if isinstance(decoded, Unreadable):
        return None
    return SourceFile(
        path=source.path, text=decoded.text, digest=source.digest, newline=decoded.newline, bom=decoded.bom
    )


def only_clears_outputs(before: str, after: str) -> bool:
    """Whether two texts are the same notebook but for outputs of cells that are gone; not where that is uncertain."""
    first, second = _document(before), _document(after)
    if first is None or second is None:
        return False
    cells, changed = _cells(first), _cells(second)
    if len(cells) != len(changed):
        return False
    for cell, other in zip(cells, changed, strict=True):
        if other.get("outputs") == [] and isinstance(cell.get("outputs"), list):
            cell["outputs"] = []
    return first == second


def _document(text: str) -> dict[str, object] | None:
    """The object that a JSON text holds, each number as it is written; None where a key stands twice in an object."""
    try:
        read: object = json.loads(
            text, object_pairs_hook=_members, parse_float=_number, parse_int=_number, parse_constant=_number
        )
    except (RecursionError, ValueError):
        return None
    return cast("dict[str, object]", read) if isinstance(read, dict) else None


def _members(pairs: _Members) -> dict[str, object]:
    """An object of JSON.

    Raises:
        ValueError: a key stands in it twice: readers differ on which of the two counts.
    """
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a key stands twice in an object")
    return members


def _number(digits: str) -> tuple[str]:
    """A number that equals itself alone, neither another spelling nor a string of the same digits."""
    return (digits,)


def _cells(document: dict[str, object]) -> list[dict[str, object]]:
    """The cells that are objects: at the top in format 4, in worksheets in format 3."""
    sheets = document.get("worksheets")
    holders = [document, *(sheets if isinstance(sheets, list) else [])]
    lists = [holder.get("cells") for holder in holders if isinstance(holder, dict)]
    return [cell for cells in lists if isinstance(cells, list) for cell in cells if isinstance(cell, dict)]
