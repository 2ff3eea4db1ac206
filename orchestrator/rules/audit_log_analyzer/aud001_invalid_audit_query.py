"""A query of the audit log asks for a column that it does not have, or reads all of its years.

What: a SELECT from `system.access.audit` alone that names a column which the table lacks (`timestamp`, `user_email`,
`action`, `service`, `request_parameters`), or that bounds neither `event_date` nor `event_time`.

Why: the first fails, or is found empty on the day when somebody needs it. The second scans a year of every event of
every workspace in the region for each run of a dashboard or an alert.

Severity: medium for the column; low for the missing bound.

Silent when: the query joins other tables, so that the column may be theirs; a column is defined in the query itself
by an alias; the query is limited, has no WHERE at all, as a first look does, or is a stream; its conditions are
interpolated; the file is a test.

Source: Databricks documentation, audit log system table reference.

Bad: no bound::

    # file: sql/deletes.sql
    SELECT event_time, user_identity.email FROM system.access.audit WHERE action_name = 'deleteTable';

Bad: columns of another table::

    # file: sql/logins.sql
    SELECT timestamp, user_email FROM system.access.audit WHERE event_date > current_date() - INTERVAL 7 DAYS;

Bad: in Python::

    spark.sql("SELECT request_parameters FROM system.access.audit WHERE event_date = current_date()").show()

Good::

    # file: sql/deletes.sql
    SELECT event_time, user_identity.email AS user_email, request_params['full_name_arg'] AS name
    FROM system.access.audit
    WHERE action_name = 'deleteTable' AND event_date >= current_date() - INTERVAL 30 DAYS
    ORDER BY user_email;

Good: bounded by time, or a sample::

    # file: sql/recent.sql
    SELECT action_name, count(*) FROM system.access.audit WHERE event_time > now() - INTERVAL 1 DAY GROUP BY ALL;
    SELECT * FROM system.access.audit LIMIT 10;

Good: conditions from outside::

    spark.sql(f"SELECT event_time FROM system.access.audit WHERE {conditions}")

Good: another table's column::

    # file: sql/joined.sql
    SELECT a.event_time, w.timestamp FROM system.access.audit a JOIN main.ops.windows w ON a.event_date = w.day;

Good: a test::

    # file: tests/query.sql
    SELECT action FROM system.access.audit;
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.roles import Role
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.sql import SqlUnit, Statement, Token

RULE = Rule(
    id="AUD001",
    name="invalid-audit-query",
    severity=Severity.MEDIUM,
    default=False,
    references=("https://docs.databricks.com/aws/en/admin/system-tables/audit-logs",),
)
_TABLE = ("system", "access", "audit")
_INSTEAD = {
    "timestamp": "event_time",
    "event_timestamp": "event_time",
    "user_email": "user_identity.email",
    "user_name": "user_identity.email",
    "username": "user_identity.email",
    "action": "action_name",
    "event_name": "action_name",
    "service": "service_name",
    "request_parameters": "request_params",
    "requestparams": "request_params",
    "actionname": "action_name",
    "servicename": "service_name",
    "useridentity": "user_identity",
    "ip_address": "source_ip_address",
    "sourceipaddress": "source_ip_address",
    "status_code": "response.status_code",
}


@RULE.on_sql
def check(unit: SqlUnit, facts: Facts) -> Iterator[Hit]:
    """Every query of the audit log alone that cannot work, or that reads all of it."""
    if "access.audit" not in unit.template.text.lower() or facts.role(unit.path) is Role.TEST:
        return
    for statement in unit.statements:
        if {name.key for name in statement.reads} != {_TABLE} or statement.kind in {"MERGE", "DELETE", "UPDATE"}:
            continue
        yield from _unknown(statement)
        if not statement.holes and _is_unbounded(statement.tokens):
            yield Hit(
                location=statement.location(),
                message="this reads every day of the audit log: bound `event_date`, as in "
                "`event_date >= current_date() - INTERVAL 30 DAYS`",
                severity=Severity.LOW,
            )


def _is_unbounded(tokens: tuple[Token, ...]) -> bool:
    """Whether the rows are filtered, but by no time, and not limited."""
    uppers = [token.upper for token in tokens]
    if "WHERE" not in uppers or "STREAM" in uppers or "LIMIT" in uppers:
        return False
    conditions = {token.value.lower() for token in tokens[uppers.index("WHERE") :]}
    return conditions.isdisjoint({"event_date", "event_time"})


def _unknown(statement: Statement) -> Iterator[Hit]:
    tokens = statement.tokens
    aliases = {tokens[at + 1].value.lower() for at, token in enumerate(tokens[:-1]) if token.upper == "AS"}
    for at, token in enumerate(tokens):
        name = token.value.lower()
        if name in _INSTEAD and name not in aliases and _is_column(tokens, at):
            yield Hit(
                location=statement.location_of(token.start, token.end),
                message=f"`system.access.audit` has no column `{token.value}`: it is `{_INSTEAD[name]}`",
            )


def _is_column(tokens: tuple[Token, ...], at: int) -> bool:
    """Whether a word stands where a column does: after no dot, before no call, and no type or literal."""
    token = tokens[at]
    before = tokens[at - 1].upper if at else ""
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    is_call = after is not None and (after.upper in {"(", "."} or after.kind == "string")
    return token.kind in {"word", "quoted"} and before in {"SELECT", ",", "AND", "OR", "WHERE", "BY"} and not is_call
