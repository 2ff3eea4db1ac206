"""Changes of a project that mean nothing: what a rule says must move with the code and stay otherwise the same."""

from __future__ import annotations

import ast
import io
import keyword
import re
import tokenize

Files = dict[str, str]

UNRELATED: Files = {
    "notes/minutes.md": "# Minutes\n\nNothing was decided.\n",
    "aaa_first/version.py": '"""The version."""\n\nVERSION = "1.4.2"\n',
    "zzz_last/shapes.py": "def area(width: float, height: float) -> float:\n    return width * height\n",
    "notes/colours.yml": "colours:\n  - red\n  - green\n",
    "notes/primes.sql": "SELECT 2 AS prime UNION ALL SELECT 3 AS prime;\n",
}
_COMMENT = {".py": "# A line more.", ".sql": "-- A line more.", ".yml": "# A line more.", ".yaml": "# A line more."}
_MARKER = re.compile(r"(?:#|--|//) Databricks notebook source[^\n]*\n")


def shifted(files: Files, lines: int) -> Files:
    """Every Python, SQL and YAML file with that many comment lines more at its top."""
    return {name: _shifted(name, text, lines) for name, text in files.items()}


def is_shifted(path: str) -> bool:
    """Whether `shifted` moves the code of this file."""
    return any(path.endswith(suffix) for suffix in _COMMENT)


def renamed(text: str) -> str | None:
    """The Python module with the variables of its functions called otherwise; None where it has none to rename.

    Left alone are names that stand in a string or an f-string and names that something else in the file has too.
    """
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return None
    chosen = _local_names(tree) - _other_names(tree) - _words_of_strings(tree)
    return _with_names(text, {name: f"{name}_v2" for name in chosen}) if chosen else None


def remarked(name: str, text: str) -> str:
    """A Python file with a comment after each statement of the module; any other file as it is."""
    if not name.endswith(".py"):
        return text
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return text
    lines = text.split("\n")
    for statement in reversed(tree.body):
        if statement.end_lineno is not None:
            lines.insert(statement.end_lineno, "# A remark.")
    return "\n".join(lines)


def turned(name: str, text: str) -> str:
    """A YAML file with its top-level keys the other way round; any other file, and one with anchors, as it is."""
    parts = re.split(r"(?m)^(?=[A-Za-z_-]+:)", text)
    if not name.endswith((".yml", ".yaml")) or len(parts) < 3 or "&" in text:
        return text
    whole = [part if part.endswith("\n") else f"{part}\n" for part in parts[1:]]
    return "".join([parts[0], *reversed(whole)])


def with_cells(name: str, text: str) -> str:
    """A source notebook of Python with a cell of prose before each of its cells; any other file as it is."""
    if not name.endswith(".py") or not _MARKER.match(text):
        return text
    end = "\n# COMMAND ----------\n"
    return text.replace(end, f"{end}\n# MAGIC %md\n# MAGIC A word between.\n{end}")


def reordered(text: str) -> str | None:
    """The module with neighbouring undecorated functions exchanged; None where there are none, or order may matter."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return None
    lines = text.splitlines(keepends=True)
    for first, second in zip(tree.body, tree.body[1:], strict=False):
        plain = all(isinstance(each, ast.FunctionDef) and not each.decorator_list for each in (first, second))
        if not plain or first.end_lineno is None or second.end_lineno is None:
            continue
        between = lines[first.end_lineno : second.lineno - 1]
        if any(line.strip() for line in between):
            continue
        head, one = lines[: first.lineno - 1], lines[first.lineno - 1 : first.end_lineno]
        two, tail = lines[second.lineno - 1 : second.end_lineno], lines[second.end_lineno :]
        return "".join([*head, *two, *between, *one, *tail])
    return None


def _shifted(name: str, text: str, lines: int) -> str:
    comment = next((comment for suffix, comment in _COMMENT.items() if name.endswith(suffix)), None)
    if comment is None:
        return text
    marker = _MARKER.match(text)
    at = marker.end() if marker else 0
    return text[:at] + f"{comment}\n" * lines + text[at:]


def _local_names(tree: ast.Module) -> set[str]:
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return {
        node.id
        for function in functions
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def _other_names(tree: ast.Module) -> set[str]:
    """Names of parameters, keywords, attributes, imports, definitions and of the module itself."""
    found: set[str] = set(keyword.kwlist)
    for node in ast.walk(tree):
        match node:
            case ast.arg(arg=name) | ast.keyword(arg=str(name)) | ast.Attribute(attr=name):
                found.add(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.alias(name=name, asname=other):
                found |= {name.split(".")[0], other or name}
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                found |= set(names)
            case _:
                pass
    module = [node for statement in tree.body for node in _outside_functions(statement)]
    return found | {node.id for node in module if isinstance(node, ast.Name)}


def _outside_functions(statement: ast.stmt) -> list[ast.AST]:
    return [] if isinstance(statement, (ast.FunctionDef, ast.ClassDef)) else list(ast.walk(statement))


def _words_of_strings(tree: ast.Module) -> set[str]:
    words: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            words |= set(re.findall(r"\w+", node.value))
        if isinstance(node, ast.JoinedStr):
            words |= {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
    return words


def _with_names(text: str, names: dict[str, str]) -> str:
    lines = text.splitlines(keepends=True)
    tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    for token in reversed(tokens):
        if token.type == tokenize.NAME and token.string in names:
            row, column = token.start
            line = lines[row - 1]
            lines[row - 1] = line[:column] + names[token.string] + line[column + len(token.string) :]
    return "".join(lines)
