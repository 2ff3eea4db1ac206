"""What of a file takes effect when it runs: comments, docstrings and prose prove nothing, and may give orders."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from dataclasses import replace
from functools import lru_cache

from orchestrator.code.notebook import Notebook, parse_notebook, python_text
from orchestrator.code.scrubbing import scrubbed
from orchestrator.code.shown import ShownLine, shown_lines, unnumbered
from orchestrator.code.source import SourceFile
from orchestrator.code.syntax import read_tree
from orchestrator.workflows.refuter.prose import without_marks
from orchestrator.workflows.refuter.quiet import quiet

_PYTHON = (".py", ".ipynb")
_LEAST = 3
_WORD = re.compile(r"[A-Za-z0-9_]")
_SQL_COMMENT = re.compile(r"--.*$|/\*.*?\*/")
_OTHER_COMMENT = {"scala": re.compile(r"(?:^|\s)//.*$")}
_HASH_COMMENT = re.compile(r"(?:^|\s)#.*$")
_BEFORE_CODE = re.compile(r"\s*(?:(?:#|--|//) MAGIC\s+(?:%\w+\s*)?)?")
_PROSE = frozenset({"markdown", "html", "skipped", "file"})


def takes_effect(quote: str, source: SourceFile, start: int, end: int) -> bool:
    """Whether some quoted line, at these lines of the file on disk, holds code and not only words about it."""
    pieces = [piece.strip() for piece in unnumbered(quote.replace("\r\n", "\n")).split("\n")]
    return any(
        _is_of(piece, line, code)
        for line, effective, shown in zip(
            shown_lines(source), effective_lines(source), bare(source).lines, strict=False
        )
        if start <= line.number <= end and effective and _has_word(code := _BEFORE_CODE.sub("", shown, count=1))
        for piece in pieces
    )


def _is_of(piece: str, line: ShownLine, code: str) -> bool:
    """Whether a quoted piece is a line that holds code, or a part of that code as it is shown."""
    if piece in {line.raw.strip(), line.text.strip()}:
        return True
    part = _BEFORE_CODE.sub("", piece, count=1)
    return len(part) >= _LEAST and _has_word(part) and part in code


def _has_word(code: str) -> bool:
    return bool(_WORD.search(without_marks(code)))


@lru_cache(maxsize=4_000)
def bare(source: SourceFile) -> SourceFile:
    """The file as the refuter is shown it: every line at its place, without the words that take no effect.

    A mark stands for each sentence in a value or a name. Where Python cannot be parsed its docstrings are such values.
    """
    code = effective_lines(source)
    if len(code) != len(source.lines) or not any(code):
        kept = [line.rstrip() for line in _without_comments(source.lines, _language(source.path))]
    else:
        kept = [_kept(raw, effective) for raw, effective in zip(source.lines, code, strict=True)]
    # Credentials are known by the names beside them, so they go before a mark can stand for a name.
    return replace(source, text=_as_many(kept, quiet(_as_many(kept, scrubbed("\n".join(kept))), source.path)))


def _as_many(lines: list[str], text: str) -> str:
    """The text where it has as many lines as these have; else each of them scrubbed alone."""
    return text if text.count("\n") == len(lines) - 1 else "\n".join(map(scrubbed, lines))


def _kept(raw: str, code: str) -> str:
    """The line up to the end of its code, with its indentation or its mark of a notebook's magic."""
    at = raw.find(code)
    return raw[: at + len(code)] if code and at >= 0 and _BEFORE_CODE.fullmatch(raw[:at]) else code


@lru_cache(maxsize=64)
def effective_lines(source: SourceFile) -> tuple[str, ...]:
    """The lines of a file's text with all that does not take effect blanked, without the spaces around the rest."""
    notebook = parse_notebook(source)
    is_python = source.path.endswith(_PYTHON)
    lines = _of_python(source, notebook) if is_python else _without_comments(source.lines, _language(source.path))
    for cell in notebook.cells if notebook else ():
        if not (is_python and cell.language == "python"):
            first = cell.body_first_line - 1
            lines[first : first + len(cell.lines)] = _without_comments(cell.lines, cell.language)
    return tuple(line.strip() for line in lines)


def _language(path: str) -> str:
    return "sql" if path.endswith(".sql") else "other"


def _without_comments(lines: tuple[str, ...], language: str) -> list[str]:
    if language in _PROSE:
        return [""] * len(lines)
    if language != "sql":
        return [_OTHER_COMMENT.get(language, _HASH_COMMENT).sub("", line) for line in lines]
    kept: list[str] = []
    inside = False
    for line in lines:
        _, closes, rest = line.partition("*/") if inside else ("", "*/", line)
        bare, opens, _ = _SQL_COMMENT.sub("", rest if closes else "").partition("/*")
        kept.append(bare)
        inside = bool(opens) or (inside and not closes)
    return kept


def _of_python(source: SourceFile, notebook: Notebook | None) -> list[str]:
    """Python without its comments, docstrings and unused texts; nothing of what cannot be read takes effect."""
    text = python_text(source, notebook)
    lines = text.split("\n")
    tree, _ = read_tree(source, notebook)
    try:
        comments = [token.start for token in _tokens(text) if token.type == tokenize.COMMENT]
    except (SyntaxError, tokenize.TokenError):
        return [""] * len(lines)
    for row, column in comments:
        lines[row - 1] = lines[row - 1][:column]
    for node in ast.walk(tree) if isinstance(tree, ast.Module) else ():
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            rows = range(node.lineno - 1, node.end_lineno or node.lineno)
            lines[rows.start : rows.stop] = [""] * len(rows)
    return lines


def _tokens(text: str) -> list[tokenize.TokenInfo]:
    return list(tokenize.generate_tokens(io.StringIO(text).readline))
