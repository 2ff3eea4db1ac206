"""Personal data of single people is written to a log, to the notebook's output or into an error.

What: the value of a personal field of a row (`row["email"]`, `row.ssn`, `customer["phone"]`), as it is or in a
variable, in `print`, a logger's call or an exception's text, and personal columns that are selected by name and then
shown with `show()` or `display()` in production code.

Why: driver logs, job outputs and log collectors are read by more people than the table, are kept by other rules, and
no mask, filter or erasure reaches them.

Severity: high in code of a job or pipeline, medium elsewhere.

Silent when: the value goes through a hash, a mask, `len` or `type`; it is a name for a machine or a company; the
object is configuration, arguments or the user who runs the code; what is shown is aggregated or a schema; the file is
a test, a demo, a generator or an exploration.

Source: OWASP logging cheat sheet, data to exclude; GDPR, articles 5 and 17; CWE-532.

Bad::

    import logging

    logger = logging.getLogger(__name__)
    for row in spark.table("main.silver.customers").collect():
        logger.info(f"merging {row['email']}")

Bad: other ways to write it::

    for customer in spark.table("main.silver.customers").toLocalIterator():
        print("cannot score", customer.phone_number)
        logging.warning("bad number %s", customer["ssn"])
        if not customer["iban"]:
            raise ValueError("no account for " + customer["last_name"])

Bad: in a variable::

    for row in spark.table("main.silver.customers").collect():
        address = row["email"]
        print("mail to", address)

Bad: rows on the driver's output::

    # file: src/job.py
    people = spark.table("main.silver.customers").select("customer_id", "email", "date_of_birth")
    people.show(20, truncate=False)

Good: counts, ids and hashes::

    import logging

    logger = logging.getLogger(__name__)
    for row in spark.table("main.silver.customers").collect():
        logger.info("merging %s", row["customer_id"])
        logger.info("address of %d characters, %s", len(row["email"]), mask(row["email"]))
    print(frame.count())

Good: a variable that holds what is left of it::

    for row in spark.table("main.silver.customers").collect():
        domain = row["email"].split("@")[1]
        size = len(row["email"])
        address = mask(row["email"])
        print(domain, size, address)

Good: no person::

    logger.info(f"report sent to {config['email']}")
    print(args.email, settings.support_email, current_user.email)
    print(row["email_sent"], row["company_phone"], table.full_name)

Good: aggregates and schemas::

    frame.groupBy("country").agg({"email": "count"}).show()
    frame.select("email").distinct().groupBy().count().show()
    frame.select("email", "phone").printSchema()

Good: a test::

    # file: tests/test_rows.py
    print(row["email"])
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.personal import personal_kind
from orchestrator.code.roles import Role
from orchestrator.rules.data_privacy_guardian._sinks import SINKS, is_sink, shown_columns
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.python import PythonFile
    from orchestrator.types import Location

RULE = Rule(
    id="PRV003",
    name="pii-to-log",
    severity=Severity.HIGH,
    default=False,
    references=("https://cheatsheetseries.owasp.org/cheatsheets/Logging_Cheat_Sheet.html",),
)
_PLAY = frozenset({Role.TEST, Role.DEMO, Role.GENERATOR, Role.EXPLORATION, Role.SETUP})
_NO_ROW = re.compile(
    r"conf|cfg|args|setting|option|param|environ|self|cls|current_?user|\bme\b|login|account|profile|request|response"
    r"|client|principal|workspace|owner|author|creator|secrets|email_?msg|message|schema|field|col(?:umn)?s?\b|mapping",
    re.IGNORECASE,
)
_SAFE = re.compile(r"hash|md5|sha\d|mask|redact|anonym|pseudo|scrub|encrypt|sanit|len|type|bool|isinstance|obfusc")


@RULE.on_python
def check(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Every personal field in a log, and every personal column on display in serious code."""
    role = facts.role(file.path)
    if role in _PLAY or not _is_of_data(file):
        return
    severity = Severity.HIGH if role is Role.PRODUCTION else Severity.MEDIUM
    for call in file.calls_named(*sorted(SINKS)):
        if is_sink(file, call):
            for field, named in _fields(file, [*call.node.args, *(given.value for given in call.node.keywords)]):
                yield _hit(file.location(field), file.text(field), named, severity)
    for call, columns in shown_columns(file, facts):
        if role is Role.PRODUCTION or not file.notebook:
            yield _hit(file.call_location(call), ", ".join(columns), columns[0], severity)


def _is_of_data(file: PythonFile) -> bool:
    names = ("pyspark", "databricks", "delta", "dlt")
    return file.notebook is not None or file.imports_any(*names) or "spark." in file.source.text


def _fields(file: PythonFile, nodes: list[ast.expr]) -> Iterator[tuple[ast.expr, str]]:
    """The personal fields of rows in these expressions, with their names, and the variables that hold one.

    Those inside a call that hides the value are left out.
    """
    waiting: list[ast.AST] = list(reversed(nodes))
    while waiting:
        node = waiting.pop()
        held = file.value_of(node) if isinstance(node, ast.Name) else node
        if isinstance(node, ast.expr) and isinstance(held, ast.Subscript | ast.Attribute) and _is_personal(held):
            yield node, _named(held)
            continue
        if isinstance(node, ast.Call) and _SAFE.search(ast.unparse(node.func).lower()):
            continue
        if isinstance(node, ast.Lambda | ast.GeneratorExp | ast.ListComp | ast.Compare):
            continue
        waiting.extend(reversed(list(ast.iter_child_nodes(node))))


def _is_personal(node: ast.Subscript | ast.Attribute) -> bool:
    return personal_kind(_named(node)) is not None and not _NO_ROW.search(ast.unparse(node.value))


def _named(node: ast.expr) -> str:
    """The name of the field that an attribute or a subscript takes, empty where it is computed."""
    if isinstance(node, ast.Attribute):
        return node.attr
    inner = node.slice if isinstance(node, ast.Subscript) else None
    return inner.value if isinstance(inner, ast.Constant) and isinstance(inner.value, str) else ""


def _hit(location: Location, shown: str, name: str, severity: Severity) -> Hit:
    return Hit(
        location=location,
        message=f"`{shown}` writes {personal_kind(name)} to the log, which no mask, filter or erasure reaches: "
        "log an id or a count instead",
        severity=severity,
    )
