"""A secret is printed, logged, shown or returned.

What: the value of `dbutils.secrets.get`, whole, inside another text or character by character, that goes to `print`,
`display`, a logger, `dbutils.notebook.exit` or the message of an exception.

Why: logs, run results and error messages are kept for months, are shipped to other systems and are read by people who
may not read the secret scope. The masking of cell output covers only the exact text: not a part, not an encoded form,
and not what a logger sends elsewhere.

Silent when: only a fact about the secret is shown (its length, a comparison, whether it is there), a slice of it, or
its digest; the value goes through a function that may mask it; or the file is a test.

Source: Databricks documentation, secret redaction; CWE-532.

Bad::

    password = dbutils.secrets.get("crm", "password")
    print(f"connecting with {password}")

Bad: a logger::

    import logging

    logger = logging.getLogger(__name__)

    def connect(host):
        token = dbutils.secrets.get(scope="crm", key="token").strip()
        logger.info("host %s token %s", host, token)

Bad: the result of a run::

    dbutils.notebook.exit(dbutils.secrets.get("crm", "token"))

Bad: among other values, in other forms::

    import base64

    token = dbutils.secrets.get("crm", "token") or "none"
    print({"token": token}, *names)
    print("" if quiet else [base64.b64encode(token.encode())])
    print(*[(found := token)], "{}".format(token))

Bad: an exception::

    key = dbutils.secrets.get("crm", "key")
    if not connect(key):
        raise RuntimeError("no connection with " + key)

Bad: character by character, which nothing masks::

    password = dbutils.secrets.get("crm", "password")
    for character in password:
        print(character, end=" ")
    print(" ".join(character for character in password))
    print([character for character in password])

Good: a loop over something else::

    password = dbutils.secrets.get("crm", "password")
    for name in dbutils.secrets.list("crm"):
        print(name)
    for number, character in enumerate(password):
        print(number)
    for part in password.split("-"):
        check(part)

Good::

    password = dbutils.secrets.get("crm", "password")
    print(f"password of {len(password)} characters, begins with {password[:2]}, set: {password is not None}")
    frame = spark.read.format("jdbc").option("password", password).load()

Good: a text that grows in a loop::

    text = scope = "crm"
    for key in dbutils.secrets.list(scope):
        text = text + text + str(key.key)
        value = dbutils.secrets.get(scope, key.key)
    print(text)

Good: names, not values::

    scope = "crm"
    print(f"reading the password from {scope}", dbutils.secrets.list(scope))

Good: what is no sink, and no secret::

    import requests

    token = dbutils.secrets.get("crm", "token")
    requests.log("https://crm.example.com", token)
    console.print(token)
    sys.exit(token)
    settings.get("token", print("no token"), (lambda: 0)())
    print((lambda: token)())
    raise NotImplementedError

Good: masked or digested::

    import hashlib

    key = dbutils.secrets.get("crm", "key")
    print(mask(key), hashlib.sha256(key.encode()).hexdigest())

Good: data of a test::

    # file: tests/test_secrets.py
    def test_secret(dbutils):
        print(dbutils.secrets.get("crm", "key"))
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.python import Call, PythonFile, as_call
from orchestrator.code.roles import Role
from orchestrator.code.scopes import BindingKind
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts

RULE = Rule(
    id="SEC003",
    name="secret-to-sink",
    severity=Severity.CRITICAL,
    default=False,
    references=(
        "https://docs.databricks.com/aws/en/security/secrets/redaction",
        "https://cwe.mitre.org/data/definitions/532.html",
    ),
)
_LOGGING = ("debug", "info", "warning", "warn", "error", "exception", "critical", "log")
_SAME = frozenset({"strip", "lstrip", "rstrip", "decode", "encode", "format", "join", "str", "repr", "b64encode"})
"""Calls that give the value on, in the same or another form."""


@RULE.on_python
def check(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Every sink that a secret reaches."""
    if "secrets.get" not in file.source.text or facts.role(file.path) is Role.TEST:
        return
    for call, where in _sinks(file):
        given = [*call.node.args, *(keyword.value for keyword in call.node.keywords)]
        source = _first_secret(file, given, set())
        if source is None:
            continue
        key = file.pattern(source.argument(1, "key")) or "secret"
        yield Hit(
            location=file.location(call.node),
            message=f"the secret `{key}` goes to {where}, where people without access to its scope can read it; "
            "take it out, or show only that it is set",
            severity=Severity.CRITICAL if facts.role(file.path).is_serious else Severity.HIGH,
        )


def _sinks(file: PythonFile) -> Iterator[tuple[Call, str]]:
    """The calls that show what they are given, each with the place where it is seen."""
    shown = (call for call in file.calls_named("print", "display", "displayHTML") if call.receiver is None)
    yield from ((call, "the cell's output and the driver's log") for call in shown)
    for call in file.calls_named(*_LOGGING):
        if call.receiver is not None and "log" in file.text(call.receiver).lower():
            yield call, "the log"
    for call in file.calls_named("exit"):
        if (file.dotted(call.receiver) or "").endswith("dbutils.notebook"):
            yield call, "the run's result"
    raised = (as_call(statement.exc) for statement in file.nodes(ast.Raise))
    yield from ((call, "an exception's message") for call in raised if call is not None)


def _first_secret(file: PythonFile, nodes: list[ast.expr], seen: set[ast.expr]) -> Call | None:
    """The call that reads the first secret which the expressions hold, or None; each is looked at once."""
    new = [node for node in nodes if node not in seen]
    seen.update(new)
    return next((found for node in new if (found := _secret(file, node, seen)) is not None), None)


def _secret(file: PythonFile, node: ast.expr, seen: set[ast.expr]) -> Call | None:
    if isinstance(node, ast.Call):
        return _of_call(file, node, seen)
    return _first_secret(file, _definitions(file, node) if isinstance(node, ast.Name) else _parts(node), seen)


def _of_call(file: PythonFile, node: ast.Call, seen: set[ast.expr]) -> Call | None:
    call = as_call(node)
    if call is None:
        return None
    if call.name in {"get", "getBytes"} and (file.dotted(call.receiver) or "").endswith("dbutils.secrets"):
        return call
    if call.name not in _SAME:
        return None
    inner = [*([call.receiver] if call.receiver is not None else []), *node.args]
    inner += [keyword.value for keyword in node.keywords]
    return _first_secret(file, inner, seen)


def _definitions(file: PythonFile, name: ast.Name) -> list[ast.expr]:
    kinds = {BindingKind.ASSIGN, BindingKind.AUGMENT, BindingKind.LOOP}
    return [found.value for found in file.definitions(name) if found.kind in kinds and found.value is not None]


def _parts(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp):
        return [node.elt]
    return _held(node)


def _held(node: ast.expr) -> list[ast.expr]:
    match node:
        case ast.JoinedStr():
            return [piece.value for piece in node.values if isinstance(piece, ast.FormattedValue)]
        case ast.BinOp():
            return [node.left, node.right]
        case ast.BoolOp():
            return node.values
        case ast.IfExp():
            return [node.body, node.orelse]
        case ast.Tuple() | ast.List():
            return node.elts
        case ast.Dict():
            return node.values
        case ast.Starred() | ast.NamedExpr():
            return [node.value]
    return []
