"""An ABAC policy asks for a tag that the project never sets, or sets only outside of the policy's reach.

What: `CREATE POLICY ... has_tag('k')` or `has_tag_value('k', ...)` in a project that sets tags in SQL, where no
statement sets the key `k`, or every one that does is on tables of another catalog or schema than the policy's.

Why: a policy without a matching tag is accepted and does nothing. The review of the policy shows a mask, the table
shows the value.

Severity: high where the project sets the same key in another spelling, or outside of the reach; medium where it sets
other keys only, since somebody may set this one by hand.

Silent when: the project sets no tags in SQL at all, so that they are set elsewhere; a key is interpolated; the reach
cannot be compared, because the policy's object or the tagged table is interpolated there; tags are set through the SDK
or Terraform too (`entity_tag_assignments`); the key is one that data classification sets itself (`class.*`); the file
is a test or a demo.

Source: Databricks documentation, attribute-based access control: policies and tags; keys are case-sensitive.

Bad: another spelling::

    # file: sql/tags.sql
    ALTER TABLE main.silver.customers ALTER COLUMN email SET TAGS ('PII' = 'email');
    # file: sql/policies.sql
    CREATE POLICY hide_mail ON CATALOG main COLUMN MASK main.gov.mask TO `account users`
    FOR TABLES MATCH COLUMNS has_tag('pii') AS c ON COLUMN c;

Bad: out of reach::

    # file: sql/tags.sql
    ALTER TABLE sales.silver.customers ALTER COLUMN email SET TAGS ('pii' = 'email');
    # file: sql/policies.sql
    CREATE POLICY hide_mail ON CATALOG hr COLUMN MASK main.gov.mask TO `account users`
    FOR TABLES MATCH COLUMNS has_tag_value('pii', 'email') AS c ON COLUMN c;

Bad: never set::

    # file: sql/tags.sql
    ALTER TABLE main.silver.customers ALTER COLUMN email SET TAGS ('pii' = 'email');
    # file: sql/policies.sql
    CREATE POLICY own_region ON SCHEMA main.silver ROW FILTER main.gov.region TO `account users`
    FOR TABLES WHEN has_tag('regional') MATCH COLUMNS has_tag('pii') AS c USING COLUMNS (c);

Bad: never set, in the catalog of the environment::

    def govern(spark, catalog):
        spark.sql(f"ALTER TABLE {catalog}.silver.customers ALTER COLUMN email SET TAGS ('pii' = 'email')")
        spark.sql(f"CREATE POLICY hide ON CATALOG {catalog} COLUMN MASK {catalog}.gov.mask TO `account users` "
                  "FOR TABLES MATCH COLUMNS has_tag('personal') AS c ON COLUMN c")

Good: which catalog it is is not known::

    def govern(spark, catalog, other):
        spark.sql(f"ALTER TABLE {catalog}.silver.customers ALTER COLUMN email SET TAGS ('pii' = 'email')")
        spark.sql(f"CREATE POLICY hide ON CATALOG {other} COLUMN MASK {catalog}.gov.mask TO `account users` "
                  "FOR TABLES MATCH COLUMNS has_tag('pii') AS c ON COLUMN c")

Good::

    # file: sql/tags.sql
    ALTER TABLE main.silver.customers ALTER COLUMN email SET TAGS ('pii' = 'email');
    # file: sql/policies.sql
    CREATE POLICY hide_mail ON CATALOG main COLUMN MASK main.gov.mask TO `account users`
    FOR TABLES MATCH COLUMNS has_tag('pii') AS c ON COLUMN c;

Good: tags are set elsewhere::

    # file: sql/policies.sql
    CREATE POLICY hide_mail ON CATALOG main COLUMN MASK main.gov.mask TO `account users`
    FOR TABLES MATCH COLUMNS has_tag('pii') AS c ON COLUMN c;

Good: interpolated::

    # file: src/tags.py
    spark.sql(f"ALTER TABLE {catalog}.silver.customers SET TAGS ('{key}' = 'x')")
    # file: sql/policies.sql
    CREATE POLICY hide_mail ON CATALOG main COLUMN MASK main.gov.mask TO `account users`
    FOR TABLES MATCH COLUMNS has_tag('pii') AS c ON COLUMN c;

Good: set through the SDK::

    # file: src/tags.py
    w.entity_tag_assignments.create(assignment)
    # file: sql/tags.sql
    ALTER TABLE main.silver.customers SET TAGS ('owner' = 'crm');
    # file: sql/policies.sql
    CREATE POLICY hide_mail ON CATALOG main COLUMN MASK main.gov.mask TO `account users`
    FOR TABLES MATCH COLUMNS has_tag('pii') AS c ON COLUMN c;

Good: set by data classification::

    # file: sql/policies.sql
    ALTER TABLE main.silver.customers SET TAGS ('owner' = 'crm');
    CREATE POLICY hide_mail ON CATALOG main COLUMN MASK main.gov.mask TO `account users`
    FOR TABLES MATCH COLUMNS has_tag('class.email_address') AS c ON COLUMN c;
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.roles import Role
from orchestrator.code.statements import statements_with
from orchestrator.code.tags import TagUse, tag_uses
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.sql import Policy, Statement, TableName

RULE = Rule(
    id="ACL005",
    name="policy-gap",
    severity=Severity.HIGH,
    default=False,
    references=("https://docs.databricks.com/aws/en/data-governance/unity-catalog/abac/policies",),
)
_PLAY = frozenset({Role.TEST, Role.DEMO})
_OTHER_WAYS = ("entity_tag_assignments", "EntityTagAssignment", "databricks_entity_tag_assignment", "tag_key")


@RULE.on_project
def check(facts: Facts) -> Iterator[Hit]:
    """Every tag of a policy that nothing in its reach carries."""
    policies = list(_policies(facts))
    uses = list(tag_uses(facts)) if policies else []
    if not uses or any(use.has_hole for use in uses) or _sets_otherwise(facts):
        return
    for statement, policy in policies:
        for key in dict.fromkeys(policy.tags):
            problem = _problem(policy, key, uses)
            if problem is not None and not key.startswith("class."):
                severity, what = problem
                yield Hit(
                    location=statement.location(),
                    message=f"the policy `{policy.name.table if policy.name else ''}` asks for the tag `{key}`, {what}",
                    severity=severity,
                    confidence=100 if severity is Severity.HIGH else 50,
                )


def _policies(facts: Facts) -> Iterator[tuple[Statement, Policy]]:
    from orchestrator.code.sql import Policy

    for statement in (*statements_with(facts, "policy", "has_tag"), *statements_with(facts, "policy", "hasTag")):
        details = statement.details if statement.kind == "CREATE POLICY" else None
        if not isinstance(details, Policy) or facts.role(statement.unit.path) in _PLAY:
            continue
        if not _asks_host(statement, details):
            yield statement, details


def _asks_host(statement: Statement, policy: Policy) -> bool:
    """Whether the host tells what the policy matches, so that its tags are not known."""
    parts = (part for part in (policy.when, policy.match_columns) if part is not None)
    return any(statement.template.holes_in(part.start, part.end) for part in parts)


def _sets_otherwise(facts: Facts) -> bool:
    return any(word in source.text for source in facts.project.sources for word in _OTHER_WAYS)


def _problem(policy: Policy, key: str, uses: list[TagUse]) -> tuple[Severity, str] | None:
    same = [use for use in uses if use.key == key]
    if same:
        far = [use.securable for use in same if _is_outside(use.securable, policy)]
        if len(far) < len(same) or far[0] is None:
            return None
        reach = policy.securable.qualified if policy.securable is not None else ""
        return Severity.HIGH, f"which is set only outside of `{reach}`, on `{far[0].qualified}`: it matches nothing"
    folded = re.sub(r"\W|_", "", key.lower())
    near = next((use.key for use in uses if re.sub(r"\W|_", "", use.key.lower()) == folded), None)
    if near is not None:
        return (
            Severity.HIGH,
            f"and the project sets `{near}`: tags are compared character by character, it matches nothing",
        )
    return Severity.MEDIUM, "which nothing in the project sets: where nobody sets it by hand, the policy does nothing"


def _is_outside(tagged: TableName | None, policy: Policy) -> bool:
    """Whether a tagged object certainly lies in another catalog or schema than the policy's."""
    reach = policy.securable
    if tagged is None or reach is None or not (tagged.is_resolved and reach.is_resolved):
        return False
    wanted = reach.key
    return len(tagged.key) > len(wanted) and tagged.key[: len(wanted)] != wanted and len(tagged.key) == 3
