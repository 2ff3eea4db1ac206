"""The grants that a copy of the skill's `apply_grants.py` wants: the literal under `WANTED`, read and never run."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.code.source import SourceFile
from orchestrator.errors import UsageError

NAME = "WANTED"


@dataclass(frozen=True, kw_only=True)
class Written:
    """One principal's privileges on one object, as they are written."""

    kind: str
    name: str
    principal: str
    privileges: tuple[str, ...]
    line: int


def written(source: SourceFile) -> Iterator[Written]:
    """The entries of `WANTED`, in their order.

    Raises:
        UsageError: there is no such literal, or a part of it is computed; the sentence has its line.
    """
    try:
        tree = ast.parse(source.text)
    except (SyntaxError, ValueError, RecursionError) as error:
        raise UsageError(f"{source.path} is no Python that can be read ({type(error).__name__})") from None
    found = next((value for node in tree.body if (value := _value(node)) is not None), None)
    if found is None:
        raise UsageError(f"{source.path} has no mapping {NAME}; copy apply_grants.py of the skill access-management")
    for key, grants in zip(found.keys, found.values, strict=True):
        kind, name = _object(key, source)
        if not isinstance(grants, ast.Dict):
            raise _computed(grants, source)
        for principal, privileges in zip(grants.keys, grants.values, strict=True):
            yield Written(
                kind=kind,
                name=name,
                principal=_text(principal, source, grants),
                privileges=_texts(privileges, source),
                line=(principal or grants).lineno,
            )


def _value(node: ast.stmt) -> ast.Dict | None:
    """The mapping that a statement gives the name to."""
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == NAME:
        return node.value if isinstance(node.value, ast.Dict) else None
    if isinstance(node, ast.Assign) and any(isinstance(each, ast.Name) and each.id == NAME for each in node.targets):
        return node.value if isinstance(node.value, ast.Dict) else None
    return None


def _object(key: ast.expr | None, source: SourceFile) -> tuple[str, str]:
    if not isinstance(key, ast.Call):
        raise _computed(key, source)
    named = {each.arg: each.value for each in key.keywords}
    return _text(named.get("kind"), source, key), _text(named.get("name"), source, key)


def _texts(node: ast.expr, source: SourceFile) -> tuple[str, ...]:
    """The texts of a set, or of `frozenset({...})`."""
    inner = node.args[0] if isinstance(node, ast.Call) and len(node.args) == 1 else node
    if isinstance(inner, ast.Set | ast.List | ast.Tuple):
        return tuple(_text(each, source, inner) for each in inner.elts)
    if isinstance(inner, ast.Call) and not inner.args:
        return ()
    raise _computed(inner, source)


def _text(node: ast.expr | None, source: SourceFile, within: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    raise _computed(node or within, source)


def _computed(node: ast.expr | None, source: SourceFile) -> UsageError:
    line = node.lineno if node is not None else 1
    return UsageError(f"{source.path}:{line}: a part of {NAME} is computed; write kind, name, principal and privileges")
