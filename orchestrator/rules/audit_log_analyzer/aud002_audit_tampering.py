"""Code switches off, deletes or shortens the record of who did what.

What: `enableVerboseAuditLogs` set to false, the system schema `access` disabled, through the SDK or a REST call; and
DROP, TRUNCATE or DELETE on a table that holds the audit log by its name (`workspace_audit_log`,
`databricks_access_audit`; `audit_logs` in a schema for security, or where the project reads `system.access.audit`),
outside of retention.

Why: after an incident the record is the only thing that says what was read and by whom. Who takes it away, by intent
or as part of a clean-up, takes away the answer, and most rules on records demand at least a year of it.

Severity: high for the switches and for what removes rows; medium for a table that only its name calls an audit log.

Silent when: the switch is set to true; the DELETE is bounded by a date, which is retention; the table is dropped to
be created anew in the same file; it is the log of a pipeline's own runs (`etl_audit`, `load_audit`) or of an
application; the file is a test, a demo, set-up or teardown code.

Source: Databricks documentation, audit log reference, verbose audit logs, and system tables; CWE-778.

Bad: with the SDK::

    from databricks.sdk import WorkspaceClient

    w = WorkspaceClient()
    w.workspace_conf.set_status({"enableVerboseAuditLogs": "false"})

Bad: the system schema::

    from databricks.sdk import WorkspaceClient

    WorkspaceClient().system_schemas.disable(metastore_id, "access")

Bad: with a REST call::

    import requests

    requests.patch(f"{host}/api/2.0/workspace-conf", json={"enableVerboseAuditLogs": "false"}, headers=headers)

Bad: rows and tables::

    # file: src/tidy.sql
    INSERT INTO security.monitoring.audit_logs SELECT * FROM system.access.audit WHERE event_date = current_date();
    DELETE FROM security.monitoring.audit_logs WHERE user_name = 'svc-loader';
    DROP TABLE IF EXISTS security.monitoring.workspace_audit_log;

Bad: in a schema for security::

    # file: src/tidy.sql
    TRUNCATE TABLE main.security.audit_logs;
    DROP TABLE main.ops.databricks_access_audit;

Good::

    from databricks.sdk import WorkspaceClient

    WorkspaceClient().workspace_conf.set_status({"enableVerboseAuditLogs": "true"})
    WorkspaceClient().system_schemas.enable(metastore_id, "access")
    WorkspaceClient().system_schemas.disable(metastore_id, "marketplace")

Good: retention::

    # file: src/retention.sql
    DELETE FROM security.monitoring.audit_logs WHERE event_date < current_date() - INTERVAL 730 DAYS;

Good: made anew::

    # file: src/build.sql
    DROP TABLE IF EXISTS security.monitoring.audit_log;
    CREATE TABLE security.monitoring.audit_log AS SELECT * FROM system.access.audit;

Good: the log of a pipeline's own runs::

    # file: src/etl.sql
    TRUNCATE TABLE main.ops.etl_audit;
    DELETE FROM main.ops.load_audit_log WHERE run_id = 7;

Good: the log of an application::

    # file: src/app.sql
    TRUNCATE TABLE shop.orders.audit_log;
    DROP TABLE shop.orders.access_audit;

Good: teardown of a test system::

    # file: scripts/teardown_lab.sql
    DROP TABLE security.monitoring.audit_logs;
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.roles import Role
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.python import Call, PythonFile
    from orchestrator.code.sql import SqlUnit, Statement

RULE = Rule(
    id="AUD002",
    name="audit-tampering",
    severity=Severity.HIGH,
    default=True,
    references=(
        "https://docs.databricks.com/aws/en/admin/account-settings/verbose-logs",
        "https://cwe.mitre.org/data/definitions/778.html",
    ),
)
_PLAY = frozenset({Role.TEST, Role.DEMO, Role.SETUP, Role.GENERATOR})
_AUDIT = re.compile(
    r"\A(?:(?:databricks|workspace|account|system|security|uc|unity_catalog|user|access|admin|raw|bronze|silver)_)*"
    r"audit_(?:logs?|events?|trail)(?:_(?:raw|bronze|silver|gold|history))?\Z"
    r"|\A(?:(?:databricks|workspace|account|system|uc|unity_catalog)_)*access_audit\Z"
)
_FOR_SECURITY = frozenset({"security", "secops", "siem", "security_audit", "security_monitoring", "audit_security"})
"""Schemas in which an audit log is the platform's, and not one of an application's orders."""
_OF_DATABRICKS = re.compile(r"(?:databricks|workspace|account|uc|unity_catalog|system)_")
_BY_AGE = re.compile(r"date|time|day|year|month|_at\b|_ts\b|retention|interval|age\b", re.IGNORECASE)
_SWITCH = "enableVerboseAuditLogs"


@RULE.on_python
def check_python(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Every switch of the audit log that is turned off."""
    if facts.role(file.path) in _PLAY:
        return
    if _SWITCH in file.source.text:
        yield from _verbose_off(file)
    for call in file.calls_named("disable"):
        what = _disabled(file, call)
        if what is not None:
            yield Hit(location=file.call_location(call), message=_message(what))


def _verbose_off(file: PythonFile) -> Iterator[Hit]:
    for node in file.nodes(ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            is_switch = key is not None and file.string(key) == _SWITCH
            if is_switch and str(file.constant(value)).lower() == "false" and _is_sent(file, node):
                yield Hit(location=file.location(value), message=_message("verbose audit logs are switched off"))


def _is_sent(file: PythonFile, node: ast.Dict) -> bool:
    """Whether the settings go into a call, at once or by a name; a table of recommended values does not."""
    from orchestrator.code.python import as_call

    calls = ("set_status", "patch", "put", "post", "request", "do", "api_call")
    around = (as_call(parent) for parent in file.ancestors(node))
    if any(call is not None and call.name in calls for call in around):
        return True
    named = (argument for call in file.calls_named(*calls) for argument in _arguments(call))
    return any(isinstance(each, ast.Name) and file.value_of(each) is node for each in named)


def _arguments(call: Call) -> list[ast.expr]:
    return [*call.node.args, *(given.value for given in call.node.keywords)]


def _disabled(file: PythonFile, call: Call) -> str | None:
    owner = (file.dotted(call.receiver) or ast.unparse(call.receiver) if call.receiver is not None else "").lower()
    given = [str(file.constant(each) or ast.unparse(each)).lower() for each in _arguments(call)]
    if owner.endswith("system_schemas") and "access" in given:
        return "the system schema `access`, which holds the audit log, is disabled"
    return None


@RULE.on_sql
def check_sql(unit: SqlUnit, facts: Facts) -> Iterator[Hit]:
    """Every statement that takes away rows of an audit log, but for retention."""
    text = unit.template.text.lower()
    if "audit" not in text or not re.search(r"drop|delete|truncate", text):
        return
    for statement in unit.statements:
        name = statement.target.table if statement.target is not None else ""
        if _is_log(statement, facts) and facts.role(unit.path) not in _PLAY and _removes(unit, statement):
            yield Hit(
                location=statement.location(),
                message=_message(f"{statement.kind} takes rows out of `{name}`"),
                severity=Severity.MEDIUM,
            )


def _is_log(statement: Statement, facts: Facts) -> bool:
    """Whether the statement's table holds the audit log of Databricks, by its name, its schema or the project."""
    target = statement.target
    if target is None or _AUDIT.match(target.table) is None:
        return False
    return _OF_DATABRICKS.match(target.table) is not None or target.schema in _FOR_SECURITY or _reads_system(facts)


def _reads_system(facts: Facts) -> bool:
    """Whether the project works with the audit log of Databricks at all, and not with one of an application."""
    return any("system.access.audit" in source.text for source in facts.project.sources)


def _removes(unit: SqlUnit, statement: Statement) -> bool:
    """Whether the statement removes rows for another reason than their age, and for good."""
    if statement.kind == "DELETE":
        _, _, condition = statement.text.lower().partition("where")
        return not _BY_AGE.search(condition)
    return statement.kind == "TRUNCATE" or (statement.kind == "DROP TABLE" and not _is_made_again(unit, statement))


def _is_made_again(unit: SqlUnit, dropped: Statement) -> bool:
    target = dropped.target
    others = (other.target for other in unit.statements if other.kind in {"CREATE TABLE", "CLONE", "CREATE VIEW"})
    return target is not None and any(other is not None and other.table == target.table for other in others)


def _message(what: str) -> str:
    return f"{what}: after an incident nothing says who read or changed what; keep the record, and let age alone end it"
