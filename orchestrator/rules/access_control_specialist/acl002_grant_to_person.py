"""A right is granted to one person instead of a group.

What: a GRANT whose principal is an e-mail address, in SQL or in the `grants` of a bundle's resource.

Why: the right stays when the person moves on, nobody who joins gets it, and who may do what is told by no group. With
the account it may also vanish in the middle of a job.

Silent when: the principal is a group, a service principal (an id) or interpolated; it is a REVOKE or DENY; the
address is of an example domain; the file is a test or a demo; the bundle's target is for development.

Source: Databricks documentation, Unity Catalog best practices: grant to groups.

Bad::

    # file: src/grants.sql
    GRANT SELECT ON SCHEMA sales.gold TO `ana.lima@shop.eu`;

Bad: in a bundle::

    # file: databricks.yml
    bundle:
      name: shop
    resources:
      schemas:
        gold:
          catalog_name: sales
          name: gold
          grants:
            - principal: ana.lima@shop.eu
              privileges: [SELECT]
    targets:
      prod:
        mode: production

Good::

    # file: src/grants.sql
    GRANT SELECT ON SCHEMA sales.gold TO `sales-analysts`;
    GRANT SELECT ON SCHEMA sales.gold TO `0d9c1f3e-58a7-4c0e-9d0d-3f5a8f5e1a11`;

Good: the right is taken away::

    # file: src/grants.sql
    REVOKE SELECT ON SCHEMA sales.gold FROM `ana.lima@shop.eu`;

Good: an example::

    # file: src/grants.sql
    GRANT SELECT ON SCHEMA sales.gold TO `someone@example.com`;
    GRANT SELECT ON SCHEMA sales.gold TO `your.name@company.com`;

Good: told by the caller::

    spark.sql(f"GRANT SELECT ON SCHEMA sales.gold TO `{user}`")

Good: a demo::

    # file: demos/grants.sql
    GRANT SELECT ON SCHEMA sales.gold TO `ana.lima@shop.eu`;
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.roles import Role
from orchestrator.rules.access_control_specialist._everyone import bundle_grants
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.bundle import Bundle
    from orchestrator.code.facts import Facts
    from orchestrator.code.sql import SqlUnit
    from orchestrator.types import Location

RULE = Rule(
    id="ACL002",
    name="grant-to-person",
    severity=Severity.MEDIUM,
    default=False,
    references=("https://docs.databricks.com/aws/en/data-governance/unity-catalog/best-practices",),
)
_PERSON = re.compile(r"\A[\w.+-]+@[\w-]+(?:\.[\w-]+)+\Z")
_STAND_IN = re.compile(
    r"@(?:[\w-]+\.)*(?:example|company|yourcompany|your-company|domain|yourdomain|email|test|acme|contoso|org|corp)\.\w+\Z"
    r"|\A(?:your|some|user|someone|first|name)[\w.]*@|\.(?:example|test|invalid)\Z",
    re.IGNORECASE,
)
_PLAY = frozenset({Role.TEST, Role.DEMO, Role.EXPLORATION})


@RULE.on_sql
def check_sql(unit: SqlUnit, facts: Facts) -> Iterator[Hit]:
    """Every GRANT to an e-mail address."""
    from orchestrator.code.sql import Grant

    text = unit.template.text
    if "@" not in text or "grant" not in text.lower() or facts.role(unit.path) in _PLAY:
        return
    for statement in unit.statements:
        details = statement.details if statement.kind == "GRANT" else None
        if isinstance(details, Grant) and details.principal_hole is None and _is_person(details.principal or ""):
            yield _hit(unit.location(*details.principal_span), details.privileges)


@RULE.on_bundle
def check_bundle(bundle: Bundle, _facts: Facts) -> Iterator[Hit]:
    """Every grant of a bundle to an e-mail address, but for development."""
    for target in bundle.targets:
        grants = bundle_grants(target) if not target.is_development else ()
        for _, principal, privileges, location in grants:
            if _is_person(principal):
                yield _hit(location, privileges)


def _is_person(principal: str) -> bool:
    plain = principal.strip("`'\"")
    return _PERSON.match(plain) is not None and _STAND_IN.search(plain) is None


def _hit(location: Location, privileges: tuple[str, ...]) -> Hit:
    return Hit(
        location=location,
        message=f"one person gets {', '.join(privileges) or 'a right'}: it stays when they move on, and nobody who "
        "joins gets it; grant to a group and add the person to it",
    )
