"""A column with personal data stands in clear where the project itself says that it must not, or where everyone reads.

What: a text or date column of a CREATE TABLE or that an ALTER TABLE adds, without a mask and without an ABAC policy on
its tags, that holds personal data by its name and a second sign: the project masks the column of the same name in
another table; a tag or the column's comment calls it personal; or the table or its schema is granted to `account
users`.

Why: a mask on one copy of an address is worth as much as the least protected copy. Whoever may not see it in one
table reads it in the next.

Severity: high where everyone may read the table, medium else.

Silent when: only the name speaks for personal data; the name is that of an id, a flag, a count, a hash or a company's
address (`email_id_hash`, `email_sent`); the project hides columns by policies whose tags may be set elsewhere; the
table has a one-part name, which may be any; the table is a landing, raw or bronze table, or a vault for such data, by
its name; the file is a test, a demo or a generator.

Source: Databricks documentation, column masks and attribute-based access control; GDPR, article 25.

Bad: masked in one table only::

    # file: sql/tables.sql
    CREATE TABLE main.silver.customers (id BIGINT, email STRING MASK main.gov.mask_email);
    CREATE TABLE main.gold.campaigns (campaign STRING, email STRING, sent_at TIMESTAMP);

Bad: called personal, and not hidden::

    # file: sql/tables.sql
    CREATE TABLE main.silver.staff (id BIGINT, ssn STRING, phone STRING COMMENT 'PII: private number');
    CREATE TABLE main.silver.customers (id BIGINT, email STRING);
    ALTER TABLE main.silver.customers ALTER COLUMN email SET MASK main.gov.mask_email;

Bad: everyone may read it::

    # file: sql/tables.sql
    CREATE TABLE main.gold.members (id BIGINT, email STRING, date_of_birth DATE);
    GRANT SELECT ON TABLE main.gold.members TO `account users`;

Bad: added to what everyone may read::

    # file: sql/tables.sql
    CREATE TABLE main.gold.members (id BIGINT, since DATE);
    GRANT SELECT ON SCHEMA main.gold TO `account users`;
    ALTER TABLE main.gold.members ADD COLUMNS (level INT, email STRING);

Good: added with a mask, or where few read::

    # file: sql/tables.sql
    GRANT SELECT ON SCHEMA main.gold TO `account users`;
    ALTER TABLE main.gold.members ADD COLUMN level STRING;
    ALTER TABLE main.silver.members ADD COLUMN phone STRING;
    ALTER TABLE main.gold.staff ADD COLUMN email STRING;
    ALTER TABLE main.gold.staff ALTER COLUMN email SET MASK main.gov.mask_email;

Good::

    # file: sql/tables.sql
    CREATE TABLE main.silver.customers (id BIGINT, email STRING MASK main.gov.mask_email);
    CREATE TABLE main.gold.campaigns (campaign STRING, email STRING);
    ALTER TABLE main.gold.campaigns ALTER COLUMN email SET MASK main.gov.mask_email;

Good: a policy on the tag::

    # file: sql/tables.sql
    CREATE TABLE main.silver.customers (id BIGINT, email STRING);
    ALTER TABLE main.silver.customers ALTER COLUMN email SET TAGS ('pii' = 'email');
    CREATE POLICY mails ON CATALOG main COLUMN MASK main.gov.mask TO `account users`
    FOR TABLES MATCH COLUMNS has_tag('pii') AS c ON COLUMN c;

Good: only a name::

    # file: sql/tables.sql
    CREATE TABLE main.silver.customers (id BIGINT, email STRING, phone STRING);
    GRANT SELECT ON TABLE main.silver.customers TO `crm-team`;

Good: no data of a person::

    # file: sql/tables.sql
    CREATE TABLE main.silver.customers (id BIGINT, email STRING MASK main.gov.mask_email);
    CREATE TABLE main.gold.mailings (id BIGINT, email_sent BOOLEAN, email_count INT, support_email STRING);
    GRANT SELECT ON TABLE main.gold.mailings TO `account users`;

Good: the landing zone and the vault::

    # file: sql/tables.sql
    CREATE TABLE main.silver.customers (id BIGINT, email STRING MASK main.gov.mask_email);
    CREATE TABLE main.bronze.customers (id BIGINT, email STRING);
    CREATE TABLE main.restricted.customer_contacts (id BIGINT, email STRING);

Good: a table that may be any::

    # file: sql/tables.sql
    CREATE TABLE main.silver.customers (id BIGINT, email STRING MASK main.gov.mask_email);
    CREATE TABLE user_delta (id BIGINT, email STRING);

Good: a test::

    # file: tests/tables.sql
    CREATE TABLE main.gold.members (id BIGINT, email STRING);
    GRANT SELECT ON TABLE main.gold.members TO `account users`;
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.personal import personal_kind
from orchestrator.code.roles import Role
from orchestrator.rules.data_privacy_guardian._protection import Declared, Protection, read_protection
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts

RULE = Rule(
    id="PRV001",
    name="unprotected-pii-column",
    severity=Severity.MEDIUM,
    default=False,
    references=("https://docs.databricks.com/aws/en/data-governance/unity-catalog/filters-and-masks/",),
)
_PLAY = frozenset({Role.TEST, Role.DEMO, Role.GENERATOR})
_ASIDE = re.compile(
    r"(?:\A|[._])(?:raw|bronze|landing|ingest|staging|stg|stage|restricted|vault|secure|private|pii|quarantine|unmasked"
    r"|clear|tokens?)(?:\Z|[._])"
)
_TYPES = ("STRING", "VARCHAR", "CHAR", "DATE", "TEXT", "BIGINT", "INT", "LONG")


@RULE.on_project
def check(facts: Facts) -> Iterator[Hit]:
    """Every personal column with a second sign, in clear."""
    protection = read_protection(facts)
    everywhere = {name for _, name in protection.masked}
    everywhere |= {each.column.name.lower() for each in protection.columns if each.column.mask is not None}
    for declared in protection.columns:
        kind = personal_kind(declared.column.name)
        if kind is None or protection.is_masked(declared) or _is_aside(declared, facts):
            continue
        is_open = protection.is_open(declared.table)
        sign = _sign(declared, protection, everywhere, is_open=is_open)
        if sign is not None:
            yield Hit(
                location=declared.statement.location_of(declared.column.start, declared.column.end),
                message=f"`{declared.table.table}.{declared.column.name}` holds {kind} in clear, and {sign}: mask it, "
                "keep a keyed hash, or leave it out",
                severity=Severity.HIGH if is_open else Severity.MEDIUM,
            )


def _is_aside(declared: Declared, facts: Facts) -> bool:
    """Whether the table may hold such data in clear or cannot be told, or the column is of another type."""
    name = declared.statement.template.source_of(declared.table.start, declared.table.end).lower()
    if len(declared.table.parts) < 2:
        return True
    is_typed = declared.column.type.upper().startswith(_TYPES)
    return not is_typed or _ASIDE.search(name) is not None or facts.role(declared.statement.unit.path) in _PLAY


def _sign(declared: Declared, protection: Protection, masked: set[str], *, is_open: bool) -> str | None:
    """The second sign that the column should not stand there in clear; None where the name is all there is."""
    if protection.has_policies:
        return None
    if is_open:
        return "the table is granted to everyone"
    called = protection.calls_personal(declared)
    if called is not None:
        return called
    if declared.column.name.lower() in masked:
        return "the project masks the column of that name in another table"
    return None
