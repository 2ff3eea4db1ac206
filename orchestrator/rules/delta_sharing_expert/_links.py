"""Activation links and credential files of Delta Sharing: where code reads them, and where text holds one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from orchestrator.code.python import as_call

if TYPE_CHECKING:
    from orchestrator.code.python import Call, PythonFile

NAMES: Final = frozenset({"activation_url", "activation_link", "activationUrl", "activationLink"})
MARKS: Final = ("retrieve_config.html", "data_sharing_activation", "bearerToken")
"""What a text with an activation link or a credential file holds."""
_LOGGERS: Final = frozenset({"debug", "info", "warning", "warn", "error", "exception", "critical"})
_LINK: Final = re.compile(
    r"(?:(?:delta_sharing|opensharing)/retrieve_config\.html[?#]|public/data_sharing_activation/)"
    r"(?P<token>[A-Za-z0-9_=-]{24,})"
)
_BEARER: Final = re.compile(r"\"bearerToken\"\s*:\s*\"(?P<token>[A-Za-z0-9_.~+/=-]{16,})\"")
_SHARING: Final = re.compile(
    r"recipients\.(?:create|get|rotate_token)\(|\b(?:describe|desc|create)\s+recipient\s", re.IGNORECASE
)
_PUBLIC: Final = re.compile(
    r"sharing\.delta\.io|localhost|127\.0\.0\.1|example\.(?:com|org|net)|your-?company|faaie590d541265bcab1f2de9813274bf233"
)
"""The open server of the Delta project, the token in its documents, and servers that nobody reaches."""


class Written(NamedTuple):
    """A credential in plain text: its value, its offset in the text, and what it is."""

    value: str
    start: int
    what: str


def written(text: str) -> Iterator[Written]:
    """Every activation link and recipient's token that stands in the text; none of the public server."""
    for found in _LINK.finditer(text):
        yield Written(found["token"], found.start(), "an activation link")
    if "shareCredentialsVersion" in text and not _PUBLIC.search(text):
        for found in _BEARER.finditer(text):
            if len(set(found["token"])) > 6 and not re.search(r"your|token|xxx|example|redacted", found["token"], re.I):
                yield Written(found["token"], found.start(), "a recipient's bearer token")


def is_about_sharing(file: PythonFile) -> bool:
    """Whether an activation link in the file is one of Delta Sharing and not of some user account."""
    text = file.source.text.lower()
    return ("databricks" in text and "recipient" in text) or _SHARING.search(text) is not None


def is_link(file: PythonFile, node: ast.AST) -> bool:
    """Whether an expression reads an activation link, by its name, or the tokens of a recipient, which hold one."""
    if isinstance(node, ast.Attribute):
        return node.attr in NAMES or (node.attr == "tokens" and _is_recipient(file, node.value))
    if isinstance(node, ast.Subscript):
        return isinstance(node.slice, ast.Constant) and node.slice.value in NAMES
    if isinstance(node, ast.Name):
        value = file.value_of(node)
        return value is not None and value is not node and is_link(file, value)
    return False


def _is_recipient(file: PythonFile, node: ast.expr) -> bool:
    call = as_call(file.value_of(node))
    return call is not None and call.receiver is not None and file.text(call.receiver).endswith("recipients")


def shows(file: PythonFile, call: Call) -> bool:
    """Whether a call puts its arguments where others read them: a print, a log, an exit value."""
    if call.name in {"print", "display", "displayHTML"}:
        return call.receiver is None
    said = file.text(call.receiver).lower() if call.receiver is not None else ""
    if call.name in _LOGGERS:
        return "log" in said
    return call.name == "exit" and said.endswith("notebook")


def links_in(file: PythonFile, call: Call) -> Iterator[ast.expr]:
    """The activation links among the arguments of a call, as they are or inside a text."""
    waiting: list[ast.AST] = [*call.node.args, *(given.value for given in call.node.keywords)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.expr) and is_link(file, node):
            yield node
        elif isinstance(node, ast.JoinedStr | ast.FormattedValue | ast.BinOp | ast.Tuple | ast.List | ast.Dict):
            waiting.extend(ast.iter_child_nodes(node))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
            waiting.extend([*node.args, *(given.value for given in node.keywords)])
