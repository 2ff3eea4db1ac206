"""A connection is made without checking who is at the other end.

What: `verify=False` for requests or httpx, an unverified `ssl` context, and JDBC options or addresses that trust any
certificate or switch encryption off: `trustServerCertificate=true`, `encrypt=false`, `sslmode=disable`,
`useSSL=false`.

Why: whoever stands in the network between both can read and change everything that is sent, the credentials of the
connection first.

Silent when: the other end is the own machine; the value is not a constant; the file is a test, an example or an
exploration; the context of `ssl` is only created to be configured further.

Opt-in: internal hosts with certificates of their own are common, and the code does not show whether the risk was taken
knowingly. The remedy is the same: give the certificate of the own authority.

Source: CWE-295; documentation of requests, SSL certificate verification; of the JDBC drivers.

Bad::

    import requests

    rows = requests.post("https://erp.corp.net/api/orders", json=query, verify=False, timeout=30).json()

Bad: a session::

    import requests

    session = requests.Session()
    session.verify = False
    rows = session.get("https://erp.corp.net/api/orders", timeout=30).json()

Bad: any certificate::

    orders = (
        spark.read.format("sqlserver")
        .option("host", "db.corp.net")
        .option("trustServerCertificate", "true")
        .option("password", dbutils.secrets.get("erp", "password"))
        .load()
    )

Bad: an address::

    url = "jdbc:postgresql://db.corp.net:5432/erp?sslmode=disable"
    orders = spark.read.format("jdbc").option("url", url).option("dbtable", "orders").load()

Bad: a context::

    import ssl
    import urllib.request

    page = urllib.request.urlopen("https://erp.corp.net/orders.csv", context=ssl._create_unverified_context())

Good: the authority of the company::

    import requests

    rows = requests.post("https://erp.corp.net/api/orders", json=query, verify="/Volumes/ops/ca/root.pem").json()
    orders = spark.read.format("jdbc").option("url", "jdbc:postgresql://db.corp.net/erp?sslmode=verify-full").load()
    other = spark.read.format("sqlserver").option("trustServerCertificate", "false").load()

Good: the own machine::

    import requests

    health = requests.get("https://localhost:8443/health", verify=False, timeout=5)
    rows = spark.read.format("jdbc").option("url", "jdbc:postgresql://127.0.0.1/x?sslmode=disable").load()

Good: a setting::

    import requests

    rows = requests.get(url, verify=settings.verify, timeout=30)

Good: the word of another library::

    import jwt

    claims = jwt.decode(token, verify=False)

Good: a test::

    # file: tests/test_api.py
    import requests

    def test_api():
        assert requests.get("https://erp.corp.net/api", verify=False, timeout=5).ok
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.python import PythonFile

RULE = Rule(
    id="SEC008",
    name="tls-disabled",
    severity=Severity.HIGH,
    default=False,
    references=(
        "https://cwe.mitre.org/data/definitions/295.html",
        "https://requests.readthedocs.io/en/latest/user/advanced/#ssl-cert-verification",
    ),
)
_LIBRARIES = ("requests", "httpx")
_REQUESTS = (
    "get", "post", "put", "patch", "delete", "head", "options", "request", "send", "stream", "Client", "AsyncClient",
)  # fmt: skip
_LOOSE = {"trustservercertificate": "true", "encrypt": "false", "usessl": "false", "ssl": "false", "sslmode": "disable"}
_IN_ADDRESS = re.compile(
    r"^jdbc:.*[;?&](trustservercertificate=true|encrypt=false|usessl=false|sslmode=disable)(?:[;&]|$)", re.IGNORECASE
)
_LOCAL = ("localhost", "127.0.0.1")
_SIGNS = ("verify", "unverified", "rustservercertificate", "encrypt", "ssl")


@RULE.on_python
def check(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Every connection of the file that checks no certificate."""
    lowered = file.source.text.lower()
    if not any(sign in lowered for sign in _SIGNS) or not facts.role(file.path).is_serious:
        return
    for node, what in (*_unverified(file), *_options(file), *_addresses(file)):
        statement = file.statement(node)
        if statement is None or not any(host in file.text(statement) for host in _LOCAL):
            yield Hit(
                location=file.location(node),
                message=f"{what}, so anyone on the way can read and change what is sent; give the certificate of the "
                "authority that signed the server's instead",
            )


def _unverified(file: PythonFile) -> Iterator[tuple[ast.AST, str]]:
    """Requests and sessions with `verify=False`, and contexts without verification that a call is given."""
    if file.imports_any(*_LIBRARIES):
        for call in file.calls_named(*_REQUESTS):
            given = call.argument(-1, "verify")
            if given is not None and file.constant(given) is False:
                yield given, "the certificate of the server is not checked"
        for assigned in file.nodes(ast.Assign):
            target, value = assigned.targets[0], assigned.value
            is_off = isinstance(value, ast.Constant) and value.value is False
            if is_off and isinstance(target, ast.Attribute) and target.attr == "verify":
                yield assigned, "the certificate of the server is not checked"
    for call in file.calls_named("_create_unverified_context"):
        yield call.node, "the certificate of the server is not checked"


def _options(file: PythonFile) -> Iterator[tuple[ast.AST, str]]:
    """Options of a reader or writer that trust any certificate or encrypt nothing."""
    for call in file.calls_named("option"):
        name = file.string(call.argument(0, "key"))
        loose = _LOOSE.get(name.lower()) if name is not None else None
        value = call.argument(1, "value")
        if loose is not None and value is not None and str(file.constant(value)).lower() == loose:
            yield value, f"`{name}` is `{loose}`"


def _addresses(file: PythonFile) -> Iterator[tuple[ast.AST, str]]:
    """JDBC addresses that say the same."""
    for call in file.calls_named("option", "jdbc"):
        given = call.argument(1 if call.name == "option" else 0, "url")
        text = file.pattern(given) if given is not None else None
        found = _IN_ADDRESS.search(text) if text else None
        if given is not None and found is not None and not any(host in text for host in _LOCAL if text):
            yield given, f"the address says `{found[1]}`"
