"""Everyone is given the right to change data, or to give rights away.

What: `ALL PRIVILEGES`, `MANAGE`, `MODIFY` or `WRITE FILES` granted to `account users` or `users`, in SQL or in the
`grants` of a bundle's resource; and `ALL PRIVILEGES` on a whole catalog granted to a group that by its name only reads
(`analysts`, `report-readers`).

Why: each account that is ever added, each guest and each leaked token may overwrite or delete the data, and with
MANAGE take every other right. A broad grant is inherited by all that is made below it later.

Silent when: the privilege only reads or only lets into a catalog or schema; it is a REVOKE, or one follows in the
same file; the object or the file is for demos, training, tests or trying out by its name, or the file says so ("don't
do this in production"), or a condition around it does (`if env == "dev"`); the bundle's target is for development.

Source: Databricks documentation, Unity Catalog best practices and privileges.

Bad::

    # file: src/grants.sql
    GRANT ALL PRIVILEGES ON CATALOG sales TO `account users`;

Bad: from Python::

    spark.sql(f"GRANT SELECT, MODIFY ON SCHEMA {catalog}.gold TO users")

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
            - principal: account users
              privileges:
                - ALL_PRIVILEGES
    targets:
      prod:
        mode: production

Bad: a catalog to those who read it::

    # file: src/readers.sql
    GRANT ALL PRIVILEGES ON CATALOG sales TO `data-analysts`;

Good: a catalog to those who work on it::

    # file: src/owners.sql
    GRANT ALL PRIVILEGES ON CATALOG sales TO `sales-engineers`;
    GRANT ALL PRIVILEGES ON CATALOG sales TO `analyst-admins`;
    GRANT ALL PRIVILEGES ON CATALOG analysts_sandbox TO `analysts`;

Good: groups, and reading::

    # file: src/grants.sql
    GRANT ALL PRIVILEGES ON SCHEMA sales.gold TO `sales-engineers`;
    GRANT USE CATALOG, BROWSE ON CATALOG sales TO `account users`;
    GRANT SELECT ON TABLE sales.gold.stores TO `account users`;

Good: the right is taken away::

    # file: src/grants.sql
    REVOKE ALL PRIVILEGES ON CATALOG sales FROM `account users`;

Good: given for the time of a load::

    # file: src/load.sql
    GRANT MODIFY ON TABLE sales.ops.drop_box TO `account users`;
    CALL sales.ops.collect();
    REVOKE MODIFY ON TABLE sales.ops.drop_box FROM `account users`;

Good: a target for development::

    # file: databricks.yml
    bundle:
      name: shop
    resources:
      schemas:
        gold:
          catalog_name: sales
          name: gold
    targets:
      dev:
        mode: development
        resources:
          schemas:
            gold:
              grants:
                - principal: account users
                  privileges: [ALL_PRIVILEGES]

Good: for trying out::

    # file: src/lab.sql
    GRANT ALL PRIVILEGES ON SCHEMA sandbox.shared TO `account users`;

Good: under a condition::

    if catalog != "prod":
        spark.sql(f"GRANT ALL PRIVILEGES ON SCHEMA {catalog}.gold TO `account users`")

Good: it says so::

    # file: src/open.sql
    -- Only for the demo.
    GRANT ALL PRIVILEGES ON FUNCTION sales.gov.mask TO `account users`;

Good: a test::

    # file: tests/test_grants.py
    spark.sql("GRANT MODIFY ON SCHEMA main.t TO `account users`")
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.roles import Role
from orchestrator.rules.access_control_specialist._everyone import (
    EVERYONE,
    bundle_grants,
    is_audience,
    is_playground,
    powerful,
)
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.bundle import Bundle
    from orchestrator.code.facts import Facts
    from orchestrator.code.sql import Grant, SqlUnit, Statement

RULE = Rule(
    id="ACL001",
    name="broad-grant",
    severity=Severity.HIGH,
    default=True,
    references=("https://docs.databricks.com/aws/en/data-governance/unity-catalog/best-practices",),
)

_PLAY = frozenset({Role.TEST, Role.DEMO, Role.EXPLORATION, Role.GENERATOR})
_BELOW = re.compile(r"dev|demo|sandbox|test|!=\s*.prod", re.IGNORECASE)
_KNOWN = re.compile(r"(?:don'?t|do not|never) do (?:this|that) in prod|only for (?:the |this )?demo", re.IGNORECASE)


@RULE.on_sql
def check_sql(unit: SqlUnit, facts: Facts) -> Iterator[Hit]:
    """Every powerful grant to everyone, and of a catalog to its readers, that the unit does not take back."""
    text = unit.template.text.lower()
    if "grant" not in text or not ("users" in text or "catalog" in text):
        return
    for statement in unit.statements:
        details = _too_broad(statement)
        if details is None or _is_play(unit, facts) or _is_taken_back(unit, statement, details):
            continue
        name = unit.template.source_of(details.securable.start, details.securable.end) if details.securable else ""
        if is_playground(name):
            continue
        what = f"{details.securable_type.lower()} `{name.replace('`', '')}`".replace(" ``", "")
        yield Hit(
            location=statement.location(),
            message=_message(details.principal or "", powerful(details.privileges), what),
        )


def _too_broad(statement: Statement) -> Grant | None:
    """The grant that gives everyone a powerful privilege, or readers all of a catalog, if the statement is one."""
    from orchestrator.code.sql import Grant

    details = statement.details if statement.kind == "GRANT" else None
    if not isinstance(details, Grant) or not powerful(details.privileges):
        return None
    principal = (details.principal or "").strip("`").lower()
    whole = details.securable_type.upper() == "CATALOG" and "ALL PRIVILEGES" in powerful(details.privileges)
    return details if principal in EVERYONE or (whole and is_audience(principal)) else None


def _is_play(unit: SqlUnit, facts: Facts) -> bool:
    """Whether the grant is not for production, by the file's path, by what it says, or by the branch it stands in."""
    if facts.role(unit.path) in _PLAY or _KNOWN.search(unit.source.text) is not None:
        return True
    file = facts.project.python_by_path.get(unit.path)
    around = file.ancestors(unit.node) if file is not None and unit.node is not None else ()
    tests = (file.text(each.test) for each in around if file is not None and isinstance(each, ast.If))
    return any(_BELOW.search(test) for test in tests)


def _is_taken_back(unit: SqlUnit, statement: Statement, given: Grant) -> bool:
    """Whether a later REVOKE of the unit names the same object and principal."""
    from orchestrator.code.sql import Grant

    for later in unit.statements:
        taken = later.details if later.kind == "REVOKE" and later.start > statement.start else None
        if isinstance(taken, Grant) and taken.principal == given.principal and taken.securable and given.securable:
            return taken.securable.text.lower() == given.securable.text.lower()
    return False


@RULE.on_bundle
def check_bundle(bundle: Bundle, _facts: Facts) -> Iterator[Hit]:
    """Every powerful grant to everyone in a target that is not for development."""
    for target in bundle.targets:
        if target.is_development:
            continue
        for what, principal, privileges, location in bundle_grants(target):
            strong = powerful(privileges)
            if strong and principal.lower() in EVERYONE:
                yield Hit(location=location, message=_message(principal, strong, what))


def _message(principal: str, privileges: tuple[str, ...], what: str) -> str:
    whom = principal.strip("`")
    if whom.lower() not in EVERYONE:
        return (
            f"`{whom}`, a group that reads by its name, gets ALL PRIVILEGES on the {what}: its members may change and "
            "drop what is in it, now and later; grant USE CATALOG, USE SCHEMA and SELECT"
        )
    return (
        f"everyone (`{whom}`) gets {' and '.join(privileges)} on the {what}, so each account may change what is in it "
        "now and later; grant to the group that does the work, and only reading to everyone"
    )
