"""Hash functions over columns that hold personal data: what is hashed, and under which new name."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from orchestrator.code.personal import personal_kind
from orchestrator.code.python import as_call

if TYPE_CHECKING:
    from orchestrator.code.python import Call, PythonFile

HASHES = frozenset({"md5", "sha", "sha1", "sha2", "hash", "xxhash64", "crc32"})
_NORMALISING = frozenset({"lower", "upper", "trim", "ltrim", "rtrim", "cast", "col", "column", "coalesce", "encode",
                          "strip", "alias", "astype", "initcap", "string"})  # fmt: skip
_PSEUDONYM = re.compile(r"hash|anon|pseudo|mask|encrypt|token|protect|obfuscat|scrambl|_md5|_sha|secure", re.IGNORECASE)
_OTHER_PURPOSE = re.compile(
    r"diff|checksum|change|row_?hash|hash_?key|_hk\b|_sk\b|_bk\b|dedup|match|partition|bucket|key\b|facebook|meta_|google"
    r"|uid2|sha256_email|hem\b|gravatar",
    re.IGNORECASE,
)


def is_pseudonym(new_name: str, column: str) -> bool:
    """Whether a hash under that name stands in the column's place: the same name, or one that says so."""
    if _OTHER_PURPOSE.search(new_name):
        return False
    return new_name.lower() == column.lower() or _PSEUDONYM.search(new_name) is not None


def hashed_column(file: PythonFile, call: Call) -> str | None:
    """The one personal column that a call of a hash function takes, with nothing beside it."""
    if call.name not in HASHES or len([*call.node.args]) > (2 if call.name == "sha2" else 1):
        return None
    return _column(file, call.argument(0, "col"))


def _column(file: PythonFile, node: ast.expr | None, depth: int = 0) -> str | None:
    if node is None or depth > 8:
        return None
    text = file.string(node)
    if text is not None:
        return text if personal_kind(text) else None
    if isinstance(node, ast.Name):
        return _column(file, file.value_of(node), depth + 1)
    if isinstance(node, ast.Attribute):
        return node.attr if personal_kind(node.attr) else None
    if isinstance(node, ast.Subscript):
        return _column(file, node.slice, depth + 1)
    call = as_call(node)
    if call is None or call.name not in _NORMALISING:
        return None
    inner = call.receiver if call.receiver is not None and call.name in {"cast", "alias", "astype"} else None
    return _column(file, inner if inner is not None else call.argument(0, "col"), depth + 1)


def new_name(file: PythonFile, call: Call) -> str | None:
    """The column that a hash is written to: by `withColumn`, `withColumns`, `alias` or a function of SQL's SELECT."""
    child: ast.AST = call.node
    for parent in file.ancestors(call.node):
        outer = as_call(parent)
        if isinstance(parent, ast.stmt):
            return None
        if outer is not None and outer.name in {"alias", "name"} and child is outer.node.func:
            return file.string(outer.argument(0, "alias"))
        if outer is not None and outer.name == "withColumn":
            return file.string(outer.argument(0, "colName"))
        if isinstance(parent, ast.Dict):
            keys = [key for key, value in zip(parent.keys, parent.values, strict=True) if value is child]
            return file.string(keys[0]) if keys else None
        child = parent
    return None
