"""Applies the edits of fixes to texts; a file that would no longer parse keeps its text."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable
from hashlib import sha256

from orchestrator.code.notebook import parse_notebook, python_text
from orchestrator.code.source import SourceFile
from orchestrator.types import Edit, Fix
from orchestrator.workflows.notebook_edits import only_clears_outputs

Span = tuple[int, int]


def apply_fixes(source: SourceFile, fixes: Iterable[Fix]) -> tuple[str, tuple[int, ...]]:
    """The text with every fix applied whose edits overlap no earlier one, and the places of those in `fixes`."""
    taken: list[tuple[Span, str]] = []
    applied: list[int] = []
    for place, fix in enumerate(fixes):
        spans = [(_span(source, edit), edit.replacement) for edit in fix.edits]
        if any(_overlap(span, other) for span, _ in spans for other, _ in taken):
            continue
        taken.extend(spans)
        applied.append(place)
    text = source.text
    for (start, end), replacement in sorted(taken, reverse=True):
        text = text[:start] + replacement + text[end:]
    return text, tuple(applied)


def _span(source: SourceFile, edit: Edit) -> Span:
    return _offset(source, edit.start_line, edit.start_column), _offset(source, edit.end_line, edit.end_column)


def _offset(source: SourceFile, line: int, column: int) -> int:
    before = sum(len(text) + 1 for text in source.lines[: line - 1])
    return min(before + column - 1, len(source.text))


def _overlap(first: Span, second: Span) -> bool:
    return first == second or (first[0] < second[1] and second[0] < first[1])


def encoded(source: SourceFile, text: str) -> bytes:
    """The bytes of a text with the newlines and the byte-order mark of the file it came from."""
    body = text.replace("\n", source.newline).encode("utf-8")
    return b"\xef\xbb\xbf" + body if source.bom else body


def is_rewritable(source: SourceFile) -> bool:
    """Whether writing the unchanged text gives the very bytes that were read: not so for mixed newlines or UTF-16.

    Nor for the text of a Jupyter notebook, which is its cells laid out: `text_on_disk` gives the one that can be.
    """
    is_laid_out = source.is_jupyter and source.origins is not None
    return not is_laid_out and sha256(encoded(source, source.text)).hexdigest() == source.digest


def still_parses(source: SourceFile, text: str) -> bool:
    """Whether a Python or YAML text parses, and a Jupyter notebook lost nothing but outputs; others are not checked."""
    if source.is_jupyter:
        return only_clears_outputs(source.text, text)
    changed = SourceFile(path=source.path, text=text, digest="", newline=source.newline)
    if source.path.endswith(".py"):
        return _parses(python_text(changed, parse_notebook(changed)))
    if source.path.endswith((".yml", ".yaml")):
        from orchestrator.code.yaml import parse_yaml

        return parse_yaml(changed).problem is None
    return True


def _parses(text: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
