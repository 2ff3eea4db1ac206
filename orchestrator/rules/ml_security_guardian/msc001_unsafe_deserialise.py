"""Bytes from the network or from a request are unpickled, so whoever serves them runs code with the job's rights.

What: `pickle`, `cloudpickle`, `dill`, `joblib`, `pandas.read_pickle` or `torch.load(weights_only=False)` on what comes
from an HTTP address (`requests.get(...).content`, `urlopen(...)`) or from the caller of a web service.

Why: a pickle is a program. Who can change the file at that address, or stands on the way to it, runs whatever he wants
as the principal of the job: it reads every table and secret that the job may read. No check after the load helps.

Silent when: the file lies in a volume, a table or the run's own artifacts (their permissions say who may change it), is
loaded by MLflow, is local, or a digest of the bytes is compared first (`hashlib`, `hmac`); or the file is a test.

Severity: high; one lower in demos.

Source: Python documentation, the warning of `pickle`; PyTorch documentation, `torch.load`; CWE-502.

Bad::

    import pickle

    import requests

    model = pickle.loads(requests.get("https://models.corp.net/churn.pkl").content)

Bad: through names and a buffer::

    import io

    import joblib
    import requests

    response = requests.get(url, timeout=30)
    buffer = io.BytesIO(response.content)
    model = joblib.load(buffer)

Bad: the address itself::

    import pandas as pd

    frame = pd.read_pickle("https://files.corp.net/features.pkl")

Bad: weights that may be anything::

    from urllib.request import urlopen

    import torch

    model = torch.load(urlopen(url), weights_only=False)

Bad: a web service::

    import pickle

    from flask import Flask, request

    app = Flask(__name__)

    @app.route("/score", methods=["POST"])
    def score():
        return model.predict(pickle.loads(request.data))

Good: permissions say who may change it::

    import pickle

    import joblib

    with open("/Volumes/main/churn/models/churn.pkl", "rb") as file:
        model = pickle.load(file)
    scaler = joblib.load("scaler.joblib")

Good: MLflow keeps it::

    import mlflow

    model = mlflow.sklearn.load_model("models:/main.churn.classifier@champion")

Good: no program::

    import requests

    scores = requests.get(url).json()

Good: weights alone::

    from urllib.request import urlopen

    import torch

    weights = torch.load(urlopen(url), weights_only=True)

Good: the bytes are compared with a known digest::

    import hashlib
    import pickle

    import requests

    content = requests.get(url).content
    if hashlib.sha256(content).hexdigest() != KNOWN:
        raise ValueError("not the file that was reviewed")
    model = pickle.loads(content)

Good: a test::

    # file: tests/test_load.py
    import pickle

    import requests

    model = pickle.loads(requests.get(url).content)
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from orchestrator.code.facts import Facts
from orchestrator.code.python import Call, PythonFile, as_call
from orchestrator.code.roles import Role
from orchestrator.rules.rule import Hit, Rule, Severity

RULE = Rule(
    id="MSC001",
    name="unsafe-deserialise",
    severity=Severity.HIGH,
    default=True,
    references=(
        "https://docs.python.org/3/library/pickle.html",
        "https://cwe.mitre.org/data/definitions/502.html",
    ),
)
_LOADS = frozenset(
    {f"{module}.{name}" for module in ("pickle", "_pickle", "cloudpickle", "dill") for name in ("load", "loads")}
    | {"joblib.load", "pandas.read_pickle", "torch.load"}
)
_MODULES = ("pickle", "cloudpickle", "dill", "joblib", "pandas", "torch")
_FETCHES = frozenset({f"{module}.{name}" for module in ("requests", "httpx") for name in ("get", "post", "request")})
_OPENS = frozenset({"urllib.request.urlopen"})
_BODIES = frozenset({"content", "raw"})
_CHECKS = ("hashlib", "hmac")
_DEPTH = 12


@RULE.on_python
def check(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Every load of a pickle that somebody outside provides."""
    if not file.imports_any(*_MODULES) or facts.role(file.path) is Role.TEST or file.imports_any(*_CHECKS):
        return
    for call in file.calls_named("load", "loads", "read_pickle"):
        dotted = file.dotted(call.node.func)
        if dotted not in _LOADS or (dotted == "torch.load" and not _loads_anything(file, call)):
            continue
        given = call.argument(0, "f")
        origin = _origin(file, given) if given is not None else None
        if origin is not None:
            yield Hit(
                location=file.call_location(call),
                message=f"`{dotted}` runs whatever {origin} sends, with the rights of this job; register the model and "
                "load it with MLflow, keep the file in a volume, or use a format without code",
                severity=RULE.severity.lowered(0 if facts.role(file.path).is_serious else 1),
            )


def _loads_anything(file: PythonFile, call: Call) -> bool:
    given = call.argument(-1, "weights_only")
    return given is not None and file.constant(given) is False


def _origin(file: PythonFile, node: ast.expr) -> str | None:
    """Who provides the bytes, in words, if it is somebody outside."""
    if (file.pattern(node) or "").startswith(("http://", "https://")):
        return "the server at this address"
    if _is_fetched(file, node, _DEPTH):
        return "the server that is asked"
    value = file.value_of(node) or node
    inner = (each for each in ast.walk(value) if isinstance(each, ast.Attribute))
    return "the caller" if any((file.dotted(each) or "").startswith("flask.request.") for each in inner) else None


def _is_fetched(file: PythonFile, node: ast.expr | None, depth: int) -> bool:
    """Whether an expression is the body of an HTTP response, through names, buffers and attributes."""
    if node is None or depth == 0:
        return False
    if isinstance(node, ast.Name):
        return _is_fetched(file, file.value_of(node), depth - 1)
    if isinstance(node, ast.Attribute):
        return node.attr in _BODIES and _is_response(file, node.value, _FETCHES)
    call = as_call(node)
    if call is None:
        return False
    inner = call.node.args[0] if call.name == "BytesIO" and call.node.args else call.receiver
    wraps = call.name in {"BytesIO", "read"} and _is_fetched(file, inner, depth - 1)
    return wraps or _is_response(file, node, _OPENS)


def _is_response(file: PythonFile, node: ast.expr, calls: frozenset[str]) -> bool:
    call = as_call(file.value_of(node))
    return call is not None and file.dotted(call.node.func) in calls
