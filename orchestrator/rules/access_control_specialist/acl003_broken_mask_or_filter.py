"""A column mask or row filter lets through what it is there to hide.

What: a function that the project sets as a column mask, row filter or in an ABAC policy, and that gives the raw
value, or TRUE, on every way through it; that hides only from the members of a named group, so that whoever is in none
sees all; that asks `is_member`, which knows the groups of the workspace only; or that names a person's address.

Why: the table looks protected, and is granted more widely because of it. A list of those who may not see is open to
each new account. A group of the workspace can be made by any workspace's administrator, under the same name. A named
person keeps the right until the function is changed.

Severity: high where nothing is hidden from anyone; medium else.

Silent when: the function is not used as a mask or filter in the project; its body is Python, or too complex to
follow; the ELSE hides; a condition is about the row and not about groups; the file is a test or a demo.

Source: Databricks documentation, row filters and column masks; SQL reference, is_member and is_account_group_member.

Bad: nothing is hidden::

    # file: src/masks.sql
    CREATE FUNCTION main.gov.mask_email(email STRING) RETURNS STRING
    RETURN CASE WHEN is_account_group_member('support') THEN email ELSE email END;
    ALTER TABLE main.silver.customers ALTER COLUMN email SET MASK main.gov.mask_email;

Bad: every row passes::

    # file: src/filters.sql
    CREATE OR REPLACE FUNCTION main.gov.own_region(region STRING) RETURNS BOOLEAN
    RETURN is_account_group_member('admins') OR 1 = 1;
    ALTER TABLE main.silver.orders SET ROW FILTER main.gov.own_region ON (region);

Bad: open to whoever is in no group::

    # file: src/masks.sql
    CREATE FUNCTION main.gov.mask_iban(iban STRING)
    RETURN IF(is_account_group_member('contractors'), '***', iban);
    CREATE TABLE main.silver.accounts (id BIGINT, iban STRING MASK main.gov.mask_iban);

Bad: groups of the workspace, in a policy's function::

    spark.sql(f"CREATE FUNCTION {catalog}.gov.mask_phone(phone STRING) RETURN IF(is_member('hr'), phone, NULL)")
    spark.sql(f'''
        CREATE POLICY phones ON CATALOG {catalog} COLUMN MASK {catalog}.gov.mask_phone TO `account users`
        FOR TABLES MATCH COLUMNS has_tag('phone') AS p ON COLUMN p
    ''')

Bad: a person::

    # file: src/masks.sql
    CREATE FUNCTION main.gov.mask_ssn(ssn STRING)
    RETURN CASE WHEN current_user() = 'ana.lima@shop.eu' THEN ssn ELSE '***' END;
    ALTER TABLE main.silver.staff ALTER COLUMN ssn SET MASK main.gov.mask_ssn;

Good::

    # file: src/masks.sql
    CREATE FUNCTION main.gov.mask_email(email STRING) RETURNS STRING
    RETURN CASE WHEN is_account_group_member('support') THEN email ELSE regexp_replace(email, '.+@', '***@') END;
    ALTER TABLE main.silver.customers ALTER COLUMN email SET MASK main.gov.mask_email;
    CREATE FUNCTION main.gov.own_region(region STRING) RETURNS BOOLEAN
    RETURN IF(is_account_group_member('admins'), TRUE, region = 'EU');
    ALTER TABLE main.silver.orders SET ROW FILTER main.gov.own_region ON (region);

Good: who is not in the group is the one who sees nothing::

    # file: src/masks.sql
    CREATE FUNCTION main.gov.mask_email(email STRING)
    RETURN CASE WHEN NOT is_account_group_member('support') THEN '***' ELSE email END;
    ALTER TABLE main.silver.customers ALTER COLUMN email SET MASK main.gov.mask_email;

Good: without ELSE the rest is NULL::

    # file: src/masks.sql
    CREATE FUNCTION main.gov.mask_email(email STRING)
    RETURN CASE WHEN is_account_group_member('support') THEN email END;
    ALTER TABLE main.silver.customers ALTER COLUMN email SET MASK main.gov.mask_email;

Good: a condition about the row::

    # file: src/masks.sql
    CREATE FUNCTION main.gov.mask_minor(name STRING, age INT) RETURN CASE WHEN age < 18 THEN '***' ELSE name END;
    ALTER TABLE main.silver.people ALTER COLUMN name SET MASK main.gov.mask_minor USING COLUMNS (age);

Good: a function that guards nothing::

    # file: src/functions.sql
    CREATE FUNCTION main.lib.same(value STRING) RETURN value;
    CREATE FUNCTION main.lib.is_ours(value STRING) RETURN is_member('team');

Good: a demo::

    # file: demos/masks.sql
    CREATE FUNCTION main.gov.mask_email(email STRING) RETURN IF(is_member('hr'), email, '***');
    ALTER TABLE main.silver.customers ALTER COLUMN email SET MASK main.gov.mask_email;
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.roles import Role
from orchestrator.code.statements import statements_with
from orchestrator.rules.access_control_specialist._outcomes import branches, is_membership, is_open
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.sql import CreateFunction, Statement, TableName

RULE = Rule(
    id="ACL003",
    name="broken-mask-or-filter",
    severity=Severity.HIGH,
    default=True,
    references=("https://docs.databricks.com/aws/en/data-governance/unity-catalog/filters-and-masks/",),
)
_PLAY = frozenset({Role.TEST, Role.DEMO})
_ADDRESS = re.compile(r"\A[\w.+-]+@[\w-]+(?:\.[\w-]+)+\Z")


@RULE.on_project
def check(facts: Facts) -> Iterator[Hit]:
    """Every function that is used as a guard and guards badly."""
    guards = _guards(facts)
    if not guards:
        return
    for statement in statements_with(facts, "function"):
        function = _function(statement)
        kind = guards.get(function.name.table) if function is not None and function.name is not None else None
        if function is None or kind is None or facts.role(statement.unit.path) in _PLAY:
            continue
        yield from _faults(statement, function, kind)


def _guards(facts: Facts) -> dict[str, str]:
    """The last names of the functions that the project sets as masks and filters, with what they are."""
    found: dict[str, str] = {}
    words = (("set mask",), ("column mask",), ("row filter",), (" MASK ", "TABLE"))
    for statement in (statement for each in words for statement in statements_with(facts, *each)):
        for name, kind in _guarding(statement):
            if name is not None and name.table:
                found[name.table] = kind
    return found


def _guarding(statement: Statement) -> Iterator[tuple[TableName | None, str]]:
    from orchestrator.code.sql import AlterTable, CreateTable, Policy

    details = statement.details if statement.kind.startswith(("ALTER", "CREATE")) else None
    if isinstance(details, AlterTable):
        yield from ((mask.function, "mask") for mask in details.masks)
    elif isinstance(details, CreateTable):
        yield from ((column.mask, "mask") for column in details.columns)
    if isinstance(details, AlterTable | CreateTable) and details.row_filter is not None:
        yield details.row_filter.function, "row filter"
    if isinstance(details, Policy) and details.kind in {"COLUMN MASK", "ROW FILTER"}:
        yield details.function, "mask" if details.kind == "COLUMN MASK" else "row filter"


def _function(statement: Statement) -> CreateFunction | None:
    from orchestrator.code.sql import CreateFunction

    details = statement.details if statement.kind == "CREATE FUNCTION" else None
    is_sql = isinstance(details, CreateFunction) and details.language == "SQL" and details.body is not None
    return details if isinstance(details, CreateFunction) and is_sql else None


def _faults(statement: Statement, function: CreateFunction, kind: str) -> Iterator[Hit]:
    name = f"the {kind} `{function.name.table if function.name else ''}`"
    problem = _open(function, kind)
    if problem is not None:
        severity, what = problem
        yield Hit(location=statement.location(), message=f"{name} {what}", severity=severity)
    tokens = function.body.tokens if function.body is not None else ()
    asked = next((token for token in tokens if token.upper == "IS_MEMBER"), None)
    for token in tokens:
        if token is asked:
            yield Hit(
                location=statement.location_of(token.start, token.end),
                message=f"{name} asks `is_member`, which knows the groups of the workspace only, and such a group any "
                "workspace's administrator can make; use `is_account_group_member`",
                severity=Severity.MEDIUM,
            )
        elif token.kind == "string" and _ADDRESS.match(token.value) and "_user" in _text(function):
            yield Hit(
                location=statement.location_of(token.start, token.end),
                message=f"{name} lets one person through by address, until somebody changes the function; ask "
                "`is_account_group_member` of a group",
                severity=Severity.MEDIUM,
            )


def _text(function: CreateFunction) -> str:
    """The body in lower case."""
    return function.body.text.lower() if function.body is not None else ""


def _open(function: CreateFunction, kind: str) -> tuple[Severity, str] | None:
    """How the function lets everything through, or None."""
    from orchestrator.code.sql.tree import parse_fragment

    tree = parse_fragment(function.body) if function.body is not None else None
    if tree is None or (kind == "mask" and not function.parameters):
        return None
    parameter = function.parameters[0].name if kind == "mask" else None
    ways = list(branches(tree))
    opened = [is_open(way.value, parameter) for way in ways]
    shown = "gives the raw value" if parameter is not None else "is TRUE"
    if all(opened):
        return Severity.HIGH, f"{shown} whoever asks: it protects nothing; name the groups that may see, hide else"
    hides = [way for way, is_raw in zip(ways[:-1], opened[:-1], strict=True) if not is_raw]
    if opened[-1] and ways[-1].condition is None and hides and all(is_membership(way.condition) for way in hides):
        what = "for everyone who is not in a listed group; turn it round: hide by default, show to groups"
        return Severity.MEDIUM, f"{shown} {what}"
    return None
