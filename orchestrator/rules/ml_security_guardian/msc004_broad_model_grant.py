"""A model is opened to everyone, or by a privilege that models do not have.

What: `GRANT EXECUTE ON MODEL` and its like in a bundle's `registered_models` to `account users` or `users`, and
`GRANT SELECT` or `MODIFY` on a model, whose only privilege of use is EXECUTE.

Why: EXECUTE lets a user load the model with all that is packed into it: its files, its prompts, the names of its
tables. Whoever may load it can also copy it. A SELECT on a model is refused, so the group that needs the model never
gets it.

Silent when: the model's name says that it is there to try things out (dev, demo, sandbox), the statement revokes, the
file is a test, or the grant is ALL PRIVILEGES or MANAGE, which is ACL001.

Source: Databricks documentation, Unity Catalog privileges and securable objects.

Bad::

    # file: src/grants.sql
    GRANT EXECUTE ON MODEL main.churn.classifier TO `account users`;

Bad: no such privilege::

    # file: src/grants.sql
    GRANT SELECT ON MODEL main.churn.classifier TO `ml-readers`;

Bad: in a bundle::

    # file: databricks.yml
    bundle:
      name: churn
    resources:
      registered_models:
        classifier:
          name: classifier
          catalog_name: main
          schema_name: churn
          grants:
            - principal: account users
              privileges: [EXECUTE]

Good::

    # file: src/grants.sql
    GRANT EXECUTE ON MODEL main.churn.classifier TO `churn-scoring`;
    REVOKE EXECUTE ON MODEL main.churn.classifier FROM `account users`;

Good: a model to try things out::

    # file: src/grants.sql
    GRANT EXECUTE ON MODEL sandbox.churn.classifier TO `account users`;

Good: a table::

    # file: src/grants.sql
    GRANT SELECT ON TABLE main.churn.features TO `account users`;

Good: a test::

    # file: tests/grants.sql
    GRANT EXECUTE ON MODEL main.churn.classifier TO `account users`;
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.roles import Role
from orchestrator.rules.access_control_specialist._everyone import EVERYONE, bundle_grants, is_playground
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.bundle import Bundle
    from orchestrator.code.facts import Facts
    from orchestrator.code.sql import Grant, SqlUnit

RULE = Rule(
    id="MSC004",
    name="broad-model-grant",
    severity=Severity.MEDIUM,
    default=False,
    references=("https://docs.databricks.com/aws/en/data-governance/unity-catalog/manage-privileges/privileges",),
)
_FOREIGN = frozenset({"SELECT", "MODIFY"})


@RULE.on_sql
def check_sql(unit: SqlUnit, facts: Facts) -> Iterator[Hit]:
    """Every grant on a model that is too broad or void."""
    from orchestrator.code.sql import Grant

    text = unit.template.text.lower()
    if "grant" not in text or "model" not in text or facts.role(unit.path) is Role.TEST:
        return
    for statement in unit.statements:
        details = statement.details if statement.kind == "GRANT" else None
        if not isinstance(details, Grant) or details.securable_type != "MODEL" or details.securable is None:
            continue
        name = unit.template.source_of(details.securable.start, details.securable.end).replace("`", "")
        message = _message(details, name)
        if message is not None:
            yield Hit(location=statement.location(), message=message)


def _message(details: Grant, name: str) -> str | None:
    foreign = [privilege for privilege in details.privileges if privilege in _FOREIGN]
    if foreign:
        return (
            f"models have no privilege {foreign[0]}, so this grant on `{name}` is refused; EXECUTE lets a group load it"
        )
    everyone = (details.principal or "").strip("`").lower() in EVERYONE
    return _everyone(f"model `{name}`") if everyone and _is_open(details.privileges, name) else None


@RULE.on_bundle
def check_bundle(bundle: Bundle, _facts: Facts) -> Iterator[Hit]:
    """Every model of the bundle that everyone may load, in targets that are not for development."""
    seen = set()
    for target in bundle.targets:
        for what, principal, privileges, location in bundle_grants(target) if not target.is_development else ():
            model = what.startswith("registered_model ")
            if model and principal.lower() in EVERYONE and _is_open(privileges, what) and location not in seen:
                seen.add(location)
                yield Hit(location=location, message=_everyone(what.replace("registered_", "")))


def _is_open(privileges: tuple[str, ...], name: str) -> bool:
    return "EXECUTE" in privileges and not is_playground(name)


def _everyone(what: str) -> str:
    return f"everyone may load and copy the {what} with all that is packed into it; grant EXECUTE to those who call it"
