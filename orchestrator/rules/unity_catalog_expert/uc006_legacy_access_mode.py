"""Compute or a grant goes around Unity Catalog: no isolation, legacy table access control, or any file.

What: `data_security_mode` `NONE` or one that begins with `LEGACY_` for compute of a bundle; `GRANT ... ON ANY FILE` or
`ON ANONYMOUS FUNCTION` in SQL.

Why: without isolation every user of the cluster acts with the rights of the machine, and tables of Unity Catalog are
out of reach; the legacy modes end with the runtimes that know them. `ANY FILE` reads storage past every grant, mask and
row filter.

Silent when: the mode is a reference; the grant is revoked or denied; the bundle or file is a demo or a test.
`USER_ISOLATION` and `SINGLE_USER` are older names of today's modes and are no defect.

Opt-in: a cluster for RDD code or a library of the JVM may need it until that code is gone.

Source: Databricks documentation, access modes; Hive metastore privileges.

Bad::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        load:
          job_clusters:
            - job_cluster_key: main
              new_cluster:
                spark_version: 17.3.x-scala2.13
                num_workers: 2
                data_security_mode: NONE
          tasks:
            - task_key: load
              job_cluster_key: main
              notebook_task: {notebook_path: /Workspace/load}

Bad: a grant::

    # file: sql/rights.sql
    GRANT SELECT ON ANY FILE TO `data-engineers`;

Good::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      clusters:
        desk:
          spark_version: 17.3.x-scala2.13
          num_workers: 2
          autotermination_minutes: 30
          data_security_mode: USER_ISOLATION
    # file: sql/rights.sql
    GRANT SELECT ON TABLE main.gold.orders TO `data-engineers`;
    REVOKE SELECT ON ANY FILE FROM `data-engineers`;

Good: a demo::

    # file: demos/rights.sql
    GRANT SELECT ON ANY FILE TO `data-engineers`;
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.roles import role_of
from orchestrator.code.sql import Grant
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.bundle import Bundle
    from orchestrator.code.facts import Facts
    from orchestrator.code.sql import SqlUnit
    from orchestrator.types import Location

RULE = Rule(
    id="UC006",
    name="legacy-access-mode",
    severity=Severity.MEDIUM,
    default=False,
    references=("https://docs.databricks.com/aws/en/compute/access-mode-limitations",),
)
_MODE = "data_security_mode"
_PAST_GRANTS = frozenset({"ANY FILE", "ANONYMOUS FUNCTION"})


@RULE.on_bundle
def check_bundle(bundle: Bundle, _facts: Facts) -> Iterator[Hit]:
    """Every such compute, once for all targets."""
    seen: set[Location] = set()
    for target in bundle.targets if role_of(bundle.path).is_serious else ():
        for key, compute in target.computes():
            mode = compute.node.text(_MODE) if compute.node is not None else None
            place = compute.node.key_location(_MODE) if compute.node is not None else None
            is_old = mode is not None and (mode.upper() == "NONE" or mode.upper().startswith("LEGACY_"))
            if is_old and place is not None and place not in seen:
                seen.add(place)
                yield Hit(
                    location=place,
                    message=f"compute of `{key}` runs with access mode `{mode}`, outside Unity Catalog's rights; use "
                    "`STANDARD`, or `DEDICATED` where code needs the machine",
                    symbol=key,
                )


@RULE.on_sql
def check_sql(unit: SqlUnit, facts: Facts) -> Iterator[Hit]:
    """Every grant on what no mask or filter covers."""
    text = unit.template.text.upper()
    if not any(name in text for name in _PAST_GRANTS) or not facts.role(unit.path).is_serious:
        return
    for statement in unit.statements:
        details = statement.details
        if isinstance(details, Grant) and details.action == "grant" and details.securable_type in _PAST_GRANTS:
            yield Hit(
                location=unit.location(statement.start, statement.end),
                message=f"`{details.securable_type}` lets its holder read storage past every grant, mask and row "
                "filter of Unity Catalog; grant a volume or an external location",
            )
